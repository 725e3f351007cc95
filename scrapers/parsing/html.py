"""An HTML answer to a tree, or the named reason why it is not the page we asked for.

A page that ends early, a log-in form or a captcha must never be read as "no rows": libxml2 repairs
whatever it gets, so the end of the page is checked on the text before parsing.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from scrapers.blocked import looks_blocked
from scrapers.decoding import decode
from scrapers.errors import Blocked, LayoutChanged, NotFound, Truncated, WrongContentType
from scrapers.portal import Answer

_LOGIN_PATH = re.compile(r"/(?:user/)?(?:login|auth|signin|captcha)(?:/|$)", re.IGNORECASE)
_MISSING_PATH = re.compile(r"/system_error/not_found")


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page with what an error must name."""

    root: html.HtmlElement
    text: str
    portal: str
    url: str


def read_page(answer: Answer, portal: str, *, whole: bool = True) -> Page:
    """Decode and parse an answer. `whole` pages must end with `</html>`; a fragment (the answer to
    a window's request) must close every table and division it opens.

    Scripts, styles and comments are taken out. Raises `Truncated`, `Blocked`, `NotFound`,
    `WrongContentType`.
    """
    url = answer.url
    path = urlsplit(url).path
    if _MISSING_PATH.search(path):
        raise NotFound("the portal says there is no such page", portal=portal, url=url)
    if _LOGIN_PATH.search(path):
        raise Blocked("led to a log-in page", portal=portal, url=url)
    text = decode(answer.body, answer.content_type, portal=portal, url=url)
    if not text.strip():
        raise Truncated("empty body", portal=portal, url=url)
    if text.lstrip()[:1] in {"{", "["}:
        raise WrongContentType("JSON where HTML was due", portal=portal, url=url)
    if not (_is_whole(text) if whole else _is_closed(text)):
        if wall := looks_blocked(answer.body):
            raise Blocked(f"{wall} in place of the page", portal=portal, url=url)
        raise Truncated("the page ends before its closing tags", portal=portal, url=url)
    try:
        root = html.document_fromstring(
            text.encode(), parser=html.HTMLParser(encoding="utf-8", remove_comments=True)
        )
    except (etree.LxmlError, ValueError) as error:
        raise LayoutChanged(str(error), selector="html", portal=portal, url=url) from error
    etree.strip_elements(root, "script", "style", with_tail=False)
    return Page(root, text, portal, url)


def _is_whole(text: str) -> bool:
    return text.rstrip()[-7:].lower() == "</html>"


def _is_closed(text: str) -> bool:
    lowered = text.lower()
    return "<table" in lowered and all(
        lowered.count(f"<{tag}") == lowered.count(f"</{tag}>") for tag in ("table", "div")
    )


def changed(page: Page, detail: str, selector: str) -> LayoutChanged | Blocked:
    """The error for content that is not there: `Blocked` if a wall stands in its place."""
    if wall := looks_blocked(page.text.encode()):
        return Blocked(f"{wall} in place of the page", portal=page.portal, url=page.url)
    return LayoutChanged(detail, selector=selector, portal=page.portal, url=page.url)


def find(root: html.HtmlElement, path: str) -> list[html.HtmlElement]:
    """Elements at an XPath."""
    found = root.xpath(path)
    return [node for node in found if isinstance(node, html.HtmlElement)]


def one(page: Page, path: str, root: html.HtmlElement | None = None) -> html.HtmlElement:
    """The only element at `path`. Raises `LayoutChanged` for none or several."""
    found = find(page.root if root is None else root, path)
    if len(found) != 1:
        raise changed(page, f"{len(found)} elements where one was due", path)
    return found[0]


def words(element: html.HtmlElement | None) -> str:
    """All text of an element with runs of white space, NBSP too, made one space."""
    return "" if element is None else " ".join(element.text_content().split())


@contextmanager
def reading(page: Page, selector: str) -> Iterator[None]:
    """Turn a value that cannot be read into `LayoutChanged` naming where it stood."""
    try:
        yield
    except ValueError as error:
        raise changed(page, str(error), selector) from error


def address(page: Page, link: html.HtmlElement) -> str:
    """Give the absolute address a link leads to.

    Raises `LayoutChanged` for what is no address: «http://[x» makes urllib raise ValueError.
    """
    with reading(page, "a[href]"):
        joined = urljoin(page.url, str(link.get("href", "")))
        urlsplit(joined)
        return joined
