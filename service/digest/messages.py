"""Build a digest's mail: safe headers, two bodies, and bytes that are checked before they leave.

Python 3.11.7 decodes an encoded word inside a header value and writes its line ends out
(CVE-2024-6923), so no scraped or configured text reaches a header but through `header_text`, and
the finished headers are parsed again and compared.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.header import Header
from email.parser import BytesHeaderParser
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from typing import Literal

from service.digest.cleaning import clean
from service.digest.mime import leaf, multipart, plain, text_part
from service.digest.rendering import Rendered
from service.errors import DeliveryError

NEVER_MAIL = "X-Suranys-Never-Mail"
"""Marks a message that must stay in its file: a sample, or a replay of past days."""
LONGEST_HEADER = 200
# RFC 5321 4.5.3.1: 64 octets before the @, 255 after. One plain addr-spec in ASCII, no quoting.
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?P<domain>[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*)"
)
_LONGEST_ADDRESS, _LONGEST_LOCAL = 254, 64
_MESSAGE_ID = re.compile(r"<[0-9a-f]{32}@[A-Za-z0-9.-]+>")
_NAME_SIGNS = re.compile(r"[^\w «»№&'+/–—-]")
LONGEST_NAME = 80
_HTTPS = re.compile(r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/[A-Za-z0-9._~/?&=%-]*)?")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom, and when. `unsubscribe` is an https address of ours, if there is one."""

    sender: str
    sender_name: str
    recipient: str
    recipient_name: str
    sent_at: datetime
    message_id: str
    language: str = "ru"
    unsubscribe: str | None = None
    never_mail: Literal["sample", "replay"] | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail. With `cid` it is a picture the HTML shows (`cid:…`), without
    one it is offered beside the text. `name` is of our own making."""

    name: str
    kind: Literal["image/png", "text/calendar"]
    content: bytes
    cid: str | None = None


def header_text(text: str, limit: int = LONGEST_HEADER) -> str:
    """Make a text fit for a header: one line, no controls, no encoded words, bounded.

    `=?` begins an encoded word and `?=` ends one; a blank between the two characters leaves the
    text readable and the decoder blind.
    """
    line = clean(text)
    while "=?" in line or "?=" in line:
        line = line.replace("=?", "= ?").replace("?=", "? =")
    return line[:limit].strip()


def display_name(text: str) -> str:
    """Make a name fit to stand before an address.

    Signs with a meaning in an address are dropped: this Python folds a quoted name so that parts
    of it can be read as another address.
    """
    return " ".join(_NAME_SIGNS.sub(" ", header_text(text, LONGEST_NAME)).split())


def check_address(address: str) -> str:
    """Give back one plain address, or raise DeliveryError."""
    found = _ADDRESS.fullmatch(address)
    local = address.partition("@")[0]
    if not found or len(address) > _LONGEST_ADDRESS or len(local) > _LONGEST_LOCAL:
        raise DeliveryError(f"not a mail address: {header_text(address)!r}")
    return address


def message_id(recipient: str, slot: str, domain: str) -> str:
    """Name the one mail of a recipient and slot: the same at every attempt, telling nothing."""
    check_address(f"x@{domain}")
    digest = sha256(f"{recipient}\n{slot}".encode()).hexdigest()[:32]
    return f"<{digest}@{domain}>"


@lru_cache(maxsize=64)  # the sender's name stands in every mail
def _encoded(text: str) -> str:
    """Write one line of text as RFC 2047 does, folded."""
    charset = "us-ascii" if text.isascii() else "utf-8"
    return Header(text, charset, maxlinelen=70).encode(linesep="\r\n")


def _mailbox(name: str, address: str) -> str:
    named = display_name(name)
    return f"{_encoded(named)} <{check_address(address)}>" if named else check_address(address)


def _wanted(envelope: Envelope, subject: str) -> dict[str, str]:
    """List the headers a message must have beside those of its MIME structure, as lines."""
    sent_at = envelope.sent_at.astimezone(UTC)
    headers = {
        "From": _mailbox(envelope.sender_name, envelope.sender),
        "To": _mailbox(envelope.recipient_name, envelope.recipient),
        "Subject": _encoded(header_text(subject)),
        "Date": format_datetime(sent_at),
        "Message-ID": envelope.message_id,
        "Auto-Submitted": "auto-generated",
        "Content-Language": envelope.language,
    }
    if not _MESSAGE_ID.fullmatch(envelope.message_id):
        raise DeliveryError("a message id comes from `message_id`")
    if not envelope.language.isalpha() or not envelope.language.isascii():
        raise DeliveryError("a language is two letters")
    if envelope.never_mail is not None:
        headers[NEVER_MAIL] = envelope.never_mail
    if envelope.unsubscribe is not None:
        if not _HTTPS.fullmatch(envelope.unsubscribe):
            raise DeliveryError("the unsubscribe address must be plain https")
        headers["List-Unsubscribe"] = f"<{envelope.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def build_message(
    envelope: Envelope, body: Rendered, attachments: Sequence[Attachment] = ()
) -> bytes:
    """Build the mail and give its bytes, its headers parsed again and found to be what was meant.

    The same input gives the same bytes. Raises DeliveryError.
    """
    headers = _wanted(envelope, body.subject)
    # Our own header lines, not EmailMessage's: it decodes and folds them anew and, on this Python,
    # loses blanks and invents line ends on the way.
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = (lines + "MIME-Version: 1.0\r\n").encode("ascii")
    content = head + _parts(envelope.message_id, body, attachments)
    _check(content, headers, envelope, header_text(body.subject))
    return content


def _parts(id_: str, body: Rendered, attachments: Sequence[Attachment]) -> bytes:
    """Lay out text, HTML with its pictures, and files: what is not there takes no level."""
    # Boundaries from the message id and not from chance, so that a frozen body stays the same.
    mixed, either, related = (
        "=_" + sha256(f"{id_}{level}".encode()).hexdigest()[:40] for level in range(3)
    )
    html = text_part("text/html", body.html)
    if pictures := [_attached(each) for each in attachments if each.cid is not None]:
        html = multipart("related", related, [html, *pictures])
    whole = multipart("alternative", either, [text_part("text/plain", body.text), html])
    if files := [_attached(each) for each in attachments if each.cid is None]:
        whole = multipart("mixed", mixed, [whole, *files])
    return whole


def _attached(each: Attachment) -> bytes:
    if each.cid is not None:
        shown = ("Content-Disposition: inline", f"Content-ID: <{plain(each.cid)}>")
        return leaf(each.kind, each.content, *shown)
    kind = f'{each.kind}; charset="utf-8"' if each.kind.startswith("text/") else each.kind
    offered = f'Content-Disposition: attachment; filename="{plain(each.name)}"'
    return leaf(kind, each.content, offered)


_STRUCTURE = ("MIME-Version", "Content-Type")


def _check(content: bytes, headers: dict[str, str], envelope: Envelope, subject: str) -> None:
    """Compare the headers a receiver will read with those that were meant: which there are, each as
    it is written, and those that hold a foreign text as a mail client decodes them."""
    head = content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    parsed = BytesHeaderParser(policy=policy.compat32).parsebytes(head)
    # Not its defects: to Python 3.11.2, Debian 12's, a multipart's head without the body is one.
    if parsed.keys() != [*headers, *_STRUCTURE]:
        raise DeliveryError(f"headers were altered on the way: {', '.join(parsed.keys())}")
    for name, wanted in headers.items():
        if parsed[name] != wanted:
            raise DeliveryError(f"{name} of the message is not the one it was built with")
    addresses = (_addresses("From", headers["From"]), _addresses("To", headers["To"]))
    if addresses != ((envelope.sender,), (envelope.recipient,)):
        raise DeliveryError("the addresses of the message are not those it was built for")
    if policy.default.header_fetch_parse("Subject", headers["Subject"]) != subject:
        raise DeliveryError("Subject of the message is not the one it was built with")


@lru_cache(maxsize=64)  # the sender of one mail is that of the next
def _addresses(name: str, value: str) -> tuple[str, ...]:
    """Read the addresses of a header as a mail client does."""
    read = policy.default.header_fetch_parse(name, value)
    return tuple(each.addr_spec for each in read.addresses)
