"""The part of `suranys catalog` that works on the database."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from catalog.faults import nearest
from catalog.reading import CatalogueReading
from catalog.records import Catalogue, Plant, Product
from catalog.writing import write_catalogue
from service.cli.options import open_mode
from service.cli.settings import settings_for
from service.clock import SystemClock
from service.config import Config
from service.errors import InputError
from service.importing import Change, bundled, plan, save, write_undo
from service.importing import undo as take_back
from service.places import Mode, places
from service.store import Store, open_store
from service.store.catalogue import (
    Difference,
    catalogue_differences,
    fill_empty,
    save_catalogue,
    stored_catalogue,
)
from service.store.codec import dump_plant, dump_product
from service.store.engine import sqlite_path
from service.store.tables.naming import Origin

_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Told:
    """What a command has to say, for people and for programs."""

    lines: tuple[str, ...]
    record: dict[str, object]


@dataclass(frozen=True, slots=True)
class Review:
    """The differences offered, for people and for programs."""

    lines: tuple[str, ...]
    records: tuple[dict[str, object], ...]


def import_file(
    reading: CatalogueReading,
    config: Path | None,
    var: Path | None,
    mode: Mode,
    *,
    dry_run: bool,
    skip_bad: bool,
) -> Told:
    """Import the good rows. Raises InputError, with nothing stored, when a code is taken and bad
    rows are not to be skipped."""
    settings = settings_for(config, var)
    path = sqlite_path(places(settings, mode).database_url)
    if dry_run:
        return _tell(_planned(settings, mode, reading, skip_bad=skip_bad), None, dry_run=True)
    now = SystemClock().now()
    if path is not None:
        _make(path.parent)
    with open_store(places(settings, mode).database_url) as store:
        with store.writing() as session:
            fill_empty(session, bundled(settings, mode), now)
            stored = stored_catalogue(session)
            change = plan(reading, stored)
            _refuse_taken(change, skip_bad=skip_bad)
            if not change.new and not change.changed:
                return _tell(change, None, dry_run=False)
            folder = path.parent if path is not None else settings.folder / settings.paths.var
            file = folder / f"catalogue-undo-{now:%Y-%m-%dT%H%M%S%fZ}.json"
            write_undo(change, stored, file)
            save(session, change, now)
        return _tell(change, file, dry_run=False)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make {folder}: {error.strerror}") from error


def _planned(settings: Config, mode: Mode, reading: CatalogueReading, *, skip_bad: bool) -> Change:
    """What an import would change; without a database, what it would be filled with counts."""
    path = sqlite_path(places(settings, mode).database_url)
    if path is not None and not path.exists():
        stored = bundled(settings, mode)
    else:
        with open_mode(settings, mode) as store:
            stored = _stored(store)
    change = plan(reading, stored)
    _refuse_taken(change, skip_bad=skip_bad)
    return change


def _stored(store: Store) -> Catalogue:
    with store.reading() as session:
        return stored_catalogue(session)


def _refuse_taken(change: Change, *, skip_bad: bool) -> None:
    if not change.taken or skip_bad:
        return
    product, plant = change.taken[0]
    more = f" (and {len(change.taken) - 1} more)" if len(change.taken) > 1 else ""
    raise InputError(
        f"code {product.code!r} (line {product.line}) is a product of {plant}{more}; name that "
        "plant in the file or give it another code; nothing was imported"
    )


def _tell(change: Change, undo: Path | None, *, dry_run: bool) -> Told:
    counts = {name: len(getattr(change, name)) for name in ("new", "changed", "same")}
    homeless = sum(product.plant is None for product in (*change.new, *change.changed))
    record: dict[str, object] = {
        **{
            name: [product.code for product in getattr(change, name)]
            for name in ("new", "changed", "same")
        },
        "taken": [product.code for product, _ in change.taken],
        "without_plant": homeless,
        "dry_run": dry_run,
        "undo": str(undo) if undo is not None else None,
    }
    return Told(tuple(_lines(change, counts, homeless, undo, dry_run=dry_run)), record)


def _lines(
    change: Change, counts: dict[str, int], homeless: int, undo: Path | None, *, dry_run: bool
) -> Iterator[str]:
    for word, products in (("new", change.new), ("changed", change.changed)):
        for product in products[:_MOST_SHOWN]:
            yield f"  {word:<8} {product.code}  {product.name[:70]}"
        if len(products) > _MOST_SHOWN:
            yield f"  {word:<8} … and {len(products) - _MOST_SHOWN} more"
    for product, plant in change.taken[:_MOST_SHOWN]:
        yield f"  skipped  {product.code}  is a product of {plant}"
    said = ", ".join(f"{count} {word}" for word, count in counts.items())
    yield f"{'would import' if dry_run else 'imported'}: {said}"
    if homeless:
        yield f"{homeless} products name no plant: they are matched, but are nobody's leads"
    if undo is not None:
        yield f"to take it back: suranys catalog undo {undo}"
        yield "next: suranys match"


def undo_import(file: Path, config: Path | None, var: Path | None, mode: Mode) -> str:
    """Take an import back, and say so."""
    settings = settings_for(config, var)
    with open_mode(settings, mode, write=True) as store, store.writing() as session:
        restored, retired = take_back(session, file, SystemClock().now())
    return f"{restored} products are as before, {len(retired)} are no longer offered\n"


def export_file(
    file: Path, config: Path | None, var: Path | None, mode: Mode, *, force: bool
) -> str:
    """Export the stored catalogue. Raises InputError rather than replace a file unasked."""
    if file.exists() and not force:
        raise InputError(f"{file} is already there; --force replaces it")
    with open_mode(settings_for(config, var), mode) as store:
        stored = _stored(store)
    write_catalogue(stored, file)
    return f"{file}: {len(stored.products)} products of {len(stored.plants)} plants\n"


def offered(settings: Config, mode: Mode, stored: Catalogue) -> list[Difference]:
    """What the bundle says otherwise than the store. What only the store has is its owner's."""
    found = catalogue_differences(bundled(settings, mode), stored)
    return [each for each in found if each.bundled is not None]


def review_store(config: Path | None, var: Path | None, mode: Mode) -> Review:
    """List what the bundle offers."""
    settings = settings_for(config, var)
    with open_mode(settings, mode) as store:
        found = offered(settings, mode, _stored(store))
    lines = [line for each in found for line in _shown(each)]
    lines.append(
        "apply one with: suranys catalog review --apply CODE"
        if found
        else "the stored catalogue is as bundled"
    )
    records = [
        {
            "kind": each.kind,
            "code": each.code,
            "stored": each.stored is not None,
            "fields": [
                {"field": field, "stored": old, "bundled": new} for field, old, new in fields(each)
            ],
        }
        for each in found
    ]
    return Review(tuple(lines), tuple(records))


def _shown(each: Difference) -> Iterator[str]:
    yield f"{each.kind} {each.code}{'' if each.stored is not None else ': not stored'}"
    if each.stored is not None:
        for field, old, new in fields(each):
            yield f"  {field}: {_short(old)} -> {_short(new)}"


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else text[:99] + "…"


def fields(each: Difference) -> list[tuple[str, object, object]]:
    """The fields that differ, stored and bundled."""
    old, new = _values(each.stored), _values(each.bundled)
    return [
        (name, old.get(name), new.get(name))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]


def _values(record: Plant | Product | None) -> dict[str, object]:
    if record is None:
        return {}
    text = dump_plant(record) if isinstance(record, Plant) else dump_product(record)
    values: dict[str, object] = json.loads(text)
    return values


def apply_review(codes: Sequence[str], config: Path | None, var: Path | None, mode: Mode) -> str:
    """Store these plants and products as bundled. A code that does not differ is wrong use."""
    settings = settings_for(config, var)
    with open_mode(settings, mode, write=True) as store, store.writing() as session:
        stored = stored_catalogue(session)
        found = {each.code: each.bundled for each in offered(settings, mode, stored)}
        for code in codes:
            if code not in found:
                near = nearest(code, found)
                hint = f"; did you mean {near}?" if near else ""
                raise typer.BadParameter(f"{code!r} does not differ from the bundle{hint}")
        chosen = [found[code] for code in dict.fromkeys(codes)]
        products = tuple(each for each in chosen if isinstance(each, Product))
        plants = [each for each in chosen if isinstance(each, Plant)]
        # A product whose plant was never stored brings it along.
        there = {plant.id for plant in (*stored.plants, *plants)}
        needed = {product.plant for product in products} - there
        plants += [one for one in bundled(settings, mode).plants if one.id in needed]
        catalogue = Catalogue(tuple(plants), products)
        save_catalogue(session, catalogue, Origin.BUNDLED, SystemClock().now())
    return f"{len(chosen)} taken as bundled; next: suranys match\n"
