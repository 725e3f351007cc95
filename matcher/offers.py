"""A catalogue made ready for matching, once: families by name, texts indexed, codes as marks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from catalog.family import Family
from catalog.records import Capability, FamilyName, Product, Standing
from matcher import frozen, hierarchy, indexing
from matcher.pairs import Offer
from matcher.reading.offered import kinds_of
from matcher.retrieval import Index
from matcher.terms import Floats, Text
from matcher.tokens import Tokens, tokens
from matcher.vocabulary import Learned, learn

CPA_SCHEMES = frozenset({"ENSTRU", "KZ-ENSTRU", "CPA", "OKPD2", "RU-OKPD2", "KPVED", "KTRU"})
"""Schemes whose first six digits are CPA 2008, so that they join each other."""


@dataclass(frozen=True, slots=True)
class Offers:
    """A catalogue ready for `match_lots`. Rows are places in `offers`."""

    offers: Sequence[Offer]
    families: Mapping[FamilyName, Family]
    titles: Mapping[FamilyName, str]
    of_family: Mapping[FamilyName, tuple[int, ...]]
    index: Index
    plain: NDArray[np.bool_]
    """Rows of which only the name is known: the relevance gate alone decides them."""
    headings: Floats | None = None
    """The place of each row in a tree of headings (`hierarchy.PLACE`); None without headings."""
    called: dict[int, bytes] = field(default_factory=dict, compare=False)
    """What `matcher.answers` writes of a row in every answer, kept from lot to lot."""

    @classmethod
    def build(
        cls,
        products: Iterable[Product],
        families: Mapping[FamilyName, Family],
        learned: Sequence[Learned] = (),
        statistics: frozen.Statistics | None = None,
    ) -> "Offers":
        """Index products in catalogue order. A family nobody knows stays a name.

        `learned` are the terms of the products in parts, where somebody has taken them already.
        With `statistics` terms weigh as they did in the catalogue those were taken of.
        """
        offers = tuple(offer_of(row, product, families) for row, product in enumerate(products))
        of_family: dict[FamilyName, list[int]] = {}
        for offer in offers:
            for name in offer.kinds:
                of_family.setdefault(name, []).append(offer.row)
        codes = [offer.product.code for offer in offers]
        above = hierarchy.above(codes)
        parts = learned or [learn(texts([each.product for each in offers], above))]
        return cls(
            offers=offers,
            families=families,
            titles=titles_of(families),
            of_family={name: tuple(rows) for name, rows in of_family.items()},
            index=indexing.build(parts)
            if statistics is None
            else frozen.build(parts[0], statistics),
            plain=np.array([is_plain(each.product) for each in offers], dtype=np.bool_),
            headings=hierarchy.places(codes, [each.product.name for each in offers], above),
        )


def offer_of(row: int, product: Product, families: Mapping[FamilyName, Family]) -> Offer:
    """Make the product of a catalogue row ready for deciding."""
    kinds: tuple[FamilyName, ...] = ()
    if product.family is not None:
        kinds = (product.family,)
    elif product.capabilities:
        kinds = kinds_of(product, families)
    name = kinds[0] if len(kinds) == 1 else None
    return Offer(
        row=row,
        product=product,
        family_name=name,
        family=None if name is None else families.get(name),
        kinds=kinds,
        capabilities=joined(product.capabilities),
    )


def is_plain(product: Product) -> bool:
    """Whether nothing is known of a product but its name."""
    return product.family is None and not product.capabilities


def titles_of(families: Mapping[FamilyName, Family]) -> dict[FamilyName, str]:
    """Name the families in Russian."""
    return {name: family.titles.get("ru", name) for name, family in families.items()}


def texts(products: Sequence[Product], above: Sequence[Sequence[int]]) -> Iterator[Text]:
    """Yield the text of every product; one at a time, because its tokens are many small objects.

    `above` tells for each product the rows of the headings it stands under (`hierarchy.above`).
    """
    parents = {row for rows in above for row in rows}
    headings = {row: _taken(products[row]).stems for row in parents}
    for product, rows in zip(products, above, strict=True):
        yield Text(
            taken=_taken(product),
            marks=marks((mark.scheme, mark.code) for mark in product.codes),
            kin=[stem for row in rows for stem in headings[row]],
        )


def _taken(product: Product) -> Tokens:
    return tokens(f"{product.name} {product.description}")


def joined(capabilities: Iterable[Capability]) -> dict[str, Capability]:
    """Return one capability an attribute: what the plant confirmed, else all that is reported.

    Two reports of one diameter range disagree; together they still grant nothing, and neither is
    passed over in silence.
    """
    of: dict[str, list[Capability]] = {}
    for each in capabilities:
        of.setdefault(each.attribute, []).append(each)
    return {attribute: _one(listed) for attribute, listed in of.items()}


def _one(listed: list[Capability]) -> Capability:
    confirmed = [each for each in listed if each.source.standing is Standing.CONFIRMED]
    kept = confirmed or listed
    if len(kept) == 1:
        return kept[0]
    numbered = [each for each in kept if each.spans]
    if numbered:
        return replace(kept[0], spans=tuple(span for each in numbered for span in each.spans))
    return replace(kept[0], names=frozenset().union(*(each.names for each in kept)))


def marks(codes: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return classification codes as terms: CPA-based ones by six digits, others by scheme.

    Codes are a hint, not a key: buyers mis-code, and most lots carry none.
    """
    found = set()
    for scheme, code in codes:
        digits = "".join(filter(str.isdigit, code))
        plain = scheme.upper()
        if plain in CPA_SCHEMES and len(digits) >= 6:
            found.add(f"§cpa{digits[:6]}")
        elif plain == "CPV" and len(digits) >= 5:
            found.add(f"§cpv{digits[:5]}")
        elif digits:
            found.add(f"§{plain}{digits}")
    return tuple(sorted(found))
