"""A mail server that is away for a day, or a run killed before it sent: each lead is told once."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest
from sqlmodel import select

from scrapers.records import Period
from service.clock import FixedClock
from service.config import Config, Mail, Recipient
from service.jobs.digest import DigestResult, write_digests
from service.outbox.bounces import resume_mail
from service.outbox.delivering import deliver_due, way_of
from service.outbox.freezing import put
from service.people.listing import copy_recipients, people
from service.places import Places, places
from service.store import Store, open_store
from service.store.catalogue import save_catalogue
from service.store.digests import NewItem, add_items
from service.store.tables import DeliveryRow, LeadRow, PersonRow
from service.store.tables.naming import DeliveryKind, Origin
from tests.service.digest.samples import NOW
from tests.service.digest.test_job import CATALOGUE, open_notice, requantify, save
from tests.service.outbox.test_smtp import Sink, listening

AWAY = "451 4.3.2 try again later"
MILL = Recipient(
    name="ТОО «Пример-Труба»", address="mill@works.example", role="plant", plant="mill"
)
EARLIER = b"From: s@zone.example\r\nTo: mill@works.example\r\nSubject: 1\r\n\r\n/1\r\n"


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def config(tmp_path: Path, sink: Sink) -> Iterator[Config]:
    with listening(sink) as port:
        mail = Mail(
            mode="smtp", host="127.0.0.1", port=port, security="none", sender="s@zone.example"
        )
        yield Config(folder=tmp_path, recipients=(MILL,), mail=mail)


@pytest.fixture
def live(config: Config) -> Places:
    return places(config)


@pytest.fixture
def store(live: Places) -> Iterator[Store]:
    with open_store(live.database_url) as opened:
        with opened.writing() as session:
            save_catalogue(session, CATALOGUE, Origin.BUNDLED, NOW)
        yield opened


def run(
    store: Store, config: Config, live: Places, days: int = 0, hours: int = 0
) -> list[DigestResult]:
    clock = FixedClock(NOW + timedelta(days=days, hours=hours))
    return write_digests(store, config, live, clock)


def seen(results: list[DigestResult]) -> list[tuple[str, str, int, bool]]:
    return [(each.day, each.action, each.leads, each.late) for each in results]


def told(sink: Sink) -> Counter[str]:
    """How many of the delivered mails tell of each purchase."""
    found: Counter[str] = Counter()
    for _, _, content in sink.received:
        part = BytesParser(policy=policy.default).parsebytes(content).get_body(("plain",))
        assert part is not None
        text = part.get_content()
        found.update(set(re.findall(r"https://portal\.invalid/(\d+)", text)))
    return found


def killed_before_sending(store: Store, folder: Path, day: str) -> Path:
    """What a run leaves that was killed right after it froze the digest of every lead so far."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"mill-{day}.eml"
    path.write_bytes(EARLIER)
    with store.writing() as session:
        items = [
            NewItem(lead.id, 1, "new", '{"verdict": "can", "state": "open"}')
            for lead in session.exec(select(LeadRow))
            if lead.id is not None
        ]
        moment = NOW - timedelta(days=1)
        copy_recipients(session, Config(recipients=(MILL,)), moment)
        [person] = people(session)
        id_ = put(
            session,
            person,
            DeliveryKind.DIGEST,
            day,
            EARLIER,
            moment,
            message_id=f"<{day}@zone.example>",
            body_path=str(path),
        )
        add_items(session, id_, person.id, items)
    return path


def states(store: Store) -> list[tuple[str, str]]:
    with store.reading() as session:
        return [(row.slot, row.state) for row in session.exec(select(DeliveryRow))]


def test_after_a_day_without_a_mail_server_each_lead_is_told_once(
    store: Store, config: Config, live: Places, sink: Sink
) -> None:
    sink.data = AWAY
    save(store, open_notice("1"), "p1")
    for hours in (0, 4, 8):
        assert seen(run(store, config, live, hours=hours)) == [("2026-11-23", "waiting", 1, False)]
    [waiting] = live.digests.glob("*.eml")
    frozen = waiting.read_bytes()
    save(store, open_notice("2"), "p1")
    assert sink.received == []

    sink.data = "250 OK"
    assert seen(run(store, config, live, days=1)) == [
        ("2026-11-23", "sent", 1, True),
        ("2026-11-24", "sent", 1, False),
    ]
    run(store, config, live, days=1, hours=1)
    run(store, config, live, days=2)
    assert told(sink) == {"1": 1, "2": 1}
    assert [len(sink.received), sink.received[0][2]] == [2, frozen]


def test_what_a_refused_digest_told_comes_again_with_the_next_while_it_is_open(
    store: Store, config: Config, live: Places, sink: Sink
) -> None:
    soon = Period(None, NOW + timedelta(hours=20), "Asia/Almaty")
    save(store, open_notice("1"), "p1")
    save(store, open_notice("2", period=soon), "p1")
    sink.data = "550 5.7.1 not this text"
    assert seen(run(store, config, live)) == [("2026-11-23", "refused", 2, False)]
    assert seen(run(store, config, live, hours=1)) == [("2026-11-23", "already", 0, False)]
    sink.data = "250 OK"
    assert seen(run(store, config, live, days=1)) == [("2026-11-24", "sent", 1, False)]
    assert seen(run(store, config, live, days=2)) == [("2026-11-25", "silent", 0, False)]
    assert told(sink) == {"1": 1}


def test_a_change_that_never_arrived_is_told_against_what_did(
    store: Store, config: Config, live: Places, sink: Sink
) -> None:
    save(store, open_notice("1", "100"), "p1")
    run(store, config, live)
    requantify(store, open_notice("1", "200"))
    sink.data = "550 5.7.1 not this text"
    assert seen(run(store, config, live, days=1)) == [("2026-11-24", "refused", 1, False)]
    sink.data = "250 OK"
    assert seen(run(store, config, live, days=2)) == [("2026-11-25", "sent", 1, False)]
    message = BytesParser(policy=policy.default).parsebytes(sink.received[1][2])
    text = message.get_body(("plain",))
    assert text is not None
    assert "100 т → 200 т" in text.get_content().replace("\u00a0", " ")


def test_an_address_written_to_again_hears_of_what_was_held_back(
    store: Store, config: Config, live: Places, sink: Sink
) -> None:
    sink.data = AWAY
    save(store, open_notice("1"), "p1")
    run(store, config, live)
    suppress(store)
    sink.data = "250 OK"
    assert run(store, config, live, hours=8) == []
    list(deliver_due(store, way_of(config, live.digests), FixedClock(NOW + timedelta(hours=8))))
    assert states(store) == [("2026-11-23", "suppressed")]
    save(store, open_notice("2"), "p1")  # nobody is told of it
    with store.writing() as session:
        assert resume_mail(session, people(session)[0].id, NOW, actor="aigul@zone.example")
    assert seen(run(store, config, live, days=3)) == [("2026-11-26", "sent", 2, False)]
    assert told(sink) == {"1": 1, "2": 1}


def suppress(store: Store) -> None:
    """Stop mails to the one reader, as one that came back does."""
    with store.writing() as session:
        row = session.exec(select(PersonRow)).one()
        row.suppressed_at, row.suppressed_for = NOW, "5.1.1 no such user"
        session.add(row)


def test_a_plant_without_news_still_gets_what_was_put_off(
    store: Store, config: Config, live: Places, sink: Sink
) -> None:
    sink.data = AWAY
    save(store, open_notice("1"), "p1")
    run(store, config, live)
    sink.data = "250 OK"
    assert seen(run(store, config, live, days=1)) == [
        ("2026-11-23", "sent", 1, True),
        ("2026-11-24", "silent", 0, False),
    ]
    assert told(sink) == {"1": 1}


def test_digests_of_several_days_leave_oldest_first(
    store: Store, config: Config, live: Places, sink: Sink
) -> None:
    sink.data = AWAY
    for day, id_ in enumerate("123"):
        save(store, open_notice(id_), "p1")
        run(store, config, live, days=day)
    sink.data = "250 OK"
    days = [each.day for each in run(store, config, live, days=3) if each.action == "sent"]
    assert days == ["2026-11-23", "2026-11-24", "2026-11-25"]
    assert told(sink) == {"1": 1, "2": 1, "3": 1}


def test_days_without_a_run_become_one_digest_that_names_its_period(
    store: Store, config: Config, live: Places, sink: Sink
) -> None:
    save(store, open_notice("1"), "p1")
    run(store, config, live)
    for id_ in "234":  # found on the three days that nobody was told of
        save(store, open_notice(id_), "p1")
    assert seen(run(store, config, live, days=4)) == [("2026-11-27", "sent", 3, False)]
    assert told(sink) == {"1": 1, "2": 1, "3": 1, "4": 1}
    message = BytesParser(policy=policy.default).parsebytes(sink.received[1][2])
    text = message.get_body(("plain",))
    assert text is not None
    said = text.get_content().replace("\u00a0", " ")
    assert re.search(r"Период: с 08:00, 23 ноября .* до 08:00, 27 ноября", said)


@pytest.mark.parametrize("mode", ["smtp", "files"])
def test_a_digest_of_a_run_killed_before_sending_leaves_on_the_next_day(
    store: Store, config: Config, live: Places, sink: Sink, mode: str
) -> None:
    save(store, open_notice("1"), "p1")
    path = killed_before_sending(store, live.digests, "2026-11-22")
    chosen = config if mode == "smtp" else config.model_copy(update={"mail": Mail()})
    save(store, open_notice("2"), "p1")
    done = "sent" if mode == "smtp" else "written"
    first, _ = run(store, chosen, live)
    assert (first.day, first.action, first.leads, first.path) == ("2026-11-22", done, 1, path)
    assert states(store) == [("2026-11-22", done), ("2026-11-23", done)]
    run(store, chosen, live, days=1)
    mails = [content for _, _, content in sink.received]
    assert mails.count(EARLIER) == (1 if mode == "smtp" else 0)
    assert len(mails) == (2 if mode == "smtp" else 0)


def test_a_lost_file_of_an_earlier_day_loses_no_mail(
    store: Store, config: Config, live: Places, sink: Sink
) -> None:
    save(store, open_notice("1"), "p1")
    killed_before_sending(store, live.digests, "2026-11-21").unlink()
    save(store, open_notice("2"), "p1")
    lost, today = run(store, config, live)
    assert (lost.day, lost.action) == ("2026-11-21", "sent")
    assert sink.received[0][2] == EARLIER
    assert today.action == "sent"
    assert told(sink)["2"] == 1
