"""Which family a text speaks of: phrases, standards, codes, and whether its sizes fit.

Every phrase of every family is indexed by one of its stems, so a text costs one look-up per word
however many families there are. Families whose score is within `_RIVAL` of the best are rivals.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice

from catalog.family import Family
from catalog.records import FamilyName
from catalog.words import fold, stem
from matcher.reading.heads import belongings, cut_words, is_adjective, purposes

_WINDOW = 6
_MOST_WORDS = 5_000
_MOST_PLACES = 8
"""Of one stem of a phrase: a text that repeats a word says no more by it."""
_OTHER_STANDARD = 1.5
"""A standard decides over words: «труба стальная 219х8 ГОСТ 8732» is seamless."""
_NEVER_WINDOW = 3
_BESIDE_SIZES = frozenset({"ø", "мм", "mm", "см", "d", "ду", "dn"})
_RIVAL = 0.35
_NAMED = 0.85
_SCHEMES = {
    "KZ-ENSTRU": "CPA", "ENSTRU": "CPA", "KPVED": "CPA", "OKPD2": "CPA", "CPA": "CPA",
    "KTRU": "CPA", "CPV": "CPV", "TNVED": "TNVED", "HS": "TNVED", "DK021": "CPV",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase under its anchor: the other stems it needs near, its family and its weight."""

    others: tuple[str, ...]
    family: FamilyName
    weight: float


@dataclass(frozen=True, slots=True)
class Index:
    """All phrases of a set of families by anchor, and their standards and codes.

    `heads` are the words that name a family alone, as written, `nouns` the stems of those that are
    nouns, `vocabulary` the stems of all names.
    """

    names: Mapping[str, tuple[Phrase, ...]]
    never: Mapping[str, tuple[Phrase, ...]]
    near: Mapping[str, tuple[Phrase, ...]]
    works: Mapping[str, tuple[Phrase, ...]]
    standards: Mapping[str, frozenset[FamilyName]]
    codes: tuple[tuple[str, str, FamilyName], ...]
    heads: frozenset[str] = frozenset()
    nouns: frozenset[str] = frozenset()
    vocabulary: frozenset[str] = frozenset()


_INDEXES: list[tuple[Mapping[FamilyName, Family], Index]] = []
_KEPT = 4


def index_of(families: Mapping[FamilyName, Family]) -> Index:
    """Return the index of a set of families, built once while the set is in use."""
    for known, index in _INDEXES:
        if known is families:
            return index
    index = _build(families)
    _INDEXES.insert(0, (families, index))
    del _INDEXES[_KEPT:]
    return index


def text_stems(folded: str) -> list[str]:
    """Return the stems of a folded text."""
    return cut_words(folded, _MOST_WORDS).stems


def _build(families: Mapping[FamilyName, Family]) -> Index:
    listed = tuple(families.values())
    standards: dict[str, set[FamilyName]] = {}
    heads = frozenset(word for f in listed for p in f.words if (word := fold(p)).isalpha())
    for family in listed:
        for rule in family.standards:
            standards.setdefault(rule.number, set()).add(family.name)
    return Index(
        names=_anchored((f.name, p) for f in listed for p in f.words),
        never=_anchored((f.name, p) for f in listed for p in f.never),
        near=_anchored((f.name, p) for f in listed for p in f.near),
        works=_anchored((f.name, p) for f in listed for p in f.works.words),
        standards={number: frozenset(names) for number, names in standards.items()},
        codes=tuple(
            (scheme, prefix.replace(".", ""), family.name)
            for family in families.values()
            for scheme, prefixes in family.codes.items()
            for prefix in prefixes
        ),
        heads=heads,
        nouns=frozenset(stem(word) for word in heads if not is_adjective(word)),
        vocabulary=frozenset(
            s for f in listed for p in (*f.words, *f.near) for s in text_stems(fold(p))
        ),
    )


def _anchored(
    phrases: Iterable[tuple[FamilyName, str]],
) -> Mapping[str, tuple[Phrase, ...]]:
    """Put each phrase under its longest stem, the rarest as a rule."""
    found: dict[str, dict[Phrase, None]] = {}
    for family, phrase in phrases:
        stems = [s for s in dict.fromkeys(text_stems(fold(phrase))) if len(s) > 1]
        if not stems:
            continue
        anchor = max(stems, key=len)
        others = tuple(s for s in stems if s != anchor)
        found.setdefault(anchor, {})[Phrase(others, family, 1 + 0.6 * len(others))] = None
    return {anchor: tuple(listed) for anchor, listed in found.items()}


class Words:
    """The stems of a text with their positions and the stretches that only tell a purpose."""

    def __init__(self, folded: str) -> None:
        self.words, self.stems, self.breaks, hard = cut_words(folded, _MOST_WORDS)
        self.present = frozenset(self.stems)
        self.purpose = frozenset(purposes(self.stems, self.words, self.breaks, hard))
        self._places: dict[str, list[int]] = {}
        self._paces: list[int] = []

    def places(self, word: str) -> list[int]:
        """Return the places of a stem."""
        known = self._places.get(word)
        if known is None:
            known = [place for place, each in enumerate(self.stems) if each == word]
            self._places[word] = known
        return known

    def _apart(self, one: int, other: int) -> int:
        """Return how many words one place is from another, numbers and the signs of sizes left out:
        «труба Ø219х6 мм с изоляцией ППУ»."""
        if not self._paces:
            words = (not (w[0].isdigit() or w in _BESIDE_SIZES) for w in self.words)
            self._paces = list(accumulate(words))
        return abs(self._paces[one] - self._paces[other])

    def hits(
        self,
        index: Mapping[str, tuple[Phrase, ...]],
        window: int,
        hidden: frozenset[int] = frozenset(),
        families: Container[FamilyName] | None = None,
    ) -> list[tuple[Phrase, int]]:
        """Return the phrases found outside the hidden places, with the place of their anchor.

        `families` are those whose phrases are asked for, None for all.
        """
        found = []
        for anchor in index.keys() & self.present:
            places = self.places(anchor)[:_MOST_PLACES]
            if hidden:
                places = [place for place in places if place not in hidden]
            for phrase in index[anchor] if places else ():
                others = phrase.others
                if families is not None and phrase.family not in families:
                    continue
                if not others:
                    found.append((phrase, places[0]))
                elif self.present.issuperset(others):
                    near = (p for p in places if self._near(others, p, window, hidden))
                    found += [(phrase, place) for place in islice(near, 1)]
        return found

    def _near(
        self, others: tuple[str, ...], place: int, window: int, hidden: frozenset[int]
    ) -> bool:
        return all(
            any(
                other not in hidden
                and (abs(other - place) <= window or self._apart(other, place) <= window)
                for other in self.places(word)[:_MOST_PLACES]
            )
            for word in others
        )

    def hidden(self, index: Index) -> frozenset[int]:
        """Return the places of words that do not name the goods: purposes and belongings."""
        owned = belongings(
            self.stems, self.words, self.breaks, self.purpose, index.heads, index.vocabulary
        )
        return self.purpose | owned

    def outside_purpose(self, wanted: frozenset[str]) -> list[int]:
        """Return the places of the wanted stems that are not part of a purpose."""
        return sorted(
            place
            for word in wanted & self.present
            for place in self.places(word)
            if place not in self.purpose
        )


def word_scores(
    text: Words, index: Index, standards: Sequence[str], codes: Iterable[tuple[str, str]]
) -> dict[FamilyName, float]:
    """Return the score of every family a text names, by words, standards and codes."""
    scores: dict[FamilyName, float] = {}
    hidden = text.purpose
    if not index.names.keys().isdisjoint(text.present):
        hidden = text.hidden(index)
    for phrase, place in text.hits(index.names, _WINDOW, hidden):
        if (
            not phrase.others
            and text.stems[place] in index.nouns
            and is_adjective(text.words[place])
        ):
            continue  # «фурнитура оконная» is no window
        score = phrase.weight - min(place, 12) * 0.04
        scores[phrase.family] = max(scores.get(phrase.family, 0.0), score)
    if standards:
        _add_standards(scores, standards, index)
    coded = {family for code in codes for family in _coded(code, index)}
    if scores and coded:
        coded &= scores.keys()  # buyers mis-code: «заглушка» under the code of facades is none
    for family in coded:
        scores[family] = scores.get(family, 0.0) + (1.2 if family in scores else _NAMED)
    if not scores:
        return scores
    for phrase, _ in text.hits(index.near, _WINDOW, text.purpose, scores):
        scores[phrase.family] += 0.15
    for phrase, _ in text.hits(index.never, _NEVER_WINDOW, families=scores):
        scores.pop(phrase.family, None)
    return scores


def denied(text: Words, index: Index) -> frozenset[FamilyName]:
    """Return the families of which a text says that it is not them: «краска для принтера»."""
    return frozenset(phrase.family for phrase, _ in text.hits(index.never, _NEVER_WINDOW))


def _add_standards(scores: dict[FamilyName, float], standards: Sequence[str], index: Index) -> None:
    """Raise the families that make to a standard, lower those that are named but do not."""
    named = [family for number in standards for family in index.standards.get(number, ())]
    for family in named:
        scores[family] = scores.get(family, 0.0) + 1.5
    for family in scores.keys() - named if named else ():
        scores[family] -= _OTHER_STANDARD


def works_scores(text: Words, index: Index) -> dict[FamilyName, float]:
    """Return how well each family answers to the works a text names."""
    scores: dict[FamilyName, float] = {}
    for phrase, _ in text.hits(index.works, _WINDOW, text.purpose):
        scores[phrase.family] = max(scores.get(phrase.family, 0.0), phrase.weight)
    return scores


def _coded(code: tuple[str, str], index: Index) -> list[FamilyName]:
    """Return the families with the longest prefix of a code; codes are a hint, not a key."""
    scheme = _SCHEMES.get(code[0].upper(), code[0].upper())
    digits = "".join(c for c in code[1] if c.isdigit())
    fitting = [(len(p), f) for s, p, f in index.codes if s == scheme and digits.startswith(p)]
    longest = max((length for length, _ in fitting), default=0)
    return [family for length, family in fitting if length == longest and length >= 3]


def best(scores: Mapping[FamilyName, float]) -> tuple[FamilyName | None, tuple[FamilyName, ...]]:
    """Return the best family and its rivals; equal scores stand in the order of names."""
    if not scores:
        return None, ()
    order = sorted(scores, key=lambda name: (-round(scores[name], 6), name))
    if scores[order[0]] < _NAMED - 0.5:
        return None, ()
    top = scores[order[0]]
    return order[0], tuple(name for name in order[1:] if scores[name] >= top - _RIVAL)
