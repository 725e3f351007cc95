"""Submit mails to an SMTP server, one recipient each, over a connection kept while it lasts.

MAIL, RCPT, DATA and the final dot are steps of their own: only so can the moment of doubt be told
from everything before it. Made-up and replayed notices, and addresses under example.invalid, are
refused here, whoever calls.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from service.digest.messages import NEVER_MAIL, check_address, header_text
from service.errors import DeliveryError
from service.store.tables.naming import DeliveryState

_GOODBYE_SECONDS = 5
_MOST_PER_LINK = 100
_LINE_START_DOT = re.compile(rb"(?m)^\.")


class NeverMailed(DeliveryError):
    """Raised where a sample, a replay or an example.invalid address would be mailed."""


class ServerAway(DeliveryError):
    """Raised where no conversation with the server can begin: nobody's mail can leave now."""

    def __init__(self, code: int | None, reply: str) -> None:
        super().__init__(reply)
        self.code, self.reply = code, reply


class HandOverRefused(DeliveryError):
    """Raised where the outbox did not let the text go: nothing was sent."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an attempt ended: sent, retry, refused or unknown. `code` is the SMTP reply, if any."""

    state: DeliveryState
    code: int | None = None
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server to submit to."""

    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    connect_seconds: float = 60
    # RFC 5321 4.5.3.2: up to 10 minutes for the answer to the final dot; giving up sooner makes
    # duplicates. The other commands have 5 minutes or less.
    answer_seconds: float = 600
    ca_file: Path | None = None


def may_be_mailed(recipient: str, message: bytes) -> None:
    """Raise NeverMailed for what must stay in files, whatever the configuration says.

    The message itself says that it is a sample or a replay: no caller can forget it, not even one
    that tries again days later.
    """
    domain = recipient.rpartition("@")[2].lower().rstrip(".")
    head = message.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    # Read only where the name is anywhere in it: reading every head costs more than sending it.
    named = NEVER_MAIL.lower().encode() in head.lower()
    mark = BytesHeaderParser(policy=policy.compat32).parsebytes(head)[NEVER_MAIL] if named else None
    if mark is not None:
        raise NeverMailed(f"the digest is a {mark}; it is only written to files")
    if domain == "invalid" or domain.endswith(".invalid"):
        raise NeverMailed(f"{header_text(recipient)} can never receive mail; put a real address")


class Courier:
    """A conversation with a server. A context manager: leaving it says goodbye."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._link: smtplib.SMTP | None = None
        self._sent = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave()

    def ready(self) -> None:
        """Open the conversation, or see that an open one is alive. Raises ServerAway."""
        if self._link is not None and self._sent < _MOST_PER_LINK and self._alive(self._link):
            return
        self._leave()
        try:
            self._link, self._sent = _connect(self._server), 0
        except (smtplib.SMTPException, OSError) as error:
            # A wrong password or a dead server is no fault of this mailbox: it stays to be tried.
            raise ServerAway(*_reply(error)) from error

    def send(
        self,
        sender: str,
        recipient: str,
        message: bytes,
        hand_over: Callable[[], bool] = lambda: True,
    ) -> Attempt:
        """Send one message to one mailbox and say how it ended.

        `hand_over` is asked once the server wants the text, before any of it leaves; where it says
        no, HandOverRefused is raised and nothing was sent. Raises NeverMailed, ServerAway.
        """
        may_be_mailed(recipient, message)
        check_address(sender)
        check_address(recipient)
        self.ready()
        assert self._link is not None  # noqa: S101 - `ready` opened it
        self._sent += 1
        try:
            return self._submit(self._link, sender, recipient, message, hand_over)
        except (smtplib.SMTPException, OSError) as error:
            # Before the final dot was handed over nothing can have been delivered.
            self._close()
            return Attempt(DeliveryState.RETRY, *_reply(error))
        except HandOverRefused:
            self._close()  # the server waits for a text: only an end makes it forget
            raise

    def _submit(
        self,
        link: smtplib.SMTP,
        sender: str,
        recipient: str,
        message: bytes,
        hand_over: Callable[[], bool],
    ) -> Attempt:
        for command, good in (
            (f"MAIL FROM:<{sender}>", {250}),
            (f"RCPT TO:<{recipient}>", {250, 251}),
        ):
            code, reply = link.docmd(command)
            if code not in good:
                return self._answered(code, reply)
        if not hand_over():
            raise HandOverRefused("the mail is no longer to be sent")
        code, reply = link.docmd("DATA")
        if code != 354:
            return self._answered(code, reply)
        link.send(_quoted(message))
        try:
            link.send(b".\r\n")
            code, reply = link.getreply()
        except (smtplib.SMTPException, OSError) as error:  # an endless line of answer, too
            self._close()
            return Attempt(DeliveryState.UNKNOWN, reply=header_text(str(error)))
        return self._answered(code, reply)

    def _answered(self, code: int, reply: bytes | str) -> Attempt:
        if code == 421:
            self._close()
        if code == 250:
            return Attempt(DeliveryState.SENT, code, _words(reply))
        permanent = 500 <= code < 600
        state = DeliveryState.REFUSED if permanent else DeliveryState.RETRY
        return Attempt(state, code, _words(reply))

    def _alive(self, link: smtplib.SMTP) -> bool:
        try:
            return link.docmd("RSET")[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def _close(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None

    def _leave(self) -> None:
        """Say goodbye without waiting: a lost QUIT must not make a delivered message a failure."""
        if self._link is not None:
            with suppress(smtplib.SMTPException, OSError):
                if self._link.sock is not None:
                    self._link.sock.settimeout(_GOODBYE_SECONDS)
                    self._link.quit()
        self._close()


def _quoted(message: bytes) -> bytes:
    """Double the dots that begin a line (RFC 5321 4.5.2), and end the last line."""
    dotted = message.startswith(b".") or b"\n." in message
    body = _LINE_START_DOT.sub(b"..", message) if dotted else message
    return body if body.endswith(b"\r\n") else body + b"\r\n"


def _reply(error: Exception) -> tuple[int | None, str]:
    """Give code and words of a failure, as far as there was an answer."""
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, _words(error.smtp_error)
    return None, header_text(str(error))


def _words(reply: bytes | str) -> str:
    return header_text(reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply)


def _connect(server: Server) -> smtplib.SMTP:
    trusted = ssl.create_default_context(cafile=server.ca_file)
    if server.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=server.connect_seconds, context=trusted
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=server.connect_seconds)
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            smtp.starttls(context=trusted)
            smtp.ehlo()
        if server.username:
            smtp.login(server.username, server.password)
        if smtp.sock is not None:
            smtp.sock.settimeout(server.answer_seconds)
            # The dot is sent apart from the text; unasked, the kernel keeps it back 40 ms (Nagle).
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        smtp.close()
        raise
    return smtp
