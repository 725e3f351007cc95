"""A catalogue without the column `family`: what a product is follows from name and capability."""

import pytest

from catalog.capability import parse_capabilities
from catalog.family import load_families
from catalog.records import Product, ProductCode, Source
from matcher.matching import match_lots
from matcher.offers import Offers
from matcher.reading.offered import kinds_of
from matcher.records import LotText, Row, Verdict

FAMILIES = load_families()
LARGE = "outer_diameter_mm=530..1420; wall_mm=7..20; standards=ГОСТ 20295"


def unkinded(name: str, capability: str) -> Product:
    terms = parse_capabilities(capability, Source("каталог"))
    return Product(code=ProductCode("A"), name=name, capabilities=terms)


def first(title: str, product: Product) -> Row:
    offers = Offers.build([product], FAMILIES)
    return list(match_lots([LotText(notice="1", lot="1", title=title)], offers))[-1]


@pytest.mark.parametrize(
    ("name", "capability", "kinds"),
    [
        ("Труба стальная электросварная", LARGE, {"steel_pipe_large"}),
        ("Труба полиэтиленовая", "outer_diameter_mm=20..630; sdr=11|17", {"pe_pipe_pressure"}),
        ("Окно", "width_mm=500..2000", {"windows"}),
        ("Изделие особое", "width_mm=500..2000", set()),
    ],
)
def test_a_capability_tells_which_of_the_families_a_name_can_mean(
    name: str, capability: str, kinds: set[str]
) -> None:
    assert set(kinds_of(unkinded(name, capability), FAMILIES)) == kinds


def test_a_name_that_stays_open_keeps_every_family_it_can_mean() -> None:
    bare = unkinded("Труба", "outer_diameter_mm=530..1420")
    assert {"steel_pipe_large", "pe_pipe_pressure"} <= set(kinds_of(bare, FAMILIES))


@pytest.mark.parametrize(
    "title",
    [
        "Құбыр 630х8 ГОСТ 20295-85",
        "Welded steel pipe 630x8 GOST 20295-85",
        "Po'lat quvur 630x8 payvandlangan GOST 20295-85",
    ],
)
def test_a_purchase_in_other_words_meets_a_product_whose_family_nobody_stated(title: str) -> None:
    assert first(title, unkinded("Труба стальная электросварная", LARGE)).verdict is Verdict.CAN


def test_a_kind_that_may_be_another_is_asked_of_the_plant() -> None:
    bare = unkinded("Труба", "outer_diameter_mm=530..1420; wall_mm=7..20")
    found = first("Құбыр болат электрмен дәнекерленген 820х10", bare)
    assert found.verdict is Verdict.CHECK
    assert [each.ask for each in found.evidence if each.reason == "product_family_unclear"] == [
        "plant"
    ]


def test_what_a_product_cannot_be_is_refused_though_its_family_was_not_stated() -> None:
    found = first("Труба ПНД SDR11 630", unkinded("Труба стальная электросварная", LARGE))
    assert found.verdict is Verdict.CANNOT
    assert [each.reason for each in found.evidence][-1] == "other_family"
