"""Notifications of mails that came back, written as servers write them, with made-up names."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from service.outbox.bounces import notifications, read_mails, resume_mail, take_bounces
from service.people.listing import people
from service.store import Store, open_store
from service.store.journal import happenings
from service.store.tables import DeliveryRow
from tests.service.outbox.mails import NOW, freeze, readers

REPORT = """From: MAILER-DAEMON@mx.works.example
To: suranys@zone.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.works.example

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user here

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
Subject: 1

--b--
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'outbox.db'}") as opened:
        yield opened


def report(
    status: str = "5.1.1",
    address: str = "Reader0@works.example",
    message_id: str = "<1.1@zone.example>",
    action: str = "failed",
) -> bytes:
    said = REPORT.format(status=status, address=address, message_id=message_id, action=action)
    return said.replace("\n", "\r\n").encode()


def taken(store: Store, content: bytes) -> tuple[list[str], bool, str]:
    """What was done, whether the reader still gets mail, and the state of the mail."""
    [person] = readers(store, 1)
    freeze(store, person, "1")
    with store.writing() as session:
        row = session.exec(select(DeliveryRow)).one()
        row.state, row.due_at = "sent", None
        session.add(row)
    with store.writing() as session:
        done = [str(each.done) for each in take_bounces(session, [content], NOW)]
    with store.reading() as session:
        state = session.exec(select(DeliveryRow)).one().state
        return done, people(session)[0].gets_mail, state


def test_an_address_that_is_not_there_gets_no_more_mail(store: Store) -> None:
    assert taken(store, report()) == (["suppressed"], False, "refused")


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "4.4.1"])
def test_what_may_pass_is_noted_and_stops_nothing(store: Store, status: str) -> None:
    assert taken(store, report(status)) == (["noted"], True, "refused")


def test_a_delay_is_no_failure(store: Store) -> None:
    assert taken(store, report("4.4.1", action="delayed")) == ([], True, "sent")


@pytest.mark.parametrize(
    "forged",
    [
        report(message_id="<somebody.elses@zone.example>"),
        report(address="other@works.example"),
    ],
)
def test_a_notification_that_quotes_no_mail_of_ours_to_that_address_does_nothing(
    store: Store, forged: bytes
) -> None:
    assert taken(store, forged) == (["not ours"], True, "sent")


def test_who_is_written_to_again_is_in_the_journal_and_old_returns_stop_nothing(
    store: Store,
) -> None:
    assert taken(store, report()) == (["suppressed"], False, "refused")
    later = NOW + timedelta(days=1)
    with store.writing() as session:
        [person] = people(session)
        assert resume_mail(session, person.id, later, actor="aigul@zone.kz")
    with store.writing() as session:
        assert not resume_mail(session, person.id, later, actor="aigul@zone.kz")
        # The folder of returned mails is read every day, whole.
        again = take_bounces(session, [report()], later + timedelta(days=1))
        told = happenings(session, "person", person.id)
    assert [each.done for each in again] == ["noted"]
    assert [(each.actor, each.action) for each in told] == [
        ("aigul@zone.kz", "resume"),
        ("returned mail", "suppress"),
    ]
    assert told[0].old == {"status": "5.1.1 550 no such user here"}
    with store.reading() as session:
        assert people(session)[0].gets_mail


def test_a_mail_made_after_that_stops_it_again(store: Store) -> None:
    taken(store, report())
    with store.writing() as session:
        [person] = people(session)
        resume_mail(session, person.id, NOW - timedelta(seconds=1), actor="aigul@zone.kz")
    with store.writing() as session:
        done = take_bounces(session, [report()], NOW)
        assert [each.done for each in done] == ["suppressed"]
        assert not people(session)[0].gets_mail


@given(st.binary(max_size=2000))
def test_any_bytes_are_read_without_a_failure(content: bytes) -> None:
    notifications(content)
    notifications(report() + content)


def test_a_folder_of_mails_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new/1").write_bytes(b"one")
    (tmp_path / "new/2").write_bytes(b"two")
    assert list(read_mails(tmp_path)) == [b"one", b"two"]
    assert list(read_mails(tmp_path / "new/1")) == [b"one"]
