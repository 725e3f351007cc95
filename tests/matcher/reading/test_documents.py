"""What documents add to the needs of a lot, and what they must not."""

from decimal import Decimal

from catalog.family import load_families
from catalog.records import Span
from matcher.reading import read_lot
from matcher.records import Amount, Line, LotText, Need, NeedKind, Note, PageText

FAMILIES = load_families()
BILL = "Ведомость.xlsx, лист «1»"
SPEC = "Спецификация.pdf, стр. 3"


def line(text: str, quantity: str, unit: str) -> Line:
    return Line(text, Decimal(quantity), unit, source=BILL)


def read(lot: LotText) -> tuple[Need, ...]:
    return read_lot(lot, FAMILIES)


def one(value: float) -> tuple[Span]:
    return (Span(value, value),)


def test_a_page_completes_what_the_lot_leaves_open_and_is_named() -> None:
    lot = LotText(
        "1",
        "1",
        "Трубы стальные электросварные",
        documents=(PageText(SPEC, "Труба стальная электросварная 820х10 ГОСТ 10704-91"),),
    )
    (need,) = read(lot)
    assert need.attributes["outer_diameter_mm"] == one(820)
    assert need.attributes["wall_mm"] == one(10)
    assert (need.family, need.rivals) == ("steel_pipe_large", ())
    assert need.standards == ("ГОСТ 10704-91",)
    assert Note("read_in_document", None, SPEC) in need.notes
    assert need.documented


def test_a_page_never_overrules_the_lot() -> None:
    lot = LotText(
        "1",
        "1",
        "Труба стальная электросварная 530х8",
        documents=(PageText(SPEC, "Труба стальная электросварная 820х10"),),
    )
    (need,) = read(lot)
    assert need.attributes["outer_diameter_mm"] == one(530)


def test_pages_that_name_two_kinds_settle_none() -> None:
    pages = ("Труба стальная электросварная 820х10", "Труба стальная электросварная 159х5")
    lot = LotText(
        "1",
        "1",
        "Трубы стальные электросварные",
        documents=tuple(PageText(SPEC, page) for page in pages),
    )
    assert all(need.rivals for need in read(lot))


def test_a_bill_counts_beside_a_document_that_was_not_read() -> None:
    lot = LotText(
        "1",
        "1",
        "Капитальный ремонт школы",
        lines=(line("Эмаль ПФ-115 белая ГОСТ 6465-76", "120", "кг"),),
        category="works",
        unread=("Чертежи.pdf",),
    )
    paint = next(need for need in read(lot) if need.text.startswith("Эмаль"))
    assert paint.quantity == Amount(Decimal(120), "kg")
    assert Note("document_unread", None, "Чертежи.pdf", "document") in paint.notes


def test_a_page_about_another_good_adds_nothing() -> None:
    lot = LotText(
        "1",
        "1",
        "Эмаль ПФ-115",
        documents=(PageText(SPEC, "Труба стальная электросварная 820х10 ГОСТ 10704-91"),),
    )
    (need,) = read(lot)
    assert "outer_diameter_mm" not in need.attributes
    assert need.notes == ()


def test_works_become_the_goods_of_their_bill_with_quantities() -> None:
    lot = LotText(
        "1",
        "1",
        "Капитальный ремонт школы",
        lines=(
            line("Эмаль ПФ-115 белая ГОСТ 6465-76", "120", "кг"),
            line("Блок оконный из ПВХ", "48.6", "м2"),
            line("Кирпич керамический", "3", "тыс. шт"),
        ),
        category="works",
    )
    needs = {need.text: need for need in read(lot)}
    paint = needs["Эмаль ПФ-115 белая ГОСТ 6465-76"]
    assert paint.quantity == Amount(Decimal(120), "kg")
    assert paint.kind is NeedKind.IMPLIED
    assert Note("read_in_document", None, BILL) in paint.notes
    assert needs["Блок оконный из ПВХ"].quantity == Amount(Decimal("48.6"), "m2")
    assert "Кирпич керамический" not in needs


def test_laying_pipes_beside_the_pipes_is_not_the_same_metres_twice() -> None:
    lot = LotText(
        "1",
        "1",
        "Строительство водопровода",
        lines=(
            line("Прокладка трубопроводов из полиэтиленовых труб 110 мм", "252", "м"),
            line("Труба полиэтиленовая ПЭ100 SDR17 110х6,6", "252", "м"),
        ),
        category="works",
    )
    texts = [need.text for need in read(lot)]
    assert "Труба полиэтиленовая ПЭ100 SDR17 110х6,6" in texts
    assert "Прокладка трубопроводов из полиэтиленовых труб 110 мм" not in texts


def test_goods_with_sizes_of_their_own_keep_them_beside_a_bill() -> None:
    lot = LotText(
        "1",
        "1",
        "Труба стальная электросварная 530х8",
        quantity=Decimal(120),
        unit="тонна",
        lines=(line("Эмаль ПФ-115", "5", "кг"),),
    )
    (need,) = read(lot)
    assert need.quantity == Amount(Decimal(120), "t")
    assert need.attributes["outer_diameter_mm"] == one(530)


def test_goods_without_sizes_take_the_lines_of_their_own_kind() -> None:
    lot = LotText(
        "1",
        "1",
        "Трубы стальные электросварные согласно приложению",
        lines=(
            line("Труба стальная электросварная 530х8", "120", "т"),
            line("Труба стальная электросварная 720х10", "40", "т"),
            line("Эмаль ПФ-115", "5", "кг"),
        ),
    )
    assert [need.quantity for need in read(lot)] == [
        Amount(Decimal(120), "t"),
        Amount(Decimal(40), "t"),
    ]


def test_an_unread_document_is_asked_for_by_name() -> None:
    (need,) = read(LotText("1", "1", "Труба стальная 530х8", unread=("Спецификация.pdf",)))
    assert Note("document_unread", None, "Спецификация.pdf", "document") in need.notes
    assert not need.documented


def test_a_lot_without_documents_reads_as_before() -> None:
    (need,) = read(LotText("1", "1", "Труба стальная электросварная 530х8"))
    assert need.notes == ()
    assert not need.documented
