"""A plant changes its own catalogue: by form or file, looked at before, undone after."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, select

from catalog.faults import CatalogueError, Fault
from catalog.reading import CatalogueReading, read_catalogue
from catalog.records import Catalogue, Plant, PlantId, Product
from catalog.rows import COLUMNS
from catalog.writing import product_cells
from matcher.matching import match_lots
from matcher.records import Verdict
from scrapers.canonical import load_notice
from service.desk.tracing import offers_of
from service.digest.cleaning import cut
from service.errors import InputError
from service.importing import Change, plan, save
from service.matching.lots import lot_texts
from service.store.catalogue import retire_products, save_catalogue, stored_catalogue
from service.store.codec import dump_product, load_product
from service.store.journal import Values, happenings, record
from service.store.tables import NoticeRow
from service.store.tables.naming import Origin

ACTION = "catalogue changed"
UNDONE = "catalogue change undone"
LONGEST = 2_000_000
LOOKED_AT = 1_000
_MONTH = timedelta(days=30)
_LONGEST_NAME = 100
_KINDS = (".csv", ".xlsx", ".json")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do. `rows` is the change as JSON, to be sent back for applying.
    `gained` are (portal, number, title, verdict) of lots among the `looked_at` latest notices of
    the last thirty days that the changed products could serve and their present form could not;
    `lost` the other way round."""

    change: Change
    faults: tuple[Fault, ...]
    rows: str
    gained: tuple[tuple[str, str, str, Verdict], ...]
    lost: tuple[tuple[str, str, str, Verdict], ...]
    looked_at: int


def row_of(product: Product, plant: Plant) -> dict[str, str]:
    """Give a product as a row of a catalogue file, for a form."""
    cells = product_cells(product, {plant.id: plant})
    return {name: str(cell) for name, cell in zip(COLUMNS, cells, strict=True)}


def read_rows(name: str, body: bytes) -> CatalogueReading:
    """Read a catalogue file that was sent. Raises InputError where it cannot be used at all."""
    suffix = Path(name).suffix.lower()
    if suffix not in _KINDS or len(body) > 10 * LONGEST:
        raise InputError("write a catalogue as .csv, .xlsx or .json")
    with tempfile.TemporaryDirectory(prefix="suranys-") as folder:
        path = Path(folder) / f"catalogue{suffix}"
        path.write_bytes(body)
        sent = cut(Path(name).name, _LONGEST_NAME)
        try:
            reading = read_catalogue(path)
        except CatalogueError as error:
            why = InputError(error.phrase, **error.values)
            raise InputError("%(file)s: %(why)s", file=sent, why=why) from error
    faults = tuple(replace(each, file=sent) for each in reading.faults)
    return replace(reading, faults=faults)


def preview(session: Session, plant: PlantId, reading: CatalogueReading, now: datetime) -> Preview:
    """Say what a change of one plant's catalogue would do. Reads only."""
    stored = stored_catalogue(session)
    own = next(each for each in stored.plants if each.id == plant)
    change = preview_change(reading, plant, stored)
    touched = {each.code for each in change.changed}
    before = tuple(each for each in stored.products if each.code in touched)
    gained, lost, count = _difference(session, before, (*change.new, *change.changed), now)
    rows = json.dumps(
        [row_of(each, own) for each in (*change.new, *change.changed)], ensure_ascii=False
    )
    return Preview(change, reading.faults, rows, gained, lost, count)


_Found = tuple[tuple[str, str, str, Verdict], ...]


def _difference(
    session: Session, before: tuple[Product, ...], after: tuple[Product, ...], now: datetime
) -> tuple[_Found, _Found, int]:
    query = (
        select(NoticeRow.record)
        .where(col(NoticeRow.first_seen_at) >= now - _MONTH)
        .order_by(col(NoticeRow.id).desc())
        .limit(LOOKED_AT)
    )
    notices = [load_notice(each) for each in session.exec(query)] if after else []
    lots = [
        (notice, replace(lot, notice=str(place)))
        for place, notice in enumerate(notices)
        for lot in lot_texts(notice)
    ]
    then, soon = _answers(before, lots), _answers(after, lots)
    told = {
        (lot.notice, lot.lot): (notice.portal, notice.number or notice.id, lot.title)
        for notice, lot in lots
    }
    gained = tuple((*told[key], soon[key]) for key in soon if key not in then)
    lost = tuple((*told[key], then[key]) for key in then if key not in soon)
    return gained, lost, len(notices)


def _answers(products: tuple[Product, ...], lots: list) -> dict[tuple[str, str], Verdict]:  # type: ignore[type-arg]
    if not products:
        return {}
    found: dict[tuple[str, str], Verdict] = {}
    for row in match_lots([lot for _, lot in lots], offers_of(products), top=1):
        if row.product is not None and row.verdict is not Verdict.CANNOT:
            found[row.notice, row.lot] = row.verdict
    return found


def apply(
    session: Session, plant: PlantId, rows: str, who: str, person_id: int | None, now: datetime
) -> int:
    """Store a change that was looked at, with what stood there before; gives how many products.

    Raises InputError where the rows are no catalogue any more.
    """
    reading = read_rows("rows.json", rows.encode())
    if reading.faults:
        first = reading.faults[0].said
        raise InputError(first.phrase, **first.values)
    stored = stored_catalogue(session)
    known = {each.code: each for each in stored.products}
    change = preview_change(reading, plant, stored)
    save(session, change, now)
    before: Values = {str(each.code): dump_product(known[each.code]) for each in change.changed}
    record(
        session,
        now,
        who,
        ACTION,
        f"catalogue {plant}",
        person_id=person_id,
        old={**before, **dict.fromkeys(str(each.code) for each in change.new)},
        new={str(each.code): each.name for each in (*change.new, *change.changed)},
    )
    return len(change.new) + len(change.changed)


def preview_change(reading: CatalogueReading, plant: PlantId, stored: Catalogue) -> Change:
    """Compare rows with what is stored of one plant, without asking the matcher."""
    own = next(each for each in stored.plants if each.id == plant)
    products = tuple(replace(each, plant=plant, line=None) for each in reading.catalogue.products)
    return plan(CatalogueReading(Catalogue((own,), products)), stored)


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a plant's catalogue that was made; `id` undoes it, once."""

    id: int
    at: datetime
    who: str
    products: tuple[str, ...]
    undone: bool = False


def edits(session: Session, plant: PlantId) -> list[Edit]:
    """Give the changes of a plant's catalogue, the latest first, those taken back marked."""
    found = happenings(session, f"catalogue {plant}", most=200)
    undone = {each.new.get("undone") for each in found if each.action == UNDONE}
    return [
        Edit(
            each.id,
            each.at,
            each.actor,
            tuple(str(name) for name in each.new.values()),
            undone=each.id in undone,
        )
        for each in found
        if each.action == ACTION
    ][:20]


def undo(
    session: Session, plant: PlantId, edit: int, who: str, person_id: int | None, now: datetime
) -> int:
    """Put back what stood before a change; gives how many products.

    Raises KeyError for none, InputError where it was undone already.
    """
    found = {each.id: each for each in happenings(session, f"catalogue {plant}", most=200)}
    if edit not in found or found[edit].action != ACTION:
        raise KeyError(edit)
    # A second time it would put the same old state over whatever was changed since.
    if any(each.action == UNDONE and each.new.get("undone") == edit for each in found.values()):
        raise InputError("this change was undone already")
    old: Mapping[str, object] = found[edit].old
    before = [load_product(each) for each in old.values() if isinstance(each, str)]
    save_catalogue(session, Catalogue((), tuple(before)), Origin.EDITED, now)
    retire_products(session, [code for code, each in old.items() if each is None], now)
    record(
        session,
        now,
        who,
        UNDONE,
        f"catalogue {plant}",
        person_id=person_id,
        new={"undone": edit},
    )
    return len(old)
