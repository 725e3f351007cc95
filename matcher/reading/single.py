"""Reading one text: its family and stated values, nothing derived."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from catalog.family import Family
from catalog.records import FamilyName
from matcher.reading.assigning import Assigned
from matcher.reading.attributes import named_values
from matcher.reading.fitting import refine, understand
from matcher.reading.recognising import Words, best, index_of, word_scores
from matcher.reading.text import Prepared, prepare
from matcher.records import Amount, Reading, Value


class Understood(NamedTuple):
    """One text with its family and the numbers as that family understands them."""

    prepared: Prepared
    words: Words
    family: Family | None
    rivals: tuple[FamilyName, ...]
    assigned: Assigned
    score: float = 0.0


def read_text(text: str, families: Mapping[FamilyName, Family]) -> Reading:
    """Return what a text states: family, attributes, standards, quantity. Empty for empty text."""
    read = read_part(text, families)
    attributes: dict[str, tuple[Value, ...]] = {}
    for group in [*read.assigned.groups, read.assigned.shared]:
        for key, values in group.items():
            attributes[key] = tuple(dict.fromkeys((*attributes.get(key, ()), *values)))
    return Reading(
        family=read.family.name if read.family is not None else None,
        attributes=attributes,
        standards=read.prepared.standards,
        quantity=single_amount([amount for amount, _ in read.assigned.amounts]),
    )


def read_part(
    text: str,
    families: Mapping[FamilyName, Family],
    *,
    codes: Iterable[tuple[str, str]] = (),
    expected: Family | None = None,
    without: Collection[FamilyName] = (),
) -> Understood:
    """Recognise the family of one text and read its numbers.

    `expected` is the family of the lot around it, taken where the text names none itself;
    `without` are families that the lot's title has denied.
    """
    prepared = prepare(text)
    found = Words(prepared.folded)
    scores = word_scores(found, index_of(families), prepared.standard_names, codes)
    for other in without:
        scores.pop(other, None)
    scores, meanings = refine(scores, prepared, families)
    name, rivals = best(scores)
    family = families[name] if name is not None else expected
    assigned = understand(prepared, family, meanings.get(name) if name is not None else None)
    if family is not None:
        for key, value in named_values(prepared.folded, frozenset(found.stems), family):
            assigned.share(key, value)
    return Understood(
        prepared, found, family, rivals, assigned, scores.get(name, 0.0) if name else 0.0
    )


def single_amount(amounts: list[Amount]) -> Amount | None:
    """Return the one quantity stated, None where several differ."""
    distinct = list(dict.fromkeys(amounts))
    return distinct[0] if len(distinct) == 1 else None
