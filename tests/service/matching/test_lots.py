"""What of a notice reaches the matcher."""

from dataclasses import replace
from decimal import Decimal

from scrapers.records import Code, Item, Lot, Notice, Phase, Text, Unit
from service.matching.lots import lot_texts

PIPE = Item(
    "1",
    "Труба стальная",
    "820х10 ГОСТ 10704-91",
    Decimal("120.5"),
    Unit("Тонна"),
    codes=(Code("KZ-ENSTRU", "242013.900.000001"),),
)
CABLE = Item("2", "Кабель силовой", "ВВГнг 3х2,5", Decimal(900), Unit("Метр"))
NOTICE = Notice("portal", "17", "https://portal.invalid/17", "Закуп материалов", Phase.OPEN)


def test_a_notice_without_lots_is_its_lot_1() -> None:
    (lot,) = lot_texts(replace(NOTICE, description="трубы 530х8"))
    assert (lot.notice, lot.lot, lot.title, lot.texts) == (
        "17",
        "1",
        "Закуп материалов",
        ("трубы 530х8",),
    )


def test_a_single_line_gives_the_lot_its_quantity_and_codes() -> None:
    (lot,) = lot_texts(replace(NOTICE, lots=(Lot("5", "Труба стальная", items=(PIPE,)),)))
    assert (lot.quantity, lot.unit) == (Decimal("120.5"), "Тонна")
    assert lot.codes == (("KZ-ENSTRU", "242013.900.000001"),)
    assert lot.texts == ("820х10 ГОСТ 10704-91", "Закуп материалов")
    assert lot.lines == ()


def test_several_lines_keep_their_own_quantities() -> None:
    (lot,) = lot_texts(replace(NOTICE, lots=(Lot("5", "Материалы", items=(PIPE, CABLE)),)))
    assert lot.quantity is None
    assert [(line.text, line.quantity, line.unit) for line in lot.lines] == [
        ("Труба стальная\n820х10 ГОСТ 10704-91", Decimal("120.5"), "Тонна"),
        ("Кабель силовой\nВВГнг 3х2,5", Decimal(900), "Метр"),
    ]


def test_a_lot_beside_others_is_not_lent_the_notices_words() -> None:
    notice = replace(
        NOTICE,
        title="Трубы и кабель",
        codes=(Code("CPV", "44163000"),),
        lots=(Lot("5", "Трубы", items=(PIPE,)), Lot("6", "Кабель", items=(CABLE,))),
    )
    cable = list(lot_texts(notice))[1]
    assert "Трубы и кабель" not in (cable.title, *cable.texts)
    assert cable.codes == ()


def test_a_text_said_twice_is_read_once() -> None:
    lot = Lot("5", "Труба 820х10", description="труба  820х10", items=())
    (text,) = lot_texts(replace(NOTICE, title="ТРУБА 820х10", lots=(lot,)))
    assert text.texts == ()


def test_other_languages_come_last() -> None:
    lot = Lot("5", "Труба", description="сварная", translations=(Text("kk", "Құбыр"),))
    (text,) = lot_texts(replace(NOTICE, phase=Phase.PLAN, lots=(lot,)))
    assert text.texts == ("сварная", "Закуп материалов", "Құбыр")
    assert text.plan
