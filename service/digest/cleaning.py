"""Make scraped text safe to show: no control or direction characters, cut on words, true links.

Escaping is the templates' business; this is about what escaping does not cover.
"""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

_SPACES = frozenset({"Cc", "Zl", "Zp", "Zs"})
# Format characters reorder or hide what is read (U+202E turns «820» into «028»); the others mean
# nothing outside the program that wrote them.
_DROPPED = frozenset({"Cf", "Cs", "Co", "Cn"})
_PILED_MARKS = re.compile(r"([\u0300-\u036f]{2})[\u0300-\u036f]+")
_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?([/?#][!#$%&'()*+,\-./:;=?@A-Za-z0-9_~]*)?")
_LONGEST_TEXT = 100_000
_LONGEST_URL = 2_000
_LONGEST_KEPT = 200


def clean(text: str) -> str:
    """Drop what is not text, turn every kind of space into one blank, compose letters (NFC)."""
    text = text[:_LONGEST_TEXT]
    if text.isprintable() and unicodedata.is_normalized("NFC", text):
        # Nothing but letters, marks and plain blanks, as nearly every text is.
        return " ".join(_PILED_MARKS.sub(r"\1", text).split())
    kept = []
    for char in text:
        category = unicodedata.category(char)
        if category in _SPACES:
            kept.append(" ")
        elif category not in _DROPPED:
            kept.append(char)
    composed = unicodedata.normalize("NFC", "".join(kept))
    return " ".join(_PILED_MARKS.sub(r"\1", composed).split())


def cut(text: str, limit: int) -> str:
    """Clean a text and shorten it to `limit` characters, at a word's end where there is one.

    Never cuts between a letter and its marks.
    """
    return _cut(text, limit) if len(text) <= _LONGEST_KEPT else _shortened(text, limit)


def _shortened(text: str, limit: int) -> str:
    whole = clean(text)
    if len(whole) <= limit:
        return whole
    end = limit - 1
    while end > 0 and unicodedata.combining(whole[end]):
        end -= 1
    head = whole[:end]
    space = head.rfind(" ")
    if space >= limit // 2 and whole[end] != " ":
        head = head[:space]
    return head.rstrip(" ,.;:–—-(«") + "…"


# Lists show the same names and titles on every page; long texts are not kept, for the memory.
_cut = lru_cache(maxsize=20_000)(_shortened)


def safe_link(url: str, hosts: frozenset[str]) -> str | None:
    """Give the address back if it may be a link: http(s), plain characters, a host of the portal.

    Anything else is None and is shown as text, so that a scraped page cannot send a reader away.
    """
    if len(url) > _LONGEST_URL or not _URL.fullmatch(url):
        return None
    host = urlsplit(url).hostname
    return url if host is not None and host in hosts else None
