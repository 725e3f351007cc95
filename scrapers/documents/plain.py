"""RTF, HTML and plain text, and what a converter of old Word files prints."""

import re

from lxml import etree, html
from striprtf.striprtf import rtf_to_text

from scrapers.documents.limits import Limits
from scrapers.documents.records import Kind, Page, Read, State, Table, Unreadable

_BLOCKS = frozenset(
    {"p", "div", "li", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "br", "hr", "section"}
)
_SKIPPED = frozenset({"script", "style", "head", "noscript", "template", "svg"})
_CHARSET = re.compile(rb"charset=[\"']?([\w-]{3,20})", re.IGNORECASE)


def read_rtf(body: bytes, limits: Limits) -> Read:
    """Read an RTF. Rows of its tables come as lines with `|` between cells. Raises `Unreadable`."""
    if len(body) > limits.member:
        raise Unreadable(State.TOO_LARGE, f"{len(body)} bytes")
    try:
        text = rtf_to_text(body.decode("latin-1"), encoding="cp1251", errors="replace")  # type: ignore[no-untyped-call]  # striprtf has no types
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # striprtf documents no errors of its own
        raise Unreadable(State.BROKEN, f"broken RTF: {error!r}"[:200]) from error
    return read_lines(text, Kind.RTF, limits)


def read_lines(text: str, kind: Kind, limits: Limits) -> Read:
    """Make one document of plain text; form feeds part pages, lines with `|` are tables."""
    pages: list[Page] = []
    left = limits.characters
    whole = True
    for part in text.split("\f"):
        if left <= 0 or len(pages) >= limits.pages:
            whole = False
            break
        kept = _clean(part)[: min(left, limits.page_characters)]
        whole = whole and len(kept) == len(_clean(part))
        left -= len(kept)
        pages.append(Page(len(pages) + 1, kept.strip("\n"), piped_tables(kept)))
    if not any(page.text.strip() for page in pages):
        return Read(State.UNREAD, kind, "no text in it", (), len(pages))
    reason = "" if whole else "only its beginning was read"
    state = State.READ if whole else State.PARTIAL
    return Read(state, kind, reason, tuple(pages), len(pages))


def piped_tables(text: str) -> tuple[Table, ...]:
    """Tables of runs of lines that have cells parted by `|`."""
    tables: list[Table] = []
    run: list[list[str]] = []
    for line in [*text.splitlines(), ""]:
        if line.count("|") >= 2 or (run and "|" in line):
            cells = [" ".join(cell.split()) for cell in line.strip().strip("|").split("|")]
            run.append(cells)
            continue
        if len(run) >= 2:
            widest = max(map(len, run))
            tables.append(tuple(tuple(row + [""] * (widest - len(row))) for row in run))
        run = []
    return tuple(tables)


def read_text(body: bytes, limits: Limits) -> Read:
    """Read plain text in UTF-8, UTF-16 with its mark, or Windows-1251."""
    return read_lines(decode(body), Kind.TEXT, limits)


def decode(body: bytes, stated: str = "") -> str:
    """Decode text by its mark, as UTF-8, by the charset stated, or as Windows-1251."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    for charset in ("utf-8-sig", stated or "cp1251"):
        try:
            return body.decode(charset)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("cp1251", "replace")


def read_html(body: bytes, limits: Limits) -> Read:
    """Read the text and tables of a page. Raises `Unreadable` TOO_LARGE or BROKEN."""
    if len(body) > limits.member:
        raise Unreadable(State.TOO_LARGE, f"{len(body)} bytes")
    stated = _CHARSET.search(body[:2048])
    text = decode(body, stated[1].decode("ascii") if stated else "")
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", _clean(text))
    try:
        root = html.document_fromstring(text, parser=html.HTMLParser(no_network=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(State.BROKEN, f"broken HTML: {error}"[:200]) from error
    tables = []
    for table in root.iter("table"):
        rows = [
            [_words(cell) for cell in row.iterchildren("td", "th")][: limits.columns]
            for row in table.iter("tr")
        ][: limits.rows]
        widest = max(map(len, rows), default=0)
        if widest >= 2:
            tables.append(tuple(tuple(row + [""] * (widest - len(row))) for row in rows))
    said = "".join(_said(root))
    lines = [" ".join(line.split()) for line in said.splitlines()]
    shown = "\n".join(line for line in lines if line)
    kept = shown[: min(limits.characters, limits.page_characters)]
    if not kept:
        return Read(State.UNREAD, Kind.HTML, "no text in it", (), 1)
    state = State.READ if len(kept) == len(shown) else State.PARTIAL
    reason = "" if state is State.READ else "only its beginning was read"
    return Read(state, Kind.HTML, reason, (Page(1, kept, tuple(tables)),), 1)


def _said(root: html.HtmlElement) -> list[str]:
    """Text in reading order, a line end at every block."""
    parts: list[str] = []
    skip = 0
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event in {"comment", "pi"}:
            parts.append(node.tail or "")
            continue
        name = node.tag if isinstance(node.tag, str) else ""
        if event == "start":
            skip += name in _SKIPPED
            if not skip:
                parts.append(("\n" if name in _BLOCKS else "") + (node.text or ""))
            continue
        skip -= name in _SKIPPED
        if not skip:
            mark = "\n" if name in _BLOCKS else "\t" if name in {"td", "th"} else ""
            parts.append(mark + (node.tail or ""))
    return parts


def _words(node: html.HtmlElement) -> str:
    return " ".join("".join(node.itertext()).split())


def _clean(text: str) -> str:
    return re.sub("[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff]", "", text)
