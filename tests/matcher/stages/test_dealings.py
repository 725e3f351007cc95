"""Sales, lettings and used goods are refused for a reason of their own."""

import pytest

from matcher.records import Bar
from tests.matcher.reading.test_lots import needs


@pytest.mark.parametrize(
    ("title", "bar"),
    [
        ("Труба стальная 720х10 б/у", "used"),
        ("Болат құбырларды сату 720х10", "sale"),
        ("Сдача в аренду окон ПВХ", "sale"),
        ("Steel pipes 720x10 for sale", "sale"),
        ("Труба стальная 720х10, не бывшая в употреблении", None),
        ("Труба стальная 720х10 новая или б/у", None),
        ("Точка продажи: труба стальная 720х10", None),
        ("Закупка труб стальных 720х10 для продажи населению", None),
        ("Реализация программы модернизации водоснабжения", None),
    ],
)
def test_a_sale_is_no_purchase_and_used_goods_are_not_new(title: str, bar: Bar | None) -> None:
    assert [need.bar for need in needs(title)] == [bar]
