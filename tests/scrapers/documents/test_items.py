"""Bills and specifications become items with what they state, and nothing they do not."""

from decimal import Decimal
from pathlib import Path

import pytest

from scrapers.documents import Found, Kind, Limits, Page, Read, State, items_of, read_document
from scrapers.documents.bill import read_quantity
from scrapers.documents.codes import codes_in
from scrapers.records import Code, Text, Unit
from tests.scrapers.documents import making

FIXTURES = Path(__file__).parents[2] / "fixtures" / "documents"


def found(body: bytes) -> tuple[Found, ...]:
    return items_of(read_document(body, Limits()))


def of_pages(*pages: Page) -> tuple[Found, ...]:
    return items_of(Read(State.READ, Kind.PDF, pages=pages, page_count=len(pages)))


def said(items: tuple[Found, ...]) -> list[tuple[str, Decimal | None, str | None]]:
    return [
        (one.item.title, one.item.quantity, one.item.unit.name if one.item.unit else None)
        for one in items
    ]


EXPECTED = [
    ("Труба стальная 530х8 ГОСТ 10704-91", Decimal("120.5"), "тн"),
    ("Эмаль ПФ-115 серая", Decimal(1250), "кг"),
]


@pytest.mark.parametrize(
    "body",
    [
        making.table_pdf(),
        making.word(),
        making.sheets(Смета=making.ROWS),
        making.zipped({"Смета.docx": making.word()}),
    ],
    ids=["pdf", "docx", "xlsx", "zip"],
)
def test_a_bill_is_the_same_items_in_every_kind_of_file(body: bytes) -> None:
    assert said(found(body)) == EXPECTED


def test_a_bill_with_divided_heads_takes_the_total_and_no_sum_or_heading() -> None:
    items = found((FIXTURES / "bill.pdf").read_bytes())
    assert said(items) == [
        ("Труба полиэтиленовая ПЭ100 SDR17 110х6,6 ГОСТ 18599-2001", Decimal("1250.5"), "м"),
        (
            "Прокладка трубопроводов из полиэтиленовых труб диаметром 110 мм",
            *(Decimal("12.5"), "100 м"),
        ),
        ("Эмаль ПФ-115 белая ГОСТ 6465-76", Decimal(120), "кг"),
        ("Блок оконный из ПВХ профилей с двухкамерным стеклопакетом", Decimal("48.6"), "м2"),
    ]
    assert items[0].item.codes == (Code("KZ-AGSK3", "241-101-0107"),)
    assert {one.page for one in items} == {1}


def test_a_kazakh_bill_is_read() -> None:
    table = (
        ("№", "Жұмыстар мен материалдардың атауы", "Өлшем бірлігі", "Саны"),
        ("1", "Болат құбыр 530х8", "тонна", "12"),
    )
    assert said(of_pages(Page(1, "Жұмыс көлемінің тізімдемесі", (table,)))) == [
        ("Болат құбыр 530х8", Decimal(12), "тонна")
    ]


@pytest.mark.parametrize("written", ["-500", "\u2212500", "-1 500,5"])
def test_a_row_with_a_negative_quantity_is_kept_without_it(written: str) -> None:
    table = (
        ("Наименование", "Ед. изм.", "Кол-во"),
        ("Труба стальная 530х8", "кг", written),
        ("Эмаль ПФ-115", "кг", "0"),
        ("Лист стальной", "т", "3"),
    )
    items = of_pages(Page(1, "", (table,)))
    assert said(items) == [
        ("Труба стальная 530х8", None, "кг"),
        ("Лист стальной", Decimal(3), "т"),
    ]


def test_a_bill_goes_on_on_the_next_page_without_heads() -> None:
    items = of_pages(
        Page(1, "", (making.ROWS[:2],)),
        Page(2, "", (making.ROWS[2:],)),
        Page(3, "", ((("Всего", "1 250"),),)),
    )
    assert said(items) == EXPECTED
    assert [one.page for one in items] == [1, 2]


def test_a_price_is_no_quantity() -> None:
    table = (
        ("Наименование", "Ед. изм.", "Цена за единицу, количество 1", "Стоимость"),
        ("Труба", "м", "5000", "5000"),
    )
    assert of_pages(Page(1, "", (table,))) == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("120", "120"),
        ("1 250,5", "1250.5"),
        ("1\u00a0250", "1250"),
        ("0,25", "0.25"),
        ("1,234.50", None),
        ("12 50", None),
        ("около 5", None),
        ("5-7", None),
        ("", None),
    ],
)
def test_a_quantity_is_a_whole_cell_or_nothing(text: str, value: str | None) -> None:
    assert read_quantity(text) == (None if value is None else Decimal(value))


RU = (
    ("Номер лота:", "№ 70000001-ЗЦП1"),
    ("Наименование лота:", "Труба стальная"),
    ("Наименование кода Единого номенклатурного справочника товаров, работ, услуг:",
     "242013.900.000001"),
    ("Наименование товара:", "Труба стальная электросварная"),
    ("Единица измерения:", "Тонна (метрическая)"),
    ("Количество (объем):", "120,5"),
    ("Описание и требуемые функциональные характеристики:", "530х8, ГОСТ 10704-91"),
)  # fmt: skip
KK = (
    ("Лоттың нөмірі:", "№ 70000001-ЗЦП1"),
    ("Лоттың атауы", "Болат құбыр"),
    ("Бірыңғай номенклатуралық анықтамалығы кодының атауы:", "242013.900. 000001"),
    ("Тауардың атауы:", "Электрмен дәнекерленген болат құбыр"),
    ("Өлшем бірлігі:", "Тонна"),
    ("Саны (көлемі):", "120,5"),
)


def test_a_specification_of_goszakup_gives_code_quantity_and_unit_once() -> None:
    (one,) = of_pages(Page(1, "", (KK,)), Page(3, "", (RU,)))
    assert one.item.title == "Труба стальная электросварная"
    assert one.item.translations == (Text("kk", "Электрмен дәнекерленген болат құбыр"),)
    assert one.item.codes == (Code("KZ-ENSTRU", "242013.900.000001"),)
    assert (one.item.quantity, one.item.unit) == (Decimal("120.5"), Unit("Тонна (метрическая)"))
    assert one.item.description == "530х8, ГОСТ 10704-91"
    assert (one.kind, one.lot, one.page) == ("specification", "70000001-ЗЦП1", 1)


def test_a_kazakh_specification_alone_is_enough() -> None:
    (one,) = of_pages(Page(1, "", (KK,)))
    assert one.item.codes == (Code("KZ-ENSTRU", "242013.900.000001"),)
    assert (one.item.quantity, one.item.unit) == (Decimal("120.5"), Unit("Тонна"))


def test_labels_in_running_text_are_read_too() -> None:
    text = "Наименование товара: Эмаль ПФ-115\nКоличество: 250 кг\nКод ЕНС ТРУ: 203011.500.000002"
    (one,) = of_pages(Page(1, text))
    assert said((one,)) == [("Эмаль ПФ-115", Decimal(250), "кг")]
    assert one.item.codes == (Code("KZ-ENSTRU", "203011.500.000002"),)


def test_two_lots_in_one_document_are_two_items() -> None:
    other = tuple(
        (label, value.replace("70000001", "70000002").replace("120,5", "7")) for label, value in RU
    )
    items = of_pages(Page(1, "", (RU,)), Page(2, "", (other,)))
    assert [(one.lot, one.item.quantity) for one in items] == [
        ("70000001-ЗЦП1", Decimal("120.5")),
        ("70000002-ЗЦП1", Decimal(7)),
    ]


def test_a_number_is_an_agsk_code_only_where_the_document_says_so() -> None:
    assert codes_in("Труба 241-101-0107") == ()
    assert codes_in("АГСК-3: 241-101-0107") == (Code("KZ-AGSK3", "241-101-0107"),)
    assert codes_in("241-101-0107", agsk=True) == (Code("KZ-AGSK3", "241-101-0107"),)
    assert codes_in("тел. 727-250-1234") == ()
