"""Build a digest's mail: safe headers, two bodies, and bytes that are checked before they leave.

Python 3.11.7 decodes an encoded word inside a header value and writes its line ends out
(CVE-2024-6923), so no scraped or configured text reaches a header but through `header_text`, and
the finished bytes are parsed again and their header set compared.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.header import Header
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.utils import format_datetime
from hashlib import sha256
from typing import Literal

from service.digest.cleaning import clean
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
    """Build the mail and give its bytes, parsed again and found to be what was meant.

    The same input gives the same bytes. Raises DeliveryError.
    """
    headers = _wanted(envelope, body.subject)
    message = EmailMessage(policy=policy.SMTP)
    message.set_content(body.text, cte="base64")
    message.add_alternative(body.html, subtype="html", cte="base64")
    _attach(message, attachments)
    # Boundaries from the message id and not from chance, so that a frozen body stays the same.
    nested = [part for part in message.walk() if part.is_multipart()]
    for depth, part in enumerate(nested):
        part.set_boundary("=_" + sha256(f"{envelope.message_id}{depth}".encode()).hexdigest()[:40])
    # Our own header lines, not EmailMessage's: it decodes and folds them anew and, on this Python,
    # loses blanks and invents line ends on the way.
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    content = lines.encode("ascii") + message.as_bytes()
    _check(content, headers, envelope, header_text(body.subject), attachments)
    return content


def _attach(message: EmailMessage, attachments: Sequence[Attachment]) -> None:
    page = message.get_body(("html",))
    for each in attachments:
        main, _, sub = each.kind.partition("/")
        if each.cid is not None and isinstance(page, EmailMessage):
            page.add_related(
                each.content, main, sub, cid=f"<{each.cid}>", disposition="inline", cte="base64"
            )
        else:
            message.add_attachment(
                each.content,
                main,
                sub,
                filename=each.name,
                cte="base64",
                params={"charset": "utf-8"} if main == "text" else None,
            )


_ADDRESSES = ("From", "To")
_STRUCTURE = {"MIME-Version", "Content-Type"}


def _check(
    content: bytes,
    headers: dict[str, str],
    envelope: Envelope,
    subject: str,
    attachments: Sequence[Attachment],
) -> None:
    """Compare what a receiver will read with what was meant."""
    head = content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    parsed = BytesHeaderParser(policy=policy.default).parsebytes(head)
    whole = BytesParser(policy=policy.compat32).parsebytes(content)
    if parsed.defects or whole.defects or sorted(parsed.keys()) != sorted([*headers, *_STRUCTURE]):
        raise DeliveryError(f"headers were altered on the way: {', '.join(sorted(parsed.keys()))}")
    addresses = [each.addr_spec for name in _ADDRESSES for each in parsed[name].addresses]
    if addresses != [envelope.sender, envelope.recipient]:
        raise DeliveryError("the addresses of the message are not those it was built for")
    for name, wanted in {**headers, "Subject": subject}.items():
        if name not in _ADDRESSES and str(parsed[name]) != wanted:
            raise DeliveryError(f"{name} of the message is not the one it was built with")
    parts = [part.get_content_type() for part in whole.walk() if not part.is_multipart()]
    if parts != ["text/plain", "text/html", *(each.kind for each in attachments)]:
        raise DeliveryError(f"the parts of the message were altered: {', '.join(parts)}")
