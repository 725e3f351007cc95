"""Technical specifications of goszakup, in Russian and Kazakh: what is bought, by label and value.

The portal makes them from one form: a table of two columns, the label left and the value right;
in files made elsewhere the labels stand in the text, «Количество: 120».
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from scrapers.documents.bill import read_quantity
from scrapers.documents.codes import whole
from scrapers.documents.records import Page

# In this order: «Наименование кода…» is no name, «Лоттың атауы» is no lot number.
_LABELS = (
    ("code", re.compile(
        r"единого\s+номенклатурного|номенклатуралық\s+анықтамалы|код\S*\s+(?:по\s+)?(?:енс\s*)?тру"
        r"|енс\s*тру|тжқ\s*бна", re.I)),
    ("lot", re.compile(r"^(?:номер\s+лота|лоттың\s+нөмірі|лоттың\s*№|лот\s*№|№\s*лота)", re.I)),
    ("lot_title", re.compile(r"^(?:наименование\s+лота|лоттың\s+атауы)", re.I)),
    ("title", re.compile(
        r"^(?:наименование\s+(?:товара|работы|услуги|закупаемых|тру\b)"
        r"|(?:тауардың|тауарлардың|жұмыстың|қызметтің|көрсетілетін\s+қызметтің)\s+атауы)", re.I)),
    ("unit", re.compile(r"^(?:единица\s+измерения|ед\.\s*изм|өлшем\s+бірлігі)", re.I)),
    ("quantity", re.compile(
        r"^(?:количество|кол-во|саны|көлемі)\s*(?:\((?:объ[её]м|көлемі)\))?\s*[*:]*\s*$|"
        r"^(?:количество|кол-во|саны)\b", re.I)),
    ("description", re.compile(
        r"^(?:описание|техническ\S+\s+характеристик|дополнительная\s+характеристика"
        r"|сипаттама|қосымша\s+сипаттама|қажетті\s+функционалдық|тауардың\s+сипаттамасы)", re.I)),
)  # fmt: skip
_CODE = re.compile(r"(?<![\d.])\d{6}\.\d{3}\.\d{6}(?![\d.])")
_INLINE = re.compile(r"^([^:]{3,120}?)\s*:\s*(\S.*)$")
_LOT = re.compile(r"\d{3,}[^\s,;]*")
_LEADING = re.compile(r"^[\s№:*.-]+")
_LONGEST = 4_000


@dataclass(slots=True)
class Fields:
    """One filled form as far as it says."""

    page: int
    code: str | None = None
    lot: str | None = None
    lot_title: str | None = None
    title: str | None = None
    unit: str | None = None
    quantity: Decimal | None = None
    description: str | None = None


def specifications(pages: Sequence[Page]) -> Iterator[Fields]:
    """Yield the forms in reading order. A label that was filled already begins the next one."""
    fields: Fields | None = None
    for page in pages:
        for key, value in _labelled(page):
            if fields is None or _states(fields, key, value):
                if fields is not None:
                    yield fields
                fields = Fields(page.number)
            _fill(fields, key, value)
    if fields is not None:
        yield fields


def _states(fields: Fields, key: str, value: str) -> bool:
    known = getattr(fields, key)
    return known is not None and key in {"code", "lot", "quantity"} and str(known) != value


def _labelled(page: Page) -> Iterator[tuple[str, str]]:
    found = False
    for table in page.tables:
        for row in table:
            cells = [cell for cell in row if cell]
            if len(cells) == 2 and (key := _label(cells[0])):
                found = True
                yield key, cells[1]
    if found:
        return
    for line in page.text.splitlines():
        match = _INLINE.match(line.strip()) or _tabbed(line)
        if match is not None and (key := _label(match[1])):
            yield key, match[2]


def _tabbed(line: str) -> re.Match[str] | None:
    return re.match(r"^([^\t]{3,120})\t+([^\t]+)$", line.strip())


def _label(text: str) -> str | None:
    if len(text) > 200:
        return None
    words = " ".join(text.split()).strip(" :*")
    return next((key for key, pattern in _LABELS if pattern.search(words)), None)


def _fill(fields: Fields, key: str, value: str) -> None:
    value = _LEADING.sub("", " ".join(value.split()))[:_LONGEST]
    if not value:
        return
    if key == "code":
        code = _CODE.search(whole(value))
        fields.code = fields.code or (code[0] if code else None)
    elif key == "quantity":
        first = re.match(r"[\d\s.,]*\d", value)
        if fields.quantity is None and first is not None:
            fields.quantity = read_quantity(first[0])
            rest = value[first.end() :].strip(" .,;")
            if rest and fields.unit is None and len(rest) <= 30:
                fields.unit = rest
    elif key == "lot":
        lot = _LOT.search(value)
        fields.lot = fields.lot or (lot[0] if lot else None)
    elif getattr(fields, key) is None:
        setattr(fields, key, value)
