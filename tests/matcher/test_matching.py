import json
from decimal import Decimal

import pytest

from catalog.family import load_families
from catalog.records import FamilyName, Product, ProductCode, ProductCodeMark, Standing
from matcher.answers import row_to_json
from matcher.explaining import explain
from matcher.matching import match_lots
from matcher.offers import Offers
from matcher.records import Line, LotText, Row, Verdict
from tests.matcher.making import MILL, product

PIPE_LOT = LotText("n1", "1", "Труба стальная электросварная 820х10 ГОСТ 10704-91")


def plain(*names: str) -> list[Product]:
    return [Product(ProductCode(f"p{i}"), name) for i, name in enumerate(names)]


def match(lot: LotText, products: list[Product], top: int = 10) -> list[Row]:
    return list(match_lots([lot], Offers.build(products, load_families()), top=top))


def test_a_plain_list_of_names_is_check_and_best_name_first() -> None:
    rows = match(PIPE_LOT, plain("Труба 1020х12", "Труба электросварная 820х10", "Мыло"))
    assert [row.product for row in rows][:2] == ["p1", "p0"]
    assert {row.verdict for row in rows[:2]} == {Verdict.CHECK}
    assert [row.rank for row in rows] == list(range(1, len(rows) + 1))


def test_can_comes_before_check_and_cannot_last_whatever_the_words() -> None:
    products = [
        product(MILL, code="wall", name="Труба стальная электросварная 820х10 ГОСТ 10704-91"),
        product("", code="name", name="Труба стальная"),
        product(MILL, code="mill", name="Большие трубы"),
    ]
    lot = LotText("n", "1", "Труба стальная электросварная 820х10 ГОСТ 10704-91")
    rows = match(lot, [product("outer_diameter_mm=530; wall_mm=6", code="other"), *products])
    assert [row.verdict for row in rows] == ["can", "can", "check", "cannot"]
    assert rows[-1].product == "other"


def test_an_offer_of_the_needs_family_is_found_without_a_word_in_common() -> None:
    lot = LotText("n", "1", "Болат құбыр электрмен дәнекерленген 820х10")
    rows = match(lot, [*plain("Мыло", "Стол"), product(MILL, code="mill", name="Продукция")])
    assert rows[0].product == "mill"


def test_a_lot_that_nothing_fits_says_first_which_gate_closed_it() -> None:
    rows = match(LotText("n", "1", "Труба бесшовная 57х5 ГОСТ 8732"), [product(MILL)])
    assert (rows[0].product, rows[0].rank, rows[0].closed_by) == (None, 0, "family")
    assert [row.verdict for row in rows[1:]] == ["cannot"]
    rows = match(LotText("n", "1", "Труба стальная электросварная 820х28"), [product(MILL)])
    assert rows[0].closed_by == "dimensions"


def test_a_lot_without_any_candidate_is_closed_by_relevance() -> None:
    rows = match(LotText("n", "1", "Щщщщ"), plain("Труба", "Мыло"))
    assert [(row.product, row.closed_by) for row in rows] == [(None, "relevance")]


@pytest.mark.parametrize("title", ["", "   ", "…", "0", "\x00", "х" * 10_000, "(" * 5_000])
def test_an_odd_title_is_answered(title: str) -> None:
    rows = match(LotText("n", "1", title), [*plain("Труба", ""), product(MILL)])
    assert rows
    json.dumps([row_to_json(row) for row in rows], allow_nan=False)


def test_the_answer_depends_neither_on_the_other_lots_nor_on_their_order() -> None:
    offers = Offers.build([product(MILL), *plain("Эмаль ПФ-115", "Окно")], load_families())
    lots = [
        LotText("a", "1", "Труба стальная 820х10"),
        LotText("b", "1", "Эмаль белая"),
        LotText("c", "1", "Окно ПВХ"),
    ]
    there, back = list(match_lots(lots, offers)), list(match_lots(lots[::-1], offers))
    for notice in "abc":
        assert [r for r in there if r.notice == notice] == [r for r in back if r.notice == notice]


def test_the_order_of_item_lines_does_not_change_the_verdict() -> None:
    lines = (
        Line("Труба электросварная 820х10", Decimal(10), "т"),
        Line("Труба электросварная 159х5", Decimal(5), "т"),
    )
    one = match(LotText("n", "1", "Трубы стальные", lines=lines), [product(MILL)])
    two = match(LotText("n", "1", "Трубы стальные", lines=lines[::-1]), [product(MILL)])
    assert [row.verdict for row in one] == [row.verdict for row in two] == ["check"]
    assert one[0].evidence[-1].reason == "part_of_lot"


def test_a_shared_code_finds_a_product_that_shares_no_word() -> None:
    coded = Product(ProductCode("c"), "Изделие", codes=(ProductCodeMark("CPA", "24.20.13"),))
    codes = (("KZ-ENSTRU", "242013.900.000001"),)
    lot = LotText("n", "1", "Поставка материалов", codes=codes)
    assert "c" in [row.product for row in match(lot, [*plain("Мыло", "Стол"), coded])]


def test_a_row_is_written_with_numbers_and_nulls() -> None:
    lot = LotText(
        "n1", "1", "Труба стальная электросварная 820х10", quantity=Decimal("12.50"), unit="т"
    )
    written = row_to_json(match(lot, [product(MILL)])[0])
    assert list(written)[:7] == ["notice", "lot", "rank", "product", "plant", "score", "verdict"]
    assert written["quantity"]["tonnes"] == 12.5
    assert written["quantity"]["litres"] is None
    assert written["plant"] is None
    assert 0 <= written["score"] <= 1
    assert {"need", "stage", "attribute", "asked", "offered", "verdict", "because", "ask"} <= set(
        written["evidence"][0]
    )


def test_works_are_implied_leads_and_their_assumption_is_in_the_evidence() -> None:
    lot = LotText("n", "1", "Реконструкция теплотрассы Ду 1000 стальной трубой, 12,3 км")
    row = match(lot, [product(MILL)])[0]
    assert row.kind == "implied"
    assert row.verdict == "check"
    assert row.quantity.metres == 12300
    assert row.quantity.estimated
    assert any(each.stage == "quantity" for each in row.evidence)


def test_disputed_reports_of_a_range_give_check() -> None:
    first = product("outer_diameter_mm=355..1420; wall_mm=6..25", standing=Standing.REPORTED)
    second = product("outer_diameter_mm=300..900", standing=Standing.REPORTED)
    both = Product(
        first.code,
        first.name,
        family=FamilyName("steel_pipe_large"),
        capabilities=first.capabilities + second.capabilities,
    )
    lot = LotText("n", "1", "Труба стальная электросварная 820х10")
    assert match(lot, [both])[0].verdict == "check"


def test_the_nearest_miss_is_told_in_one_line() -> None:
    lot = LotText("n", "1", "Труба стальная электросварная 820х28 ГОСТ 10704")
    lines = explain(lot, Offers.build([product(MILL)], load_families()), 0)
    assert lines[-1] == "Закрыто: размеры — толщина стенки: 28 мм, у завода 6–25 мм"
