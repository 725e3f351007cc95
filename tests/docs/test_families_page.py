"""The family of `docs/how-to/add-a-family.md`: loaded from the page and matched with."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from catalog.capability import parse_capabilities
from catalog.family import Family, load_families
from catalog.records import FamilyName, Product, ProductCode, Source, Span, Standing
from matcher.matching import match_lots
from matcher.offers import Offers
from matcher.reading import read_text
from matcher.records import LotText, Row, Verdict
from tests.docs.pages import DOCS, fenced, read, rows

PAGE = read(DOCS / "how-to" / "add-a-family.md")
POLE = FamilyName("light_pole")


@pytest.fixture
def families(tmp_path: Path) -> Mapping[FamilyName, Family]:
    """The shipped families and the page's one."""
    (example,) = fenced(PAGE, "toml")
    path = tmp_path / "light_pole.toml"
    path.write_text(example, encoding="utf-8")
    return load_families(extra=[path])


def answer(title: str, families: Mapping[FamilyName, Family]) -> Row:
    """Match one title with a plant that confirmed what the page says."""
    confirmed = Source("тест", date(2026, 11, 1), Standing.CONFIRMED)
    product = Product(
        code=ProductCode("P-1"),
        name="Опора освещения гранёная",
        family=POLE,
        capabilities=parse_capabilities("pole_height_mm=3000..12000; coating=цинк", confirmed),
        unit="pcs",
    )
    found = match_lots([LotText("1", "1", title)], Offers.build([product], families))
    return next(row for row in found if row.product is not None)


def test_the_pages_family_gives_the_pages_verdicts(
    families: Mapping[FamilyName, Family],
) -> None:
    promised = [
        (title, verdict.partition(":")[0].strip("`"))
        for title, verdict in rows(PAGE, 2)
        if title != "notice"
    ]
    assert {verdict for _, verdict in promised} == set(Verdict)
    assert [(title, answer(title, families).verdict) for title, _ in promised] == promised


def test_the_page_tells_whom_to_ask(families: Mapping[FamilyName, Family]) -> None:
    asked = [e for e in answer("Опора освещения оцинкованная", families).evidence if e.ask]
    assert [(each.attribute, each.ask) for each in asked] == [("pole_height_mm", "buyer")]


def test_the_pages_text_is_read_as_it_says(families: Mapping[FamilyName, Family]) -> None:
    found = read_text("Опора освещения оцинкованная, высота 9 м, 40 шт", families)
    assert found.family == POLE
    assert found.attributes["pole_height_mm"] == (Span(9000, 9000),)
    assert found.attributes["coating"] == ("цинк",)


def test_a_phrase_of_never_rules_the_family_out(families: Mapping[FamilyName, Family]) -> None:
    row = answer("Опора ЛЭП 9 м", families)
    assert (row.verdict, row.evidence[-1].reason) == (Verdict.CANNOT, "ruled_out")
