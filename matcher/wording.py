"""Russian sentences for the reasons of a verdict, and how values are written in them.

`reason` is the stable key; another language is another table with the same keys.
"""

import re
from collections.abc import Iterable
from decimal import Decimal

from catalog.records import Span
from matcher.records import Value

TITLES = {
    "outer_diameter_mm": "наружный диаметр",
    "nominal_diameter_mm": "условный диаметр",
    "wall_mm": "толщина стенки",
    "width_mm": "ширина",
    "height_mm": "высота",
    "length_m": "длина",
    "thickness_mm": "толщина",
    "steel_grade": "марка стали",
    "pe_grade": "марка полиэтилена",
    "sdr": "SDR",
    "nominal_pressure_bar": "давление PN",
    "ring_stiffness": "кольцевая жёсткость SN",
    "coating": "покрытие",
    "color_ral": "цвет RAL",
    "volume_l": "объём",
    "mass_kg": "масса",
    "standards": "стандарт",
    "piece_length_mm": "длина изделия",
    "shell_diameter_mm": "диаметр оболочки",
    "inner_diameter_mm": "внутренний диаметр",
    "concrete_class": "класс бетона",
    "material": "материал",
    "chambers": "число камер",
    "depth_mm": "глубина",
    "fat_pct": "жирность, %",
    "emitter_spacing_mm": "шаг капельниц",
    "flow_l_h": "расход, л/ч",
    "density_kg_m3": "плотность, кг/м³",
    "kind": "вид",
    "color": "цвет",
    "glass_formula": "формула стеклопакета",
    "cores": "число жил",
    "section_mm2": "сечение",
    "voltage_kv": "напряжение, кВ",
}
UNITS = {"_mm": "мм", "_m": "м", "_bar": "бар", "_l": "л", "_kg": "кг", "_m2": "м²", "_mm2": "мм²"}
QUANTITY_UNITS = {
    "t": "т",
    "kg": "кг",
    "g": "г",
    "m": "м",
    "km": "км",
    "m2": "м²",
    "m3": "м³",
    "l": "л",
    "pcs": "шт.",
    "set": "компл.",
    "roll": "рул.",
    "pair": "пар",
}

SENTENCES = {
    "inside": "{title}: {asked} — в пределах {offered}, подтверждено заводом",
    "outside": "{title}: {asked}, у завода {offered}",
    "partly": "{title}: {asked} лишь частью в пределах {offered}",
    "inside_unconfirmed": "{title}: {asked} — в пределах {offered}, но завод этого не подтвердил",
    "outside_unconfirmed": "{title}: {asked} вне диапазона {offered}, который завод не подтвердил",
    "not_offered": "{title}: {asked}; завод об этом ничего не указал",
    "not_stated": "{title}: заказчик не указал; завод делает {offered}",
    "not_stated_nor_offered": "{title}: не указано ни заказчиком, ни заводом",
    "taken_as_dn": "{asked}: принято как условный проход, наружный диаметр {offered} мм по таблице",
    "taken_as_nominal": "{asked}: принято как условный проход (Ду)",
    "derived": "{title}: {asked} — следует из {offered}",
    "year_differs": "стандарт {asked}, у завода {offered}: год издания другой",
    "standard_scope": "{title} {asked} вне области стандарта ({offered}): в закупке противоречие",
    "contradiction": "в закупке противоречие: {asked}",
    "absurd_size": "{title} {asked}: такого не бывает, вероятно опечатка",
    "implausible_size": "{title} {asked}: необычно для такого изделия",
    "wall_too_thick": "стенка {asked} мм не меньше половины диаметра: размер ошибочен",
    "sdr_against_wall": "в закупке противоречие: {asked} — стенка не отвечает SDR",
    "sdr_against_pressure": "в закупке противоречие: {asked} — давление выше, чем держит этот SDR",
    "pressure_below_sdr": "в закупке противоречие: {asked} — такой SDR держит большее давление",
    "nominal_against_outer": "в закупке противоречие: {asked}",
    "same_family": "вид изделия тот же: {asked}",
    "other_family": "другой вид изделия: нужно «{asked}», завод делает «{offered}»",
    "family_unclear": "вид изделия назван неоднозначно: {asked}; завод делает «{offered}»",
    "family_unknown": "вид изделия по тексту закупки не определён; завод делает «{offered}»",
    "product_family_unknown": "вид изделия завода не указан; нужно «{asked}»",
    "product_family_unclear": "что делает завод, названо неоднозначно: {offered}; нужно «{asked}»",
    "families_unknown": "вид изделия не определён ни у заказчика, ни у завода",
    "ruled_out": "это не товар завода: «{asked}»",
    "service": "закупается услуга, а не товар",
    "used": "нужен товар, бывший в употреблении («{asked}»), завод делает новый",
    "sale": "это продажа или сдача в аренду, а не закупка: «{asked}»",
    "no_shared_words": "в текстах закупки и товара почти нет общего",
    "shared_words": "тексты закупки и товара схожи: {asked}",
    "no_capability": "в каталоге только название: характеристики уточнить у завода",
    "part_of_lot": "подходит часть лота: {asked} из {offered} позиций; делится ли лот",
    "negative_quantity": "количество меньше нуля: {asked}",
    "repair_only": "ремонт: заменяется ли изделие, не сказано («{asked}»)",
    "works_unmeasured": "работы: не сказано, сколько нужно (длина, площадь, штуки)",
    "read_in_document": "прочитано в документе: {asked}",
    "document_unread": "документ не прочитан: {asked}",
    "left_open": "{title}: заказчик не назвал, подойдёт любое; завод делает {offered}",
    "nothing_stated": "требования не названы: сверять не с чем",
    "estimated": "количество пересчитано; принято: {asked}",
    "implied": "товар понадобится подрядчику: {asked}",
}
ASKS = {"buyer": "уточнить у заказчика", "plant": "уточнить у завода", "document": "см. документы"}


def title(attribute: str | None) -> str:
    """Name an attribute in Russian; one the table does not know is shown by its key."""
    if attribute is None:
        return "требование"
    return TITLES.get(attribute, attribute)


def number(value: float | Decimal) -> str:
    """Write a number the Russian way: `4.5` is «4,5», `820.0` is «820»."""
    text = f"{Decimal(str(value)):f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", ",")


def unit(attribute: str) -> str:
    """Return the unit an attribute's key ends with, with a space before it, or nothing."""
    for suffix in ("_mm2", "_m2", "_mm", "_bar", "_kg", "_m", "_l"):
        if attribute.endswith(suffix):
            return " " + UNITS[suffix]
    return ""


def span(value: Span) -> str:
    """Write a range: «6–25», «до 6», «от 530», or the single number."""
    if value.low is None and value.high is None:
        return "любой"
    if value.low is None:
        return f"до {number(value.high or 0)}"
    if value.high is None:
        return f"от {number(value.low)}"
    if value.low == value.high:
        return number(value.low)
    return f"{number(value.low)}–{number(value.high)}"


def values(attribute: str, given: Iterable[Value]) -> str:
    """Write the values of an attribute with its unit: «820 мм», «Ст20, 09Г2С»."""
    texts = [span(each) if isinstance(each, Span) else each for each in given]
    return ", ".join(dict.fromkeys(texts)) + unit(attribute)


def sentence(reason: str, attribute: str | None, asked: str | None, offered: str | None) -> str:
    """Render a reason in Russian. A key the table does not know is given with what was asked."""
    pattern = SENTENCES.get(reason)
    if pattern is None:
        return f"{reason}: {asked}" if asked else reason
    return pattern.format(title=title(attribute), asked=_shown(asked), offered=_shown(offered))


def _shown(text: str | None) -> str:
    """Write `none`, the coating of a bare pipe, as people do, and what is unknown as a dash."""
    return re.sub(r"\bnone\b", "без покрытия", text) if text else "—"
