"""What a text's goods are: the head of a phrase, not what it serves, covers or belongs to."""

import pytest

from catalog.family import load_families
from matcher.reading import read_lot
from matcher.reading.heads import genitives_of, is_adjective
from matcher.records import LotText

FAMILIES = load_families()


def family(text: str) -> str | None:
    return read_lot(LotText("n", "1", text), FAMILIES)[0].family


@pytest.mark.parametrize(
    "text",
    [
        "Распылитель порошковой краски",
        "Крышка трубы",
        "Шторы на окна рулонные",
        "Фурнитура оконная",
        "Торцеватель полиэтиленовых труб",
        "Терезе тұтқасы",
        "Құбыр кілті",
        "Deraza pardasi",
        "Поставка крышек труб",
    ],
)
def test_what_only_belongs_to_goods_of_a_family_is_none_of_it(text: str) -> None:
    assert family(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Поставка порошковой краски", "paints"),
        ("Комплект стальных электросварных труб 820х10", "steel_pipe_large"),
        ("Партия труб стальных электросварных 820х10", "steel_pipe_large"),
        ("10 тонн трубы электросварной 820х10", "steel_pipe_large"),
        ("Металлопрокат трубы стальные электросварные 820х10", "steel_pipe_large"),
        ("Приобретение для теплосети труб стальных электросварных 720х8", "steel_pipe_large"),
        ("Поставка для ремонта теплосети труб электросварных 720х8", "steel_pipe_large"),
        ("Материалы для ремонта теплосети: труба электросварная 720х8", "steel_pipe_large"),
        ("Ichimlik suvi uchun polietilen quvur PE100 110 mm", "pe_pipe_pressure"),
        ("Реставрация витража", "facades"),
        ("Диаметрі 720 мм болат құбыр диаметрі", "steel_pipe_large"),
        ("Терезе блогы", "windows"),
        ("Доставка на алуминиеви кабели", "cable"),
    ],
)
def test_a_purchase_a_measure_or_works_before_the_goods_hides_nothing(text: str, name: str) -> None:
    assert family(text) == name


def test_genitives_are_those_of_the_listed_nouns() -> None:
    assert {"краски", "красок"} <= genitives_of(frozenset({"краска"}))
    assert {"окна", "окон"} <= genitives_of(frozenset({"окно"}))
    assert {"кабеля", "кабелей"} <= genitives_of(frozenset({"кабель"}))
    assert genitives_of(frozenset({"құбыр", "терезе"})) == frozenset()


@pytest.mark.parametrize("word", ["стальная", "порошковой", "верхние", "электросварных", "нижний"])
def test_adjectives_are_told_by_their_endings(word: str) -> None:
    assert is_adjective(word)


@pytest.mark.parametrize("word", ["изделие", "покрытие", "зданий", "оборудование", "труба", "окно"])
def test_nouns_with_like_endings_are_none(word: str) -> None:
    assert not is_adjective(word)
