"""Made-up texts of realistic length for measuring speed: products and the notices that ask.

Built of the families' own words, standards and plausible sizes, with made-up brands and article
numbers, because real catalogues have a long tail of rare words. The same number always gives the
same text, so a catalogue of 1,000 is the beginning of one of 100,000.
"""

import csv
import json
import random
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from catalog.family import AttributeRule, Family, load_families

SEED = 20260518
SYLLABLES = ("ва", "ко", "ри", "тэк", "лам", "до", "сфе", "нор", "ми", "гра", "пол", "ус", "берг")
GRADES = ("Ст3сп", "Ст20", "09Г2С", "17Г1С", "40Х", "12Х18Н10Т")
ENDINGS = (
    "для нужд предприятия",
    "по спецификации",
    "согласно техническому заданию",
    "с доставкой",
)
UNITS = ("т", "м", "шт", "кг", "м2", "компл")
LATIN = str.maketrans({"х": "x", "а": "a", "о": "o", "с": "c"})


@cache
def _families() -> tuple[Family, ...]:
    return tuple(load_families().values())


def _chance(kind: str, number: int) -> random.Random:
    return random.Random(f"{SEED}:{kind}:{number}")  # noqa: S311 - texts, not secrets


def product_name(number: int) -> str:
    """Return the name of the product of this number: kind, size, standard, grade, article."""
    chance = _chance("product", number)
    family = chance.choice(_families())
    parts = [chance.choice(_words(family, "ru")).capitalize()]
    size = _size(family, chance)
    if size:
        parts.append(size)
    if family.standards and chance.random() < 0.5:
        year = f"-{chance.randint(74, 99)}" if chance.random() < 0.5 else ""
        parts.append(f"{chance.choice(family.standards).number}{year}")
    if "steel_grade" in family.attributes and chance.random() < 0.6:
        parts.append(chance.choice(GRADES))
    if chance.random() < 0.6:
        parts.append(_brand(chance))
    if chance.random() < 0.4:
        parts.append(f"арт. {chance.randint(1_000, 999_999)}")
    return " ".join(parts)


def need_text(number: int, products: int) -> str:
    """Return a request for one of the first `products` products, as buyers retype a name."""
    chance = _chance("need", number)
    words = product_name(chance.randrange(products)).split()
    kept = [word for word in words if chance.random() > 0.15] or words
    if chance.random() < 0.3:
        chance.shuffle(kept)
    text = " ".join(kept)
    if chance.random() < 0.2:
        text = text.translate(LATIN)
    if chance.random() < 0.4:
        text += f", {chance.randint(1, 5_000)} {chance.choice(UNITS)}"
    if chance.random() < 0.3:
        text += f" {chance.choice(ENDINGS)}"
    return text


def _words(family: Family, language: str) -> tuple[str, ...]:
    words = family.words
    return words[: max(1, len(words) // 2)] if language == "ru" else words


def _size(family: Family, chance: random.Random) -> str:
    if not family.sizes:
        return ""
    chain = chance.choice(family.sizes)
    return "х".join(_number(family.attributes, key, chance) for key in chain)


def _number(rules: Mapping[str, AttributeRule], key: str, chance: random.Random) -> str:
    rule = rules.get(key)
    span = None if rule is None else rule.typical or rule.plausible
    low = 1.0 if span is None or span.low is None else span.low
    high = low * 20 if span is None or span.high is None else span.high
    value = low * (high / low) ** chance.random() if low > 0 else chance.uniform(low, high)
    whole = str(round(value, 1 if value < 20 and chance.random() < 0.5 else None))
    return whole.replace(".", ",")


def _brand(chance: random.Random) -> str:
    # The cube gives few brands of many products and a long tail of rare ones.
    pick = _chance("brand", int(5_000 * chance.random() ** 3))
    return "".join(pick.choice(SYLLABLES) for _ in range(pick.randint(2, 4))).capitalize()


def write_catalogue(path: Path, names: Iterable[str]) -> None:
    """Write a plain list of names as a catalogue file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("product_code", "name"))
        writer.writerows((f"p{number}", name) for number, name in enumerate(names))


def write_notices(path: Path, titles: Iterable[str]) -> None:
    """Write a notices file of the short form."""
    with path.open("w", encoding="utf-8") as file:
        for number, title in enumerate(titles):
            record = {"id": f"n{number}", "title": title}
            file.write(f"{json.dumps(record, ensure_ascii=False)}\n")
