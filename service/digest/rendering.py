"""Render a digest into text and HTML. Every value is escaped; nothing is fetched from anywhere."""

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from service.digest.records import Digest
from service.digest.wording import BRAND, view
from service.texts import language


@dataclass(frozen=True, slots=True)
class Rendered:
    """The two bodies of a mail and its subject line, in one language."""

    subject: str
    text: str
    html: str


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("service.digest", "templates"),
        # By name and not by content: a text part must not read «ТОО &#34;Завод&#34;».
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(digest: Digest, *, unsubscribe: str | None = None) -> Rendered:
    """Render a digest in its recipient's language. `unsubscribe` is an address we made."""
    lang = language(digest.recipient.language)
    shown = view(digest, lang)
    values = {
        "digest": shown,
        "t": lang.text,
        "language": lang.code,
        "brand": BRAND,
        "unsubscribe": unsubscribe,
    }
    return Rendered(
        subject=shown.subject,
        text=_templates().get_template("digest.txt").render(values),
        html=_templates().get_template("digest.html").render(values),
    )
