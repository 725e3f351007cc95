"""Whether a complete 200 answer is what was asked for. Parsers see only what passes here."""

from collections.abc import Callable

from scrapers.blocked import looks_blocked
from scrapers.errors import Blocked, FetchError, TooLarge, Truncated, WrongContentType
from scrapers.fetch.nesting import LIMIT, html_depth, json_depth
from scrapers.portal import Answer

Wrong = Callable[[type[FetchError], str], FetchError]

_NOT_PAGES = (
    "application/json",
    "application/pdf",
    "application/zip",
    "image/",
    "audio/",
    "video/",
)


def check_content(answer: Answer, portal: str) -> None:
    """Raise what is wrong with an answer, if anything.

    `Blocked` for a captcha or log-in page, `WrongContentType` for another kind of content,
    `Truncated` for a text that ends before its end, `TooLarge` for one nested beyond 500.
    """

    def wrong(kind: type[FetchError], detail: str) -> FetchError:
        return kind(detail, portal=portal, url=answer.url)

    expect = answer.request.expect
    body = answer.body.removeprefix(b"\xef\xbb\xbf").strip()
    if not body:
        raise wrong(Truncated, "an empty answer")
    content_type = answer.headers.get("content-type", "").lower()
    is_page = _is_page(body, content_type)
    if (expect == "html" or is_page) and (wall := looks_blocked(answer.body)):
        raise wrong(Blocked, f"{wall} in place of the answer")
    if expect == "html":
        if content_type.startswith(_NOT_PAGES) or body.startswith(b"%PDF"):
            raise wrong(WrongContentType, f"{content_type or 'a file'} where a page was due")
        _check_page(body, wrong)
        return
    if is_page:
        raise wrong(WrongContentType, f"a page where {expect} was due")
    if expect == "json":
        if body[:1] not in b"{[":
            raise wrong(WrongContentType, f"{content_type or 'something'} where json was due")
        if body[-1:] not in b"}]":
            raise wrong(Truncated, "JSON without its end")
        if json_depth(body) > LIMIT:
            raise wrong(TooLarge, f"JSON nested beyond {LIMIT}")
    if expect == "xml":
        if not body.startswith(b"<") and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise wrong(WrongContentType, f"{content_type or 'something'} where xml was due")
        if not body.rstrip(b"\x00").endswith(b">"):
            raise wrong(Truncated, "XML without its end")


def _is_page(body: bytes, content_type: str) -> bool:
    start = body[:20].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return True
    return content_type.startswith("text/html") and not start.startswith((b"<?xml", b"{", b"["))


def _check_page(body: bytes, wrong: Wrong) -> None:
    """A whole page ends with its end tag; a fragment (a window loaded by script) has none."""
    lowered = body.lower()
    if b"<html" in lowered and b"</html" not in lowered[-2000:]:
        raise wrong(Truncated, "a page without its end")
    if html_depth(body) > LIMIT:
        raise wrong(TooLarge, f"a page nested beyond {LIMIT}")
