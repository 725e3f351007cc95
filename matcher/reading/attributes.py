"""Named values (coatings, materials, kinds) found by the forms a family lists for them."""

from collections.abc import Iterator

from catalog.family import Family
from catalog.words import fold
from matcher.reading.recognising import text_stems

_forms: dict[str, tuple[Family, list[tuple[str, str, frozenset[str], str]]]] = {}


def named_values(folded: str, stems: frozenset[str], family: Family) -> Iterator[tuple[str, str]]:
    """Yield (attribute, canonical name) for every listed form that the text writes.

    Forms of one plain word compare by stem, others («пф-115») as written.
    """
    known = _forms.get(family.name)
    if known is None or known[0] is not family:
        listed = [
            (key, fold(form), frozenset(text_stems(fold(form))), name)
            for key, rule in family.attributes.items()
            for form, name in rule.names.items()
        ]
        known = _forms[family.name] = (family, listed)
    for key, form, wanted, name in known[1]:
        if form.isalpha():
            if wanted <= stems:
                yield key, name
        elif form in folded:
            yield key, name
