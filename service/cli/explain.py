"""`suranys explain`: why a notice fits a plant, or the one gate that closed it."""

import json
import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from catalog.family import load_families
from catalog.faults import nearest
from catalog.records import Catalogue, Plant, PlantId
from matcher import explaining
from matcher.answers import row_to_json
from matcher.matching import needs_of
from matcher.offers import Offers
from matcher.records import Row
from scrapers.portals import PORTALS
from scrapers.records import Notice
from service.bidding import may_bid
from service.cli.app import app
from service.cli.collect import holders
from service.cli.options import AsJson, ConfigFile, VarFolder, WhichStore, open_mode
from service.cli.settings import settings_for
from service.digest.cleaning import cut
from service.digest.formats import zone_name
from service.documents.wording import STATES
from service.errors import InputError
from service.matching.explaining import Explained, explained
from service.store.catalogue import stored_catalogue
from service.store.documents import Attached, attached_to
from service.store.finding import Found, find, near
from service.store.health import counts
from service.texts import language

EXAMPLE = """Examples:

\b
  suranys explain 17013627-1                             the best product of each plant
  suranys explain 17013627-1 asia-steel-pipe-1           one product
  suranys explain https://goszakup.gov.kz/ru/announce/index/17013627
"""

LONGEST_LINE = 1_000


@app.command(epilog=EXAMPLE)
def explain(
    notice: Annotated[
        str, typer.Argument(help="Number, id, address, PORTAL/NUMBER or a lot's number.")
    ],
    product: Annotated[
        str | None, typer.Argument(help="Product code; without it the best of each plant.")
    ] = None,
    *,
    mode: WhichStore = "live",
    config: ConfigFile = None,
    var: VarFolder = None,
    as_json: AsJson = False,
) -> None:
    """Say why a stored notice can be supplied or not, lot by lot, with the evidence."""
    # Bytes of another encoding arrive as lone surrogates, which no database takes.
    notice = os.fsencode(notice).decode("utf-8", "replace").strip()
    with open_mode(settings_for(config, var), mode) as store, store.reading() as session:
        found = find(session, notice, _addresses(notice))
        alike = [] if found else near(session, notice)
        held = counts(session).notices
        catalogue = stored_catalogue(session)
        one = found[0].notice if found else None
        files = attached_to(session, one.portal, one.id) if one is not None else ()
    if not found:
        raise InputError(_absent(notice, held, alike))
    if len(found) > 1:
        names = ", ".join(f"{each.notice.portal}/{each.notice.id}" for each in found[:10])
        raise InputError(f"{notice!r} means {len(found)} notices; write one of: {names}")
    offers = Offers.build(catalogue.products, load_families())
    _check(product, catalogue)
    lots = explained(found[0], offers, catalogue.plants, product, attached=files)
    if as_json:
        for lot in lots:
            record = _record(found[0], lot, catalogue.plants)
            sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
        return
    for line in _lines(found[0], lots, offers, catalogue, files):
        # Scraped text could recolour a terminal, turn «820» into «028», or fill pages.
        indent = len(line) - len(line.lstrip(" "))
        sys.stdout.write(f"{' ' * indent}{cut(line, LONGEST_LINE)}\n")


def _addresses(reference: str) -> list[str]:
    """The plain addresses that portals would open for what a person pasted."""
    entries = [entry(reference) for portal in PORTALS.values() if (entry := portal.entry)]
    return [request.url for request in entries if request is not None]


def _absent(reference: str, held: dict[str, int], alike: Sequence[str]) -> str:
    """Say which stored numbers are like it, which portal would hold it, and how to fetch it."""
    offered = f"; did you mean {' or '.join(alike)}?" if alike else ""
    names = holders(reference, list(PORTALS))
    if not names:
        stored = ", ".join(f"{name} {count}" for name, count in held.items()) or "nothing"
        said = f"{reference!r} is not stored, and no portal has such numbers; stored: {stored}"
        return said + offered
    name = names[0]
    return (
        f"{reference!r} was not collected{offered or ';'} {' or '.join(names)} would hold it: "
        f"suranys collect {name} --notice {shlex.quote(reference)}"
    )


def _check(product: str | None, catalogue: Catalogue) -> None:
    """Refuse a code that the catalogue does not hold, with the nearest one."""
    codes = [each.code for each in catalogue.products]
    if not codes:
        raise InputError("the catalogue is empty: suranys catalog import FILE")
    if product is None or product in codes:
        return
    near = nearest(product, codes)
    hint = f"did you mean {near}?" if near else "list them: suranys catalog export FILE"
    raise typer.BadParameter(f"there is no product {product!r}; {hint}")


def _lines(
    found: Found,
    lots: Iterator[Explained],
    offers: Offers,
    catalogue: Catalogue,
    files: Sequence[Attached],
) -> Iterator[str]:
    yield from _heading(found.notice)
    yield from (_file(file) for file in files)
    plants = {plant.id: plant for plant in catalogue.plants}
    products = {product.code: product for product in catalogue.products}
    for lot in lots:
        yield ""
        yield f"Лот {lot.lot.lot}: {lot.lot.title}"
        for need in needs_of(lot.lot, offers):
            yield f"  потребность {need.index}: {explaining.describe(need, offers.titles)}"
        if lot.closed_by is not None:
            yield f"  Никто не подходит; закрыто: {_stage(lot.closed_by)}.{_nearest(lot)}"
        for row in lot.rows:
            code = row.product
            name = products[code].name if code is not None else ""
            plant = _plant_name(plants, row.plant)
            yield f"  {plant}: {name} [{code}]"
            yield from (f"    {line}" for line in explaining.explain_row(row))
            if row.plant in plants:
                yield from (
                    f"    {said}" for said in may_bid(found.notice, plants[row.plant]).said("ru")
                )


def _file(file: Attached) -> str:
    """Say what became of a document."""
    why = f" — {file.reason}" if file.reason else ""
    return f"Документ: {file.title} ({STATES[file.state]}{why})"


def _plant_name(plants: Mapping[PlantId, Plant], id_: PlantId | None) -> str:
    if id_ is None:
        return "завод не назван"
    return plants[id_].name if id_ in plants else id_


def _heading(notice: Notice) -> Sequence[str]:
    number = notice.number or notice.id
    russian = language("ru")
    until = "не указан"
    if notice.period is not None and notice.period.end is not None:
        local = notice.period.end.astimezone(ZoneInfo(notice.period.zone))
        zone = zone_name(local, notice.period.zone, russian)
        until = f"{local:%d.%m.%Y %H:%M} ({zone})"
    sample = "ОБРАЗЕЦ (вымышлено): " if notice.sample else ""
    return (
        f"{sample}{notice.portal} {number}: {notice.title}",
        f"{notice.url}",
        f"Этап: {russian.name('phase', notice.phase.value)}; срок подачи: {until}",
    )


def _stage(stage: str) -> str:
    return explaining.STAGES.get(stage, stage)


def _nearest(lot: Explained) -> str:
    if lot.nearest is None:
        return ""
    return f" Ближе всех: {lot.nearest.product} (близость {lot.nearest.score:.2f})"


def _record(found: Found, lot: Explained, plants: Sequence[Plant]) -> dict[str, object]:
    """One lot as JSON; rows as in `suranys match`, `may_bid` an answer for each plant."""
    rows: Sequence[Row] = lot.rows
    shown = {row.plant for row in rows}
    return {
        "portal": found.notice.portal,
        "notice": found.notice.id,
        "lot": lot.lot.lot,
        "closed_by": lot.closed_by,
        "nearest": None if lot.nearest is None else lot.nearest.product,
        "rows": [row_to_json(row) for row in rows],
        "may_bid": {
            plant.id: _may_bid(found.notice, plant) for plant in plants if plant.id in shown
        },
    }


def _may_bid(notice: Notice, plant: Plant) -> dict[str, str]:
    may = may_bid(notice, plant)
    return {
        "answer": may.answer,
        "because": may.because["ru"],
        "source": may.source,
        "as_of": may.as_of.isoformat(),
        "registration": may.registration.answer,
    }
