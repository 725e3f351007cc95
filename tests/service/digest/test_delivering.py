"""A folder and a real SMTP server on loopback."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from service.digest.delivering import (
    NeverMailed,
    Outcome,
    Server,
    file_stem,
    may_be_mailed,
    send,
    write_files,
)
from service.errors import DeliveryError

MESSAGE = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: s\r\n\r\n.dot\r\n..two\r\ntext\r\n"
SENDER, RECIPIENT = "digest@suranys.example", "plant@works.example"


class Sink:
    """Keeps what it acknowledged, and answers as told."""

    def __init__(self) -> None:
        self.rcpt = "250 OK"
        self.data = "250 OK"
        self.received: list[tuple[str | None, list[str], bytes]] = []

    async def handle_RCPT(
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        if self.data.startswith("250"):
            self.received.append((envelope.mail_from, list(envelope.rcpt_tos), content))
        return self.data


@pytest.fixture
def sink() -> Sink:
    return Sink()


@contextmanager
def listening(sink: Sink) -> Iterator[int]:
    """A mail server on loopback that hands over to the sink. Gives its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture
def server(sink: Sink) -> Iterator[Server]:
    with listening(sink) as port:
        yield Server("127.0.0.1", port, security="none", connect_seconds=10, answer_seconds=10)


def sent(server: Server, recipient: str = RECIPIENT) -> Outcome:
    return send(server, SENDER, recipient, MESSAGE).outcome


def test_an_accepted_message_arrives_once_and_byte_for_byte(server: Server, sink: Sink) -> None:
    delivery = send(server, SENDER, RECIPIENT, MESSAGE)
    assert (delivery.outcome, delivery.code, delivery.where) == (Outcome.SENT, 250, RECIPIENT)
    assert sink.received == [(SENDER, [RECIPIENT], MESSAGE)]


@pytest.mark.parametrize("stage", ["rcpt", "data"])
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("451 try again later", Outcome.TEMPORARY),
        ("550 no such user", Outcome.PERMANENT),
        ("421 going down", Outcome.TEMPORARY),
    ],
)
def test_a_refusal_is_told_apart_by_its_code(
    server: Server, sink: Sink, stage: str, answer: str, outcome: Outcome
) -> None:
    setattr(sink, stage, answer)
    delivery = send(server, SENDER, RECIPIENT, MESSAGE)
    assert (delivery.outcome, delivery.code) == (outcome, int(answer[:3]))
    assert delivery.reply == answer[4:]
    assert sink.received == []


def test_a_server_that_is_not_there_is_tried_again_later() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert sent(Server("127.0.0.1", port, security="none", connect_seconds=5)) is Outcome.TEMPORARY


def test_nothing_is_sent_in_the_clear_where_starttls_is_wanted(server: Server, sink: Sink) -> None:
    assert sent(replace(server, security="starttls")) is Outcome.TEMPORARY
    assert sink.received == []


def test_a_wrong_password_is_not_the_mailboxs_fault(server: Server, sink: Sink) -> None:
    wrong = replace(server, username="someone", password="secret")
    delivery = send(wrong, SENDER, RECIPIENT, MESSAGE)
    assert delivery.outcome is Outcome.TEMPORARY
    assert "secret" not in delivery.reply


@pytest.mark.parametrize(
    ("last_words", "outcome"),
    [(b"", Outcome.UNKNOWN), (b"250 OK\r\n", Outcome.SENT)],
)
def test_a_link_lost_after_the_text_is_a_doubt(last_words: bytes, outcome: Outcome) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        link, _peer = listener.accept()
        with link, link.makefile("rwb") as stream:
            for answer in (b"220 hello\r\n", b"250 hello\r\n", b"250 OK\r\n", b"250 OK\r\n"):
                stream.write(answer)
                stream.flush()
                stream.readline()
            stream.write(b"354 go on\r\n")
            stream.flush()
            while stream.readline() != b".\r\n":
                pass
            stream.write(last_words)
            stream.flush()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        port = listener.getsockname()[1]
        there = Server("127.0.0.1", port, security="none", connect_seconds=10, answer_seconds=10)
        assert sent(there) is outcome
    finally:
        thread.join(10)
        listener.close()


@pytest.mark.parametrize("kind", ["sample", "replay"])
def test_samples_and_replays_are_never_mailed(server: Server, sink: Sink, kind: str) -> None:
    with pytest.raises(NeverMailed, match=kind):
        send(server, SENDER, RECIPIENT, b"X-Suranys-Never-Mail: %b\r\n" % kind.encode() + MESSAGE)
    assert sink.received == []


@pytest.mark.parametrize(
    "address", ["zone@example.invalid", "zone@EXAMPLE.Invalid", "a@b.example.invalid", "a@invalid"]
)
def test_an_address_that_cannot_exist_is_never_mailed(address: str) -> None:
    with pytest.raises(NeverMailed):
        may_be_mailed(address, MESSAGE)


@pytest.mark.parametrize("address", ["a@b.kz>\r\nRCPT TO:<x@evil.example", "a@b.kz,x@evil.example"])
def test_an_address_with_a_second_one_inside_reaches_no_server(
    server: Server, sink: Sink, address: str
) -> None:
    with pytest.raises(DeliveryError):
        sent(server, address)
    assert sink.received == []


def test_files_are_written_whole_and_beside_one_another(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "digests"
    eml, html = write_files(folder, "zone-2026-11-23", MESSAGE, "<p>да</p>")
    assert eml.read_bytes() == MESSAGE
    assert html.read_text(encoding="utf-8") == "<p>да</p>"
    assert sorted(path.name for path in folder.iterdir()) == [
        "zone-2026-11-23.eml",
        "zone-2026-11-23.html",
    ]


def test_writing_again_replaces_and_leaves_nothing_behind(tmp_path: Path) -> None:
    write_files(tmp_path, "a", b"one", "one")
    write_files(tmp_path, "a", b"two", "two")
    assert (tmp_path / "a.eml").read_bytes() == b"two"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_cannot_be_written_to_is_a_named_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(DeliveryError, match="cannot write the digest"):
        write_files(tmp_path / "taken", "a", b"", "")


@pytest.mark.parametrize(
    ("recipient", "stem"),
    [
        ("zone@example.invalid", "zone-example-invalid-2026-11-23"),
        ("../../etc/passwd", "etc-passwd-2026-11-23"),
        ("…", "recipient-2026-11-23"),
        ("a" * 200, "a" * 60 + "-2026-11-23"),
    ],
)
def test_a_recipient_cannot_name_a_file_outside_the_folder(recipient: str, stem: str) -> None:
    assert file_stem(recipient, date(2026, 11, 23)) == stem
