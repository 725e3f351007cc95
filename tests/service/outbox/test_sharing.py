"""Several processes at one outbox, on machines whose clocks disagree."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from service.clock import Clock, FixedClock, SystemClock
from service.outbox.claiming import claim, due, hand_over, release_lapsed
from service.outbox.delivering import deliver_due
from service.outbox.presence import present
from service.outbox.records import Brakes, Held
from service.store import Store, open_store
from service.store.tables import DeliveryRow
from service.store.tables.naming import DeliveryState
from tests.service.outbox.mails import NOW, freeze, readers, way
from tests.service.outbox.sink import Sink, listening

BRAKES = Brakes(1000, 1000)
SLOW = timedelta(hours=1)


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def port(sink: Sink) -> Iterator[int]:
    with listening(sink) as listened:
        yield listened


def held_by(store: Store, id_: int, clock: Clock, wall: Clock) -> Held:
    with store.writing() as session:
        held = claim(session, id_, store.owner, clock.now(), BRAKES, wall=wall.now())
    assert isinstance(held, Held)
    return held


def states(store: Store) -> list[str]:
    with store.reading() as session:
        return list(session.exec(select(DeliveryRow.state).order_by(DeliveryRow.id)))  # type: ignore[arg-type]  # a column


@pytest.mark.parametrize("apart", [-SLOW, SLOW], ids=["behind", "ahead"])
def test_machines_whose_clocks_disagree_steal_no_mail_from_each_other(
    postgres_url: str, apart: timedelta
) -> None:
    now = SystemClock().now()
    with open_store(postgres_url) as one, open_store(postgres_url) as other, present(one):
        id_ = freeze(one, readers(one, 1)[0], "1", now - 2 * SLOW)
        held = held_by(one, id_, FixedClock(now), one.wall())
        with other.writing() as session:
            # Its session lives, so that only the lease can tell.
            release_lapsed(session, other.owner, now + apart, alone=False, wall=other.wall().now())
            assert claim(session, id_, other.owner, now + apart, BRAKES, wall=now) is None
        assert states(one) == [DeliveryState.SENDING.value]
        with one.writing() as session:
            assert hand_over(session, held, now, one.wall().now())


def test_a_later_mail_waits_for_the_earlier_one_to_the_same_person(store_url: str) -> None:
    with open_store(store_url) as store:
        anna, boris = readers(store, 2)
        first, later, his = (
            freeze(store, who, slot) for who, slot in ((anna, "1"), (anna, "2"), (boris, "1"))
        )
        other = replace(store, owner="another process")
        held_by(store, first, FixedClock(NOW), FixedClock(NOW))
        with other.writing() as session:
            assert claim(session, later, other.owner, NOW, BRAKES, wall=NOW) is None
            assert isinstance(claim(session, his, other.owner, NOW, BRAKES, wall=NOW), Held)


def test_people_are_divided_among_processes(store_url: str) -> None:
    with open_store(store_url) as store:
        people = readers(store, 3)
        ids = [freeze(store, person, "1") for person in people]
        with store.reading() as session:
            assert due(session, NOW, people=range(people[0].id, people[2].id)) == ids[:2]
            assert due(session, NOW, people=range(people[2].id, people[2].id + 9)) == ids[2:]


def test_processes_that_share_an_outbox_send_each_mail_once_in_order_and_within_the_brake(
    postgres_url: str, sink: Sink, port: int
) -> None:
    """Four at once on one database, three mails to each of eight readers, a brake of twenty."""
    with open_store(postgres_url) as store:
        for slot in ("1", "2", "3"):
            for person in readers(store, 8):
                freeze(store, person, slot)

        def work(number: int) -> None:
            mine = replace(store, owner=f"process {number}")
            list(deliver_due(mine, way(port, Path(), a_day=20), FixedClock(NOW)))

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(work, range(4)))
        assert len(sink.taken) == 20
        assert set(sink.count().values()) == {1}
        tomorrow = FixedClock(NOW + timedelta(hours=25))
        list(deliver_due(store, way(port, Path(), a_day=20), tomorrow))
        assert set(sink.count().values()) == {1}
        by_person: dict[str, list[str]] = {}
        for address, id_ in sink.taken:
            by_person.setdefault(address, []).append(id_.split(".")[1][0])
        assert list(by_person.values()) == [["1", "2", "3"]] * 8
        assert set(states(store)) == {DeliveryState.SENT.value}
