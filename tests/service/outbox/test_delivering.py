"""Rounds of the outbox against a real mail server: schedule, brakes, doubts, unsubscribes."""

import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from service.clock import FixedClock
from service.outbox.claiming import claim, finish, hand_over
from service.outbox.delivering import deliver_due
from service.outbox.reading import standing
from service.outbox.records import Held, Result
from service.people.actions import subscribe, unsubscribe
from service.store import Store, open_store
from service.store.tables import DeliveryRow
from service.store.tables.naming import DeliveryKind, DeliveryState
from tests.service.outbox.mails import NOW, freeze, message_id, readers, way
from tests.service.outbox.sink import Fault, Sink, listening

TEMPORARY: tuple[Fault, ...] = (
    *("rcpt_451", "rcpt_421", "data_451", "data_421", "away"),
    *("drop_before_dot", "drop_after_dot", "drop_after_dot_lost"),
)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def port(sink: Sink) -> Iterator[int]:
    with listening(sink) as listened:
        yield listened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'outbox.db'}") as opened:
        yield opened


def deliver(
    store: Store, port: int, now: datetime, a_day: int = 1000, a_person: int = 1000
) -> list[Result]:
    clock = FixedClock(now)
    return list(deliver_due(store, way(port, Path(), a_day, a_person), clock, wall=clock))


def only(store: Store) -> DeliveryRow:
    with store.reading() as session:
        return session.exec(select(DeliveryRow)).one()


def test_a_mail_put_off_is_tried_by_the_schedule_and_given_up_after_five_days(
    store: Store, port: int, sink: Sink
) -> None:
    [person] = readers(store, 1)
    freeze(store, person, "1")
    sink.fault, now = "data_451", NOW
    waits = []
    while True:
        [result] = deliver(store, port, now)
        if result.state is not DeliveryState.RETRY:
            break
        due = only(store).due_at
        assert due is not None
        waits.append(due - now)
        assert deliver(store, port, due - timedelta(seconds=1)) == []
        now = due
    hours = [wait / timedelta(hours=1) for wait in waits]
    assert hours == [pytest.approx(each) for each in (1 / 60, 5 / 60, 0.5, 2, 6, 24, 24, 24, 24)]
    assert result.state is DeliveryState.REFUSED
    assert result.reply == "given up: later"
    assert now - NOW <= 5 * DAY
    assert sink.taken == []


@pytest.mark.parametrize("fault", ["rcpt_550", "data_550"])
def test_a_permanent_refusal_ends_it_with_the_servers_words(
    store: Store, port: int, sink: Sink, fault: str
) -> None:
    [person] = readers(store, 1)
    freeze(store, person, "1")
    sink.fault = "rcpt_550" if fault == "rcpt_550" else "data_550"
    [result] = deliver(store, port, NOW)
    assert (result.state, result.reply) == (DeliveryState.REFUSED, "no")
    assert deliver(store, port, NOW + DAY) == []


def test_one_refusal_stops_no_other_reader(store: Store, port: int, sink: Sink) -> None:
    for person in readers(store, 3):
        freeze(store, person, "1")
    sink.refused = "reader1@works.example"
    states = [result.state for result in deliver(store, port, NOW)]
    assert states == [DeliveryState.SENT, DeliveryState.REFUSED, DeliveryState.SENT]


def test_a_link_lost_before_the_dot_is_no_doubt_and_after_it_is_one(
    store: Store, port: int, sink: Sink
) -> None:
    [person] = readers(store, 1)
    freeze(store, person, "1")
    sink.fault = "drop_before_dot"
    deliver(store, port, NOW)
    assert only(store).doubts <= 1  # the server's end may be seen only after the dot was sent
    sink.fault = "drop_after_dot"
    before = only(store).doubts
    now = only(store).due_at
    assert now is not None
    [result] = deliver(store, port, now)
    assert result.state is DeliveryState.UNKNOWN
    assert only(store).doubts == before + 1


def test_a_doubt_is_tried_once_more_after_a_quarter_of_an_hour_then_shown(
    store: Store, port: int, sink: Sink
) -> None:
    [person] = readers(store, 1)
    freeze(store, person, "1")
    sink.fault = "drop_after_dot"
    deliver(store, port, NOW)
    assert deliver(store, port, NOW + 14 * MINUTE) == []
    [result] = deliver(store, port, NOW + 15 * MINUTE)
    assert result.state is DeliveryState.UNKNOWN
    assert deliver(store, port, NOW + 3 * DAY) == []
    assert sink.count() == {message_id(person, "1"): 2}
    with store.reading() as session:
        assert (standing(session).doubts, standing(session).unsettled) == (2, 1)


def test_nothing_leaves_after_an_unsubscribe_but_what_they_ask_for(
    store: Store, port: int, sink: Sink
) -> None:
    [person] = readers(store, 1)
    freeze(store, person, "digest")
    freeze(store, person, "sign-in", kind=DeliveryKind.SIGN_IN)
    with store.writing() as session:
        unsubscribe(session, person.id, NOW)
    states = {result.slot: result.state for result in deliver(store, port, NOW)}
    assert states == {"digest": DeliveryState.SUPPRESSED, "sign-in": DeliveryState.SENT}
    with store.writing() as session:
        subscribe(session, person.id, NOW)
    assert deliver(store, port, NOW + DAY) == []
    assert [id_ for _, id_ in sink.taken] == [message_id(person, "sign-in")]


def test_an_unsubscribe_between_claim_and_text_is_seen(store: Store, port: int) -> None:
    [person] = readers(store, 1)
    id_ = freeze(store, person, "1")
    with store.writing() as session:
        held = claim(session, id_, store.owner, NOW, way(port, Path()).brakes, wall=NOW)
    with store.writing() as session:
        unsubscribe(session, person.id, NOW)
    assert isinstance(held, Held)
    with store.writing() as session:
        assert not hand_over(session, held, NOW, NOW)
    assert only(store).state == DeliveryState.SUPPRESSED


def test_a_holder_whose_lease_lapsed_changes_nothing(store: Store, port: int) -> None:
    [person] = readers(store, 1)
    id_ = freeze(store, person, "1")
    brakes = way(port, Path()).brakes
    with store.writing() as session:
        first = claim(session, id_, "first", NOW, brakes, wall=NOW)
    assert isinstance(first, Held)
    shared = replace(store, lock=None, owner="second")
    assert deliver(shared, port, NOW + timedelta(seconds=59)) == []
    [result] = deliver(shared, port, NOW + timedelta(seconds=60))
    assert result.state is DeliveryState.SENT
    with store.writing() as session:
        assert not hand_over(session, first, NOW + 2 * MINUTE, NOW + 2 * MINUTE)
        assert finish(session, first, DeliveryState.RETRY, NOW + 2 * MINUTE) is None
    assert only(store).state == DeliveryState.SENT


def test_the_brakes_of_a_day_and_of_a_person_hold_the_rest_back(
    store: Store, port: int, sink: Sink
) -> None:
    for person in readers(store, 2):
        for slot in "123":
            freeze(store, person, slot)
    assert len(deliver(store, port, NOW, a_day=2)) == 2
    deliver(store, port, NOW + MINUTE, a_person=2)
    per_person = [address for address, _ in sink.taken]
    assert [per_person.count(each) for each in sorted(set(per_person))] == [2, 2]
    deliver(store, port, NOW + DAY + 2 * MINUTE, a_person=2)
    assert sorted(sink.count().values()) == [1] * 6


def test_a_server_that_is_away_costs_one_attempt_a_round(
    store: Store, port: int, sink: Sink
) -> None:
    for person in readers(store, 3):
        freeze(store, person, "1")
    sink.fault = "away"
    assert [result.state for result in deliver(store, port, NOW)] == [DeliveryState.RETRY]
    sink.fault = "ok"
    assert len(deliver(store, port, NOW)) == 2


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_a_month_of_random_faults_loses_nothing(store: Store, port: int, sink: Sink) -> None:
    soak(store, port, sink, days=30, seed=1)


def test_three_days_of_random_faults_lose_nothing(store: Store, port: int, sink: Sink) -> None:
    soak(store, port, sink, days=3, seed=2)


def soak(store: Store, port: int, sink: Sink, days: int, seed: int) -> None:
    """A digest a day for each of five readers, a round an hour, a fault in every third."""
    chance = random.Random(seed)  # noqa: S311 - faults of a test
    people, now = readers(store, 5), NOW
    for hour in range(days * 24 + 6 * 24):
        now = NOW + timedelta(hours=hour)
        if hour % 24 == 0 and hour < days * 24:
            for person in people:
                freeze(store, person, f"{hour // 24}", now)
        calm = hour >= days * 24 or chance.random() < 0.66
        sink.fault = "ok" if calm else chance.choice(TEMPORARY)
        deliver(replace(store, owner=f"process {hour}"), port, now)
    with store.reading() as session:
        rows = session.exec(select(DeliveryRow)).all()
    taken = sink.count()
    doubled = sum(taken[row.message_id] - 1 for row in rows if taken[row.message_id] > 1)
    lost = [row for row in rows if not taken[row.message_id] and row.doubts < 2]
    assert lost == []
    assert doubled <= sum(row.doubts for row in rows)
    assert all(row.due_at is None and row.lease_owner is None for row in rows)
    sys.stdout.write(
        f"\n{days} days: {len(rows)} mails, 0 lost, {doubled} doubled, "
        f"{sum(row.doubts for row in rows)} doubts counted, "
        f"{sum(row.state == 'unknown' for row in rows)} unsettled\n"
    )
