"""The parts of a mail beside those the standard library lays out of the same texts."""

from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.digest.messages import Attachment, Envelope, build_message, message_id
from service.digest.mime import plain
from service.digest.rendering import Rendered
from service.errors import DeliveryError

ENVELOPE = Envelope(
    sender="digest@suranys.example",
    sender_name="Сұраныс",
    recipient="plant@works.example",
    recipient_name="ТОО «Пример-Труба»",
    sent_at=datetime(2026, 11, 23, 3, tzinfo=UTC),
    message_id=message_id("plant", "2026-11-23", "suranys.example"),
)
PICTURE = Attachment("weekly.png", "image/png", b"\x89PNG" * 90, cid="weekly@suranys")
FILE = Attachment("deadlines.ics", "text/calendar", "Срок\r\n".encode())


def library(body: Rendered, attachments: tuple[Attachment, ...]) -> EmailMessage:
    """Lay the mail out with nothing of ours."""
    message = EmailMessage(policy=policy.SMTP)
    message.set_content(body.text, cte="base64")
    message.add_alternative(body.html, subtype="html", cte="base64")
    page = message.get_body(("html",))
    assert isinstance(page, EmailMessage)
    for each in attachments:
        main, _, sub = each.kind.partition("/")
        if each.cid is not None:
            page.add_related(each.content, main, sub, cid=f"<{each.cid}>", disposition="inline")
        else:
            message.add_attachment(
                each.content, main, sub, filename=each.name, params={"charset": "utf-8"}
            )
    return message


def tree(part: EmailMessage) -> tuple[object, ...]:
    """Give what a reader of mails sees of a part."""
    assert not part.defects
    if part.is_multipart():
        inside = [each for each in part.iter_parts() if isinstance(each, EmailMessage)]
        return part.get_content_type(), [tree(each) for each in inside]
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return (
        part.get_content_type(),
        part.get_content_charset(),
        part.get_content_disposition(),
        part.get_filename() or part["Content-ID"],
        content,
    )


def parsed(content: bytes) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(content)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@settings(max_examples=80, deadline=None)
@example("", "", ())
@example("--=_a\r\n\r\n.\r\n.\r\nBcc: x@evil", "a\rb\nc\r\nd\n\n", (FILE, PICTURE))
@given(TEXT, TEXT, st.sampled_from([(), (FILE,), (PICTURE,), (PICTURE, FILE)]))
def test_a_mail_reads_as_the_one_the_standard_library_builds(
    text: str, html: str, attachments: tuple[Attachment, ...]
) -> None:
    body = Rendered("тема", text, html)
    content = build_message(ENVELOPE, body, attachments)
    again = parsed(library(body, attachments).as_bytes())
    assert tree(parsed(content)) == tree(again)
    assert content.endswith(b"\r\n")
    parts = content.partition(b"\r\n\r\n")[2].split(b"\r\n")
    assert all(len(line) <= 78 and b"\n" not in line and b"\r" not in line for line in parts)


@pytest.mark.parametrize("name", ["", 'a"; x="b', "a b", "a\r\nBcc: x", "дата.ics", "../a", "<a>"])
def test_a_name_that_would_need_quoting_is_refused(name: str) -> None:
    with pytest.raises(DeliveryError):
        plain(name)
    with pytest.raises(DeliveryError):
        build_message(
            ENVELOPE, Rendered("s", "т", "<p>"), (Attachment(name, "text/calendar", b""),)
        )
