"""Units of quantity: one canonical name for each of the many writings, and exact conversion.

Canonical names: `t`, `kg`, `g`, `m`, `km`, `cm`, `mm`, `m2`, `m3`, `l`, `ml`, `pcs`, `set`,
`pack`, `roll`, `pair`, `bar`, `MPa`, `kPa`, `atm`. A thousand of a unit that has no name of its
own is `1000pcs`, `1000m2`. Codes are those of OKEI and its Kazakh twin MKEI, which share numbers.
"""

import re
from decimal import Decimal
from functools import lru_cache

from catalog.words import fold, loose

# Writings in Russian, Kazakh, Uzbek and English, folded and in the loose alphabet (қ = к),
# without dots and spaces; then the codes of OKEI (ОК 015-94) and MKEI.
_WRITINGS = {
    "t": """т тн тонна тонны тонн тонналар тоннасы t tn ton tons tonne tonnes tonna mt
        тоннаметрическая метрическаятонна 168 tne""",
    "kg": """кг килограмм килограмма килограммы килограммов кило kg
        kilogram kilograms kilogramm kgm 166""",
    "g": "г гр грамм грамма граммов g gr gram grams gramm grm 163",
    "m": """м метр метра метры метров пм мп погм мпог погонм погонныйметр погонныеметры
        погонныхметров
        метрпогонный метрпог метрпогонныи мпогонный пометр пгм линейныйметр
        узындыкметри погондыметр жугиртпелиметр m metr meter meters metre metres lm rm
        linearmeter linearmetre pogonmetr pogonniymetr mtr 006 018 6""",
    "km": """км километр километра километров километртысячаметров тысячаметров тысм шакырым km
        kilometer kilometre kilometers kilometres kilometr kmt 008 8""",
    "cm": "sm см сантиметр сантиметра сантиметров cm santimetr centimeter centimetre cmt 004 4",
    "mm": "мм миллиметр миллиметра миллиметров mm millimetr millimeter millimetre mmt 003 3",
    "m2": """м2 квм мкв квметр квадратныйметр квадратныхметров квадратныеметры метрквадратный
        шаршыметр квадратметр текшем sqm m2 kvm kvmetr kvadratmetr squaremeter squaremetre
        squaremetres squaremeters mtk 055 55""",
    "m3": """м3 кубм мкуб кубометр кубическийметр кубическихметров метркубический текшеметр
        кубметр m3 cbm kubmetr kubometr cubicmeter cubicmetre mtq 113""",
    "l": """л литр литра литров куб.дм литркубическийдециметр l liter litre litres liters
        litr ltr 112""",
    "ml": "мл миллилитр миллилитров ml millilitr milliliter mlt 111",
    "pcs": """шт штука штук штуки дана данасы единица единиц ед экземпляр экз экземпляров pcs pc
        piece pieces unit units each ea dona h87 c62 nar 796 642 642единица""",
    "set": """компл комплект комплекта комплектов к-т кт набор наборов жиынтык жинак set sets kit
        to'plam komplekt 839 704""",
    "pack": """упак уп упаковка упаковок пачка пачек однапачка пач каптама орам пакет пакетов банка
        банок мешок мешков коробка ведро флакон бутылка канистра pack packs package box quti o'ram
        пакетик 778 728 736пачка 868 812""",
    "roll": "рулон рулонов рул бухта бухт катушка орама roll rolls rulon 736",
    "pair": "пара пар жуп pair pairs juft 715",
    "bar": "бар bar",
    "MPa": "мпа мегапаскаль mpa megapaskal",
    "kPa": "кпа килопаскаль kpa",
    "atm": "атм атмосфера атмосфер ат кгс/см2 кгссм2 кгс/кв.см atm",
    "w_hour": "чел-ч человеко-час чч",
    "service": """услуга работа усл раб кызмет жумыс service lot лот условнаяединица
        усл.ед 876 xizmat""",
}  # fmt: skip
_NOISE = re.compile(r"[\s.,;^()/\\*\-\"]+")
_THOUSAND = re.compile(r"^(?:тыс(?:яч[аи]?)?|мын|ming|thousand)\.?\s*(?=\w)")
_THOUSANDS_WRITTEN = ("тыс", "мың", "мын", "ming", "thousand")
_HUNDRED = re.compile(r"^(?:100|сто|сотня|жуз)\s+(?=\D)")
_LONGEST = 60


def _key(text: str) -> str:
    return _NOISE.sub("", loose(fold(text)))


_BY_WRITING = {_key(w): unit for unit, listed in _WRITINGS.items() for w in listed.split()}
_THOUSANDS = {"m": "km", "kg": "t", "g": "kg", "ml": "l", "l": "m3", "mm": "m"}

# unit → (dimension, how many base units): exact by definition; the technical atmosphere
# (кгс/см²), which «атм» means on pipes, is 0.980665 bar (ГОСТ 8.417).
_SIZES = {
    "t": ("mass", "1000"), "kg": ("mass", "1"), "g": ("mass", "0.001"),
    "km": ("length", "1000"), "m": ("length", "1"), "cm": ("length", "0.01"),
    "mm": ("length", "0.001"),
    "m2": ("area", "1"), "m3": ("volume", "1000"), "l": ("volume", "1"), "ml": ("volume", "0.001"),
    "pcs": ("count", "1"),
    "bar": ("pressure", "1"), "MPa": ("pressure", "10"), "kPa": ("pressure", "0.01"),
    "atm": ("pressure", "0.980665"),
}  # fmt: skip


@lru_cache(maxsize=10_000)
def fold_unit(text: str) -> str | None:
    """Return the canonical name of a unit however written («пог. м», «дана», `796`), else None.

    «тыс. шт» is `1000pcs`; «тыс. м» is `km`, «тыс. кг» is `t`.
    """
    if not text or len(text) > _LONGEST:
        return None
    whole = _BY_WRITING.get(_key(text))
    if whole:
        return whole
    folded = loose(fold(text))
    rest = _THOUSAND.sub("", folded)
    if rest != folded:
        unit = _BY_WRITING.get(_NOISE.sub("", rest))
        return unit and _THOUSANDS.get(unit, f"1000{unit}")
    rest = _HUNDRED.sub("", folded)
    if rest != folded:
        unit = _BY_WRITING.get(_NOISE.sub("", rest))
        return unit and f"100{unit}"
    return _first_of_names(folded)


def fold_unit_word(word: str) -> str | None:
    """Return what `fold_unit` does of one folded word of letters alone, at a look."""
    if word.startswith(_THOUSANDS_WRITTEN):
        return fold_unit(word)
    return _BY_WRITING.get(loose(word))


def _first_of_names(folded: str) -> str | None:
    """Read «Тонна (метрическая)» or «метр (погонный)»: the name before the bracket."""
    head = folded.partition("(")[0]
    return _BY_WRITING.get(_NOISE.sub("", head)) if head and head != folded else None


def dimension(unit: str) -> str | None:
    """Return what a canonical unit measures (`mass`, `length`, `area`, …), None where unknown."""
    sized = _sized(unit)
    return sized[0] if sized else None


def convert(value: Decimal, unit: str, to: str) -> Decimal | None:
    """Convert a value between canonical units; None where they measure different things."""
    source, target = _sized(unit), _sized(to)
    if unit == to:
        return value
    if source is None or target is None or source[0] != target[0]:
        return None
    return value * source[1] / target[1]


@lru_cache(maxsize=100)
def _sized(unit: str) -> tuple[str, Decimal] | None:
    """Return the dimension of a unit and how many base units it holds."""
    digits = re.match(r"1000*", unit)
    base = unit[digits.end() :] if digits else unit
    if base not in _SIZES:
        return (base, Decimal(digits[0] if digits else 1)) if base in _WRITINGS else None
    kind, factor = _SIZES[base]
    return kind, Decimal(factor) * Decimal(digits[0] if digits else 1)
