"""A real mail server on loopback that answers, refuses and hangs up as told, and keeps what it
took: everything it answered 250 for, and everything it had whole when it hung up."""

import asyncio
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import BytesHeaderParser
from typing import Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

Fault = Literal[
    "ok",
    "rcpt_451",
    "rcpt_550",
    "rcpt_421",
    "data_451",
    "data_550",
    "data_421",
    "drop_before_dot",
    "drop_after_dot",
    "drop_after_dot_lost",
    "away",
]
FAULTS: tuple[Fault, ...] = (
    *("ok", "rcpt_451", "rcpt_550", "rcpt_421", "data_451", "data_550", "data_421"),
    *("drop_before_dot", "drop_after_dot", "drop_after_dot_lost", "away"),
)
_ANSWERS = {"451": "451 later", "550": "550 no", "421": "421 going down"}


def hang_up(server: SMTP) -> None:
    """Drop the link without a word."""
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


class Sink:
    """`fault` is how it behaves from now on, `refused` an address it does not know. `taken`
    holds (recipient, Message-ID) in order."""

    def __init__(self) -> None:
        self.fault: Fault = "ok"
        self.refused = ""
        self.taken: list[tuple[str, str]] = []
        self.mails: list[bytes] = []

    def count(self) -> Counter[str]:
        """How often each message was taken."""
        return Counter(message_id for _, message_id in self.taken)

    async def handle_EHLO(
        self,
        server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        answers: list[str],
    ) -> list[str]:
        session.host_name = hostname
        if self.fault == "away":
            hang_up(server)
        return answers

    async def handle_RCPT(
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if self.fault.startswith("rcpt_"):
            return _ANSWERS[self.fault[-3:]]
        if address == self.refused:
            return _ANSWERS["550"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.fault.startswith("data_"):
            return _ANSWERS[self.fault[-3:]]
        content = envelope.content
        assert isinstance(content, bytes)
        if self.fault != "drop_after_dot_lost":
            head = BytesHeaderParser().parsebytes(content)
            self.taken.append((envelope.rcpt_tos[0], str(head["Message-ID"])))
            self.mails.append(content)
        if self.fault.startswith("drop_after_dot"):
            hang_up(server)
        return "250 OK"


class _Server(SMTP):
    """aiosmtpd, that can hang up after it asked for the text."""

    async def smtp_DATA(self, arg: str) -> None:
        if self.event_handler.fault == "drop_before_dot":
            await self.push("354 go on")
            hang_up(self)
            return
        await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, enable_SMTPUTF8=False)


@contextmanager
def listening(sink: Sink) -> Iterator[int]:
    """Start the server and give its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    controller = _Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
