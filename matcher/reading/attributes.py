"""Named values (coatings, materials, kinds) found by the forms a family lists for them."""

from collections.abc import Iterator

from catalog.family import Family
from catalog.words import fold
from matcher.reading.recognising import text_stems

_forms: dict[str, tuple[Family, list[tuple[str, str, frozenset[str] | None, str]]]] = {}
"""Per family: attribute, form, its stems where it is made of plain words, the canonical name."""


def named_values(folded: str, stems: frozenset[str], family: Family) -> Iterator[tuple[str, str]]:
    """Yield (attribute, canonical name) for every listed form that the text writes.

    Forms of plain words compare by stem, others («пф-115») as written.
    """
    known = _forms.get(family.name)
    if known is None or known[0] is not family:
        listed = [
            (key, folded_form, _stems_of(folded_form), name)
            for key, rule in family.attributes.items()
            for form, name in rule.names.items()
            for folded_form in (fold(form),)
        ]
        known = _forms[family.name] = (family, listed)
    for key, form, wanted, name in known[1]:
        if wanted is not None:
            if wanted <= stems:
                yield key, name
        elif _stands(form, folded):
            yield key, name


def _stems_of(form: str) -> frozenset[str] | None:
    plain = all(c.isalpha() or c == " " for c in form)
    return frozenset(text_stems(form)) if plain else None


def _stands(form: str, folded: str) -> bool:
    """Whether a form stands in a text as a whole word: «м300» not in «м3000»."""
    start = folded.find(form)
    while start >= 0:
        end = start + len(form)
        before, behind = folded[start - 1 : start], folded[end : end + 1]
        if not before.isalnum() and not behind.isalnum():
            return True
        start = folded.find(form, end)
    return False
