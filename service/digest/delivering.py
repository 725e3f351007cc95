"""Let a finished message leave: into a folder, or to one mailbox over SMTP.

Made-up and replayed notices, and addresses under example.invalid, only ever reach a folder.
"""

import os
import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from email import policy
from email.parser import BytesHeaderParser
from enum import StrEnum
from pathlib import Path
from typing import Literal

from service.digest.messages import NEVER_MAIL, check_address, header_text
from service.errors import DeliveryError

_GOODBYE_SECONDS = 5


class NeverMailed(DeliveryError):
    """Raised where a sample, a replay or an example.invalid address would be mailed."""


class Outcome(StrEnum):
    """How an attempt ended. `UNKNOWN`: the link broke after the text; the server may have it."""

    WRITTEN = "written"
    SENT = "sent"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The result of one attempt for one recipient. `code` is the SMTP reply, if there was one."""

    outcome: Outcome
    where: str
    code: int | None = None
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server to submit to."""

    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: str = ""
    connect_seconds: float = 60
    # RFC 5321 4.5.3.2: up to 10 minutes for the answer to the final dot; giving up sooner makes
    # duplicates. The other commands have 5 minutes or less.
    answer_seconds: float = 600
    ca_file: Path | None = None


def file_stem(recipient: str, day: date) -> str:
    """Name the files of a digest; a recipient's id cannot leave the folder."""
    safe = re.sub(r"[^a-z0-9]+", "-", recipient.lower()).strip("-")[:60] or "recipient"
    return f"{safe}-{day.isoformat()}"


def write_files(folder: Path, stem: str, message: bytes, html: str) -> tuple[Path, Path]:
    """Write the .eml, and the .html to open in a browser; whole or not at all.

    Raises DeliveryError where the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        eml, page = folder / f"{stem}.eml", folder / f"{stem}.html"
        _write(page, html.encode())
        _write(eml, message)
    except OSError as error:
        raise DeliveryError(f"cannot write the digest to {folder}: {error.strerror}") from error
    return eml, page


def _write(path: Path, content: bytes) -> None:
    # A reader must never meet half a file, and a power cut must not leave an empty one.
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def may_be_mailed(recipient: str, message: bytes) -> None:
    """Raise NeverMailed for what must stay in files, whatever the configuration says.

    The message itself says that it is a sample or a replay: no caller can forget it, not even one
    that tries again days later.
    """
    domain = recipient.rpartition("@")[2].lower().rstrip(".")
    mark = BytesHeaderParser(policy=policy.default).parsebytes(message)[NEVER_MAIL]
    if mark is not None:
        raise NeverMailed(f"the digest is a {mark}; it is only written to files")
    if domain == "invalid" or domain.endswith(".invalid"):
        raise NeverMailed(f"{header_text(recipient)} can never receive mail; put a real address")


def send(server: Server, sender: str, recipient: str, message: bytes) -> Delivery:
    """Send one message to one mailbox and say how it ended. Raises NeverMailed."""
    may_be_mailed(recipient, message)
    check_address(sender)
    check_address(recipient)
    try:
        smtp = _connect(server)
    except (smtplib.SMTPException, OSError) as error:
        # A wrong password or a dead server is no fault of this mailbox: it stays to be tried.
        return Delivery(Outcome.TEMPORARY, recipient, *_reply(error))
    try:
        return _submit(smtp, sender, recipient, message)
    except (smtplib.SMTPException, OSError) as error:
        # Before the text was handed over nothing can have been delivered.
        return Delivery(Outcome.TEMPORARY, recipient, *_reply(error))
    finally:
        _leave(smtp)


def _reply(error: Exception) -> tuple[int | None, str]:
    """Give code and words of a failure, as far as there was an answer."""
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, _words(error.smtp_error)
    return None, header_text(str(error))


def _words(reply: bytes | str) -> str:
    return header_text(reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply)


def _leave(smtp: smtplib.SMTP) -> None:
    """Say goodbye without waiting: a lost QUIT must not make a delivered message a failure."""
    with suppress(smtplib.SMTPException, OSError):
        if smtp.sock is not None:
            smtp.sock.settimeout(_GOODBYE_SECONDS)
            smtp.quit()
    smtp.close()


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
    except BaseException:
        smtp.close()
        raise
    return smtp


def _submit(smtp: smtplib.SMTP, sender: str, recipient: str, message: bytes) -> Delivery:
    """Do MAIL, RCPT, DATA one by one: only so can the moment of doubt be told from the rest.

    A link lost before the server asks for the text counts as doubt too; that errs to the safe side.
    """
    for code, reply in (smtp.mail(sender), smtp.rcpt(recipient)):
        if code not in {250, 251}:
            return _answered(recipient, code, reply)
    try:
        code, reply = smtp.data(message)
    except smtplib.SMTPDataError as error:
        return _answered(recipient, error.smtp_code, error.smtp_error)
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        return Delivery(Outcome.UNKNOWN, recipient, reply=header_text(str(error)))
    return _answered(recipient, code, reply)


def _answered(recipient: str, code: int, reply: bytes | str) -> Delivery:
    if code == 250:
        outcome = Outcome.SENT
    elif 500 <= code < 600:
        outcome = Outcome.PERMANENT
    else:
        outcome = Outcome.TEMPORARY
    return Delivery(outcome, recipient, code, _words(reply))
