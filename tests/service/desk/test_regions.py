"""The region of a place: by KATO, else by its words."""

import pytest

from scrapers.records import Code, Place
from service.desk.regions import region_names, region_of


def place(text: str, kato: str | None = None, country: str | None = "KZ") -> Place:
    return Place(country, text, Code("KZ-KATO", kato) if kato else None)


@pytest.mark.parametrize(
    ("text", "kato", "region"),
    [
        ("г. Алматы, Турксибский район", "751410000", "75"),
        ("Алматинская область, г. Қонаев", None, "19"),
        ("г.Алматы, ул. Абая", None, "75"),
        ("Алматы облысы, Талғар ауданы", None, "19"),
        ("Восточно-Казахстанская область, г. Усть-Каменогорск", None, "63"),
        ("г. Жезказган", None, "62"),
        ("г. Шымкент", None, "79"),
        ("по адресу заказчика", None, None),
        ("г. Алматы", "991410000", "75"),  # no such code: the words count
    ],
)
def test_a_place_tells_its_region(text: str, kato: str | None, region: str | None) -> None:
    assert region_of([place(text, kato)]) == region


def test_a_place_abroad_has_no_region() -> None:
    assert region_of([place("Москва, улица Алматинская", country="RU")]) is None


def test_twenty_regions_are_named_in_every_language() -> None:
    for language in ("ru", "kk", "en"):
        assert len(region_names(language)) == 20
