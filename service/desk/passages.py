"""Where a requirement was read: the passage of the notice or of an attached file that states it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from scrapers.records import Lot, Notice
from service.store.documents import Attached

AROUND = 90
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_WORD = re.compile(r"[^\W_]+(?:[-/][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Source:
    """A text to look in. `where` is a key (`title`, `lot`, `item`, `file`), `name` says which one,
    `page` counts from 1 in a file."""

    where: str
    text: str
    name: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text with what was asked in its middle: `before`, `hit`, `after`."""

    source: Source
    before: str
    hit: str
    after: str


def sources(notice: Notice, lot: Lot | None) -> Iterable[Source]:
    """Give the texts of a notice from the nearest to what is bought to the farthest."""
    if lot is not None:
        yield Source("lot", lot.title)
        yield Source("lot", lot.description)
        for item in lot.items:
            yield Source("item", item.title, item.id)
            yield Source("item", item.description, item.id)
        for text in lot.translations:
            yield Source("lot", text.value)
    yield Source("title", notice.title)
    yield Source("notice", notice.description)
    for text in notice.translations:
        yield Source("title", text.value)


def file_sources(files: Iterable[Attached], lot: Lot | None) -> Iterable[Source]:
    """Give the pages of attached files that concern a lot: its own, and those of the notice."""
    for file in files:
        if file.document is None or (file.lot is not None and lot and file.lot != lot.id):
            continue
        for part in file.document.read.walk():
            for page in part.pages:
                yield Source("file", page.text, part.name or file.title, page.number)


def passage(asked: str | None, texts: Iterable[Source]) -> Passage | None:
    """Give the first passage that states what was asked: its first number, or else its first
    word. None where no text has it, as for what was derived."""
    needle = _needle(asked or "")
    if needle is None:
        return None
    for source in texts:
        found = needle.search(source.text)
        if found is not None:
            start, end = found.span()
            return Passage(
                source,
                before=("…" if start > AROUND else "")
                + source.text[max(start - AROUND, 0) : start],
                hit=found[0],
                after=source.text[end : end + AROUND]
                + ("…" if len(source.text) > end + AROUND else ""),
            )
    return None


def _needle(asked: str) -> re.Pattern[str] | None:
    """A number stands alone («820» is not in «1820»); its decimal sign may be either."""
    number, word = _NUMBER.search(asked), _WORD.search(asked)
    if word is not None and not word[0].isdigit():
        mixed = any(map(str.isdigit, word[0])) and any(map(str.isalpha, word[0]))
        if mixed or number is None:
            return re.compile(rf"(?<!\w){re.escape(word[0])}(?!\w)", re.IGNORECASE)
    if number is None:
        return None
    digits = "[.,]".join(re.split("[.,]", number[0]))
    return re.compile(rf"(?<![\d.,]){digits}(?!\d)")
