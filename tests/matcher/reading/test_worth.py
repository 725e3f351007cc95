"""What a listing's row says is enough to open it, or not."""

import pytest

from catalog.family import load_families
from matcher.reading.worth import may_concern
from matcher.records import LotText

WORTH = (
    "Труба стальная 820х10",
    "Трубы для теплотрассы",
    "Приобретение изделий по ГОСТ 10704",
    "Реконструкция тепловой сети",
    "Капитальный ремонт школы № 5",
    "Строительные материалы",
    "Құбыр",
    "Эмаль ПФ-115",
    "Стеклопакет",
)
LEFT = (
    "Бумага офисная А4",
    "Услуги охраны объекта",
    "Бензин АИ-92",
    "Лекарственные средства",
    "Компьютер",
    "Услуги по ремонту принтеров",
)


def lot(title: str, **more: object) -> LotText:
    return LotText("n", "1", title, **more)  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize("title", WORTH)
def test_a_row_that_may_concern_a_family_is_worth_opening(title: str) -> None:
    assert may_concern(lot(title), load_families())


@pytest.mark.parametrize("title", LEFT)
def test_a_row_that_names_other_things_is_left(title: str) -> None:
    assert not may_concern(lot(title), load_families())


def test_a_code_of_a_family_is_enough() -> None:
    code = (("KZ-ENSTRU", "242013.900.000001"),)
    assert may_concern(lot("Предмет закупки", codes=code), load_families())


def test_works_by_the_portals_word_are_opened_whatever_their_title() -> None:
    assert may_concern(lot("Объект № 12", category="works"), load_families())
