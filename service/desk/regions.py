"""The region of Kazakhstan a place lies in: by its KATO code, else by its words."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from catalog.words import fold
from scrapers.records import Place

FILE = Path(__file__).with_name("regions.toml")
_COUNTRY = "KZ"
_DIGITS = 2


@cache
def _data() -> Mapping[str, Mapping[str, object]]:
    return tomllib.loads(FILE.read_text("utf-8"))


@cache
def _words() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Beginnings of words with their region, longest first: «алматы обл» before «алматы»."""
    pairs = [
        (fold(word), code)
        for code, each in _data().items()
        for word in (each["words"] if isinstance(each["words"], list) else [])
    ]
    ordered = sorted(pairs, key=lambda pair: -len(pair[0]))
    return tuple((re.compile(rf"(?<!\w){re.escape(word)}"), code) for word, code in ordered)


def region_names(language: str) -> dict[str, str]:
    """Give the name of every region by code, in the order of names."""
    named = {code: str(each[language]) for code, each in _data().items()}
    return dict(sorted(named.items(), key=lambda pair: pair[1]))


def region_of(places: Iterable[Place]) -> str | None:
    """Give the code of the first place whose region is known (`75`), None outside Kazakhstan."""
    listed = [place for place in places if place.country in {_COUNTRY, None}]
    for place in listed:
        if place.code is not None and place.code.scheme == "KZ-KATO":
            code = place.code.id[:_DIGITS]
            if code in _data():
                return code
    for place in listed:
        if place.country == _COUNTRY and (found := region_of_text(place.text)):
            return found
    return None


def region_of_text(text: str) -> str | None:
    """Give the region a Kazakh address names first, None where it names none."""
    folded = fold(text[:400])
    hits = [
        (match.start(), -len(match[0]), code)
        for words, code in _words()
        if (match := words.search(folded))
    ]
    return min(hits)[2] if hits else None
