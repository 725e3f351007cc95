"""Bills of quantities: ведомость объёмов работ, смета, дефектный акт, жұмыс көлемінің тізімдемесі.

A table is a bill when it has columns for a name, a unit and a quantity. Nothing is reckoned: a
row gives what it states, or nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from scrapers.documents.codes import AGSK, codes_in, whole
from scrapers.documents.records import Table
from scrapers.records import Code, Item, Unit

_HEAD_ROWS = 12
"""Rows from the top of a table among which its heads stand: a sheet begins with its title."""
_NAME = re.compile(r"наименован|атауы|виды? работ|жұмыс түрі|description|материал", re.IGNORECASE)
_UNIT = re.compile(
    r"\bед\.?\s*\.?\s*изм|\bед\.\s*$|единиц|өлшем|өлш\.|^\s*изм\.?\s*$|\bunit\b", re.IGNORECASE
)
_QUANTITY = re.compile(
    r"кол(?:-|\.|ичест|и-)\s*-?\s*в?о?|^\s*кол\.?\s*$|объ[её]м|саны|мөлшері|көлемі|quantity|qty",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"всего|общ|итог|жалпы|барлығы|total", re.IGNORECASE)
_EACH = re.compile(r"на\s+ед|ед\.?\s*изм|единиц|бірлік", re.IGNORECASE)
_PRICE = re.compile(r"цена|стоимост|сумма|тенге|баға|құны|price|amount|трудоз", re.IGNORECASE)
_CODES = re.compile(r"\bкод|шифр|обоснован|агск|енс|ресурс", re.IGNORECASE)
_NUMBER = re.compile(
    r"[-\u2212]?\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d{1,6})?|[-\u2212]?\d{1,12}(?:[.,]\d{1,9})?"
)
_LETTERS = re.compile(r"[^\W\d_]{3}")
_SUM = re.compile(r"^\s*(?:итого|всего|жиыны|барлығы|total)\b", re.IGNORECASE)
_LONGEST_UNIT = 40
_LONGEST_NAME = 2_000


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns of a bill are. `row` is the last row of its heads, -1 when the bill goes
    on from the page before."""

    row: int
    width: int
    name: int
    unit: int
    quantity: int
    codes: tuple[int, ...] = ()
    agsk: tuple[int, ...] = ()


def find_header(table: Table) -> Header | None:
    """Find the heads of a bill in one row or, where a head is divided, in two."""
    for number in range(min(len(table), _HEAD_ROWS)):
        for rows in (1, 2):
            joined = _heads(table[number : number + rows])
            header = _header(joined, number + rows - 1)
            # A second row belongs to the heads only if it holds no figures.
            if header is not None and (rows == 1 or not _has_figures(table[header.row])):
                further = _total(table, header)
                return header if further is None else further
    return None


def _heads(rows: Sequence[Sequence[str]]) -> list[str]:
    return [" ".join(part for part in column if part) for column in zip(*rows, strict=True)]


def _header(heads: Sequence[str], row: int) -> Header | None:
    name = _first(_NAME, heads)
    unit = _first(_UNIT, heads)
    if name is None or unit is None or name == unit:
        return None
    quantities = [
        at
        for at, head in enumerate(heads)
        if _QUANTITY.search(head) and at not in {name, unit} and not _PRICE.search(head)
    ]
    if not quantities:
        return None
    return Header(
        row=row,
        width=len(heads),
        name=name,
        unit=unit,
        quantity=next((at for at in quantities if _TOTAL.search(heads[at])), quantities[0]),
        codes=tuple(at for at, head in enumerate(heads) if _CODES.search(head) and at != name),
        agsk=tuple(at for at, head in enumerate(heads) if AGSK.search(head)),
    )


def _total(table: Table, header: Header) -> Header | None:
    """A quantity divided below its head into «на единицу» and «всего»: take the latter."""
    below = table[header.row + 1] if header.row + 1 < len(table) else ()
    if not below or _has_figures(below):
        return None
    at = header.quantity
    if not _EACH.search(below[at]):
        return None
    beside = at + 1
    if beside < header.width and not table[header.row][beside] and _TOTAL.search(below[beside]):
        return Header(
            header.row + 1,
            header.width,
            header.name,
            header.unit,
            beside,
            header.codes,
            header.agsk,
        )
    return None


def _first(pattern: re.Pattern[str], heads: Sequence[str]) -> int | None:
    return next((at for at, head in enumerate(heads) if head and pattern.search(head)), None)


def _has_figures(row: Sequence[str]) -> bool:
    return any(_NUMBER.fullmatch(cell.strip()) for cell in row)


def bill_rows(table: Table, header: Header) -> Iterator[Item]:
    """Yield the rows that name a thing with its quantity and unit; sums and headings are none.

    A negative quantity is an error of who wrote the bill, or takes a part back: the thing is
    spoken of, how much of it is unknown. Of what has the quantity 0 nothing is asked.
    """
    for row in table[header.row + 1 :]:
        name = " ".join(row[header.name].split())[:_LONGEST_NAME]
        quantity, unit = read_quantity(row[header.quantity]), row[header.unit].strip()
        if not quantity or not _LETTERS.search(name) or _SUM.search(name):
            continue
        if not unit or len(unit) > _LONGEST_UNIT or _NUMBER.fullmatch(unit):
            continue
        codes = _row_codes(row, header, name)
        stated = quantity if quantity > 0 else None
        yield Item(id="", title=name, quantity=stated, unit=Unit(unit), codes=codes)


def _row_codes(row: Sequence[str], header: Header, name: str) -> tuple[Code, ...]:
    found = list(codes_in(name))
    for at in header.codes:
        found += codes_in(whole(row[at]), agsk=at in header.agsk)
    return tuple(dict.fromkeys(found))


def read_quantity(text: str) -> Decimal | None:
    """Read a quantity that is the whole cell: «1 234,5», «12.0». None for anything else.

    «1,234.50» has two marks and is not guessed at.
    """
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    return Decimal(re.sub(r"\s", "", text).replace(",", ".").replace("\u2212", "-"))
