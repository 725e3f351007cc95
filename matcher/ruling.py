"""Which families a text rules out by name: «дымовая труба» is no pipe of a mill."""

from collections.abc import Mapping
from functools import lru_cache

from catalog.family import Family
from catalog.records import FamilyName
from catalog.words import fold, stem, stems, words
from matcher.reading.heads import CARRIERS, belongings, is_adjective
from matcher.reading.recognising import Words, denied, index_of
from matcher.records import Need

LONGEST = 4_000
LABELS = frozenset(stems("образец үлгі sample namuna тест test"))
"""Marks of samples and tests: sharing one says nothing of the goods."""


def ruled_out(need: Need, families: Mapping[FamilyName, Family]) -> frozenset[FamilyName]:
    """Return the families whose `never` phrases stand in the need's text.

    Only asked where no family was recognised: a text that names its goods is judged by them.
    """
    if need.family is not None:
        return frozenset()
    return denied(Words(fold(need.text[:LONGEST])), index_of(families))


def shares_a_noun(text: str, offer: str, family: Family | None) -> bool:
    """Whether a text names, as its goods, a thing that an offer or its family is called by.

    Adjectives, purposes and belongings do not count: «бумага офисная» is no «мебель офисная»,
    «аппарат для труб» and «крышка трубы» are no pipes.
    """
    read = _read(text[:LONGEST])
    nouns = _nouns((offer, *family.words) if family is not None else (offer,))
    called = frozenset(map(stem, nouns))
    if family is not None and not _accompanied(read, (offer, *family.words), called):
        return False
    hidden = read.purpose | belongings(
        read.stems, read.words, read.breaks, read.purpose, nouns, called
    )
    return any(
        place not in hidden and root in called and not is_adjective(read.words[place])
        for place, root in enumerate(read.stems)
    )


def _accompanied(read: Words, phrases: tuple[str, ...], called: frozenset[str]) -> bool:
    """Whether a noun that never names the goods alone has another word of theirs beside it.

    «Капельная лента» is called so by both words: «термотрансферная лента» is another thing.
    """
    alone = _alone(phrases)
    shared = called.intersection(read.stems)
    return not shared.isdisjoint(alone) or len(shared) > 1 or not alone


@lru_cache(maxsize=64)
def _read(text: str) -> Words:
    return Words(fold(text))


@lru_cache(maxsize=1_000)
def _alone(phrases: tuple[str, ...]) -> frozenset[str]:
    """Return the stems of the phrases of one word."""
    return frozenset(stem(fold(phrase)) for phrase in phrases if " " not in phrase)


@lru_cache(maxsize=1_000)
def _nouns(phrases: tuple[str, ...]) -> frozenset[str]:
    """Return the words of phrases that can name goods: no number, adjective, purchase or label."""
    return frozenset(
        word
        for phrase in phrases
        for word in words(fold(phrase))
        if len(word) > 2
        and not word[0].isdigit()
        and not is_adjective(word)
        and stem(word) not in CARRIERS | LABELS
    )
