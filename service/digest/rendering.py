"""Render a digest into text and HTML. Every value is escaped; nothing is fetched from anywhere."""

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from service.digest.records import Addresses, Digest
from service.digest.wording import BRAND, MOST_REASONS, NO_ADDRESSES, view
from service.texts import language

# Gmail shows the first 102 kB of a message and hides the rest behind a link.
_CLIPPED_AT = 100_000
_REASONS = (MOST_REASONS, 6, 5, 4, 3, 2, 1, 0)
"""Most reasons a lead, tried in turn; with none, its answers share one link."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """The two bodies of a mail and its subject line, in one language."""

    subject: str
    text: str
    html: str


@cache
def templates() -> Environment:
    """Load the templates of mails, once."""
    return Environment(
        loader=PackageLoader("service.digest", "templates"),
        # By name and not by content: a text part must not read «ТОО &#34;Завод&#34;».
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(digest: Digest, addresses: Addresses = NO_ADDRESSES) -> Rendered:
    """Render a digest in its recipient's language. `addresses` are links of ours.

    A page that a mail client would cut off is given with fewer reasons a lead; the text is whole.
    """
    lang = language(digest.recipient.language)
    values = {"t": lang.text, "language": lang.code, "brand": BRAND, "ours": addresses}
    whole, html = view(digest, lang, addresses=addresses), ""
    for most in _REASONS:
        fewer = whole if most == MOST_REASONS else view(digest, lang, max(most, 1), addresses)
        html = _close_up(
            templates().get_template("digest.html").render(values, digest=fewer, brief=not most)
        )
        if len(html.encode()) <= _CLIPPED_AT:
            break
    text = templates().get_template("digest.txt").render(values, digest=whole)
    return Rendered(whole.subject, text, html)


def _close_up(html: str) -> str:
    """Drop indentation and empty lines."""
    return "\n".join(line.strip() for line in html.splitlines() if line.strip()) + "\n"
