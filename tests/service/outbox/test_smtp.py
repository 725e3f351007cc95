"""Submission to a real SMTP server on loopback."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from service.errors import DeliveryError
from service.outbox.smtp import (
    Attempt,
    Courier,
    NeverMailed,
    Server,
    ServerAway,
    may_be_mailed,
)
from service.store.tables.naming import DeliveryState

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


def send(server: Server, recipient: str = RECIPIENT, message: bytes = MESSAGE) -> Attempt:
    with Courier(server) as courier:
        return courier.send(SENDER, recipient, message)


def sent(server: Server, recipient: str = RECIPIENT) -> DeliveryState:
    return send(server, recipient).state


def test_an_accepted_message_arrives_once_and_byte_for_byte(server: Server, sink: Sink) -> None:
    delivery = send(server)
    assert (delivery.state, delivery.code) == (DeliveryState.SENT, 250)
    assert sink.received == [(SENDER, [RECIPIENT], MESSAGE)]


@pytest.mark.parametrize("stage", ["rcpt", "data"])
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("451 try again later", DeliveryState.RETRY),
        ("550 no such user", DeliveryState.REFUSED),
        ("421 going down", DeliveryState.RETRY),
    ],
)
def test_a_refusal_is_told_apart_by_its_code(
    server: Server, sink: Sink, stage: str, answer: str, outcome: DeliveryState
) -> None:
    setattr(sink, stage, answer)
    delivery = send(server)
    assert (delivery.state, delivery.code) == (outcome, int(answer[:3]))
    assert delivery.reply == answer[4:]
    assert sink.received == []


def test_a_server_that_is_not_there_is_tried_again_later() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ServerAway):
        send(Server("127.0.0.1", port, security="none", connect_seconds=5))


def test_nothing_is_sent_in_the_clear_where_starttls_is_wanted(server: Server, sink: Sink) -> None:
    with pytest.raises(ServerAway):
        send(replace(server, security="starttls"))
    assert sink.received == []


def test_a_wrong_password_is_not_the_mailboxs_fault(server: Server, sink: Sink) -> None:
    wrong = replace(server, username="someone", password="secret")
    with pytest.raises(ServerAway) as caught:
        send(wrong)
    assert "secret" not in caught.value.reply + repr(wrong)


@pytest.mark.parametrize(
    ("last_words", "outcome"),
    [
        (b"", DeliveryState.UNKNOWN),
        (b"250 " + b"x" * 9000 + b"\r\n", DeliveryState.UNKNOWN),
        (b"250 OK\r\n", DeliveryState.SENT),
    ],
)
def test_a_link_lost_or_an_endless_answer_after_the_text_is_a_doubt(
    last_words: bytes, outcome: DeliveryState
) -> None:
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
        send(server, message=b"X-Suranys-Never-Mail: %b\r\n" % kind.encode() + MESSAGE)
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
