"""Taking a catalogue file into the store: what it would change, the change, and the way back.

A plant in a file is a name; here it becomes the stored plant of that id, name or BIN, so that
importing a list of products never wipes what is known of the plant.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlmodel import Session

from catalog.reading import CatalogueReading
from catalog.records import Catalogue, Plant, PlantId, Product
from catalog.writing import write_whole
from catalog.zone import load_zone
from service.config import Config
from service.errors import InputError
from service.places import Mode
from service.store.catalogue import retire_products, save_catalogue
from service.store.codec import dump_plant, dump_product, load_plant, load_product
from service.store.tables.naming import Origin

_KIND = "suranys catalogue undo 1"


@dataclass(frozen=True, slots=True)
class Change:
    """What an import does. `plants` are new or get a BIN; `taken` are rows whose code belongs to
    another plant's product, which are refused."""

    new: tuple[Product, ...]
    changed: tuple[Product, ...]
    same: tuple[Product, ...]
    plants: tuple[Plant, ...]
    taken: tuple[tuple[Product, PlantId | None], ...] = ()

    @property
    def catalogue(self) -> Catalogue:
        """What is to be stored; what is the same is left alone."""
        return Catalogue(self.plants, (*self.new, *self.changed))


def bundled(config: Config, mode: Mode) -> Catalogue:
    """The catalogue that a mode's empty database is filled with."""
    zone = load_zone(config.zone.name)
    if mode != "sample":
        return zone
    made_up = load_zone("sample")
    return Catalogue(zone.plants + made_up.plants, zone.products + made_up.products)


def plan(reading: CatalogueReading, stored: Catalogue) -> Change:
    """Compare the good rows of a file with what is stored. Raises InputError on a plant whose BIN
    is another in the store."""
    known = {plant.id: plant for plant in stored.plants}
    settled = {plant.id: _settle(plant, stored.plants) for plant in reading.catalogue.plants}
    before = {product.code: product for product in stored.products}
    new, changed, same = list[Product](), list[Product](), list[Product]()
    taken: list[tuple[Product, PlantId | None]] = []
    for read in reading.catalogue.products:
        product = replace(read, plant=settled[read.plant].id) if read.plant else read
        old = before.get(product.code)
        if old is None:
            new.append(product)
        elif old.plant not in (None, product.plant):
            taken.append((product, old.plant))
        elif replace(old, line=None) == replace(product, line=None):
            same.append(product)
        else:
            changed.append(product)
    named = {product.plant for product in (*new, *changed)}
    plants = [
        plant
        for plant in {each.id: each for each in settled.values()}.values()
        if plant != known.get(plant.id) or plant.id in named
    ]
    return Change(tuple(new), tuple(changed), tuple(same), tuple(plants), tuple(taken))


def _settle(plant: Plant, stored: Iterable[Plant]) -> Plant:
    """Find the stored plant that a file means, filled up with the BIN that the file gives."""
    meant = next((one for one in stored if _is_same(plant, one)), None)
    if meant is None:
        return plant
    if plant.bin and meant.bin and plant.bin != meant.bin:
        raise InputError(
            f"plant {plant.name!r} has BIN {plant.bin} in the file and {meant.bin} in the store; "
            "write the right one"
        )
    return replace(meant, bin=meant.bin or plant.bin)


def _is_same(plant: Plant, stored: Plant) -> bool:
    name = plant.name.casefold()
    by_bin = plant.bin is not None and plant.bin == stored.bin
    return name in {stored.id.casefold(), stored.name.casefold()} or by_bin


def save(session: Session, change: Change, now: datetime) -> None:
    """Store a change, the whole of it."""
    save_catalogue(session, change.catalogue, Origin.EDITED, now)


def write_undo(change: Change, stored: Catalogue, path: Path) -> None:
    """Write the state before a change, exactly, to a file that `undo` takes back.

    Raises InputError when it cannot be written; then nothing may be imported.
    """
    touched = {product.code for product in change.changed}
    plants = {plant.id for plant in change.plants}
    state = {
        "kind": _KIND,
        "plants": [dump_plant(one) for one in stored.plants if one.id in plants],
        "products": [dump_product(one) for one in stored.products if one.code in touched],
        "retire": [product.code for product in change.new],
    }
    text = json.dumps(state, ensure_ascii=False, indent=1).encode()

    def write(file: IO[bytes]) -> None:
        file.write(text)

    try:
        write_whole(path, write)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}; nothing was imported") from error


def undo(session: Session, path: Path, now: datetime) -> tuple[int, Sequence[str]]:
    """Take an import back: give how many products are as before, and the codes taken out again.

    Raises InputError for a file that `write_undo` did not write.
    """
    try:
        state = json.loads(path.read_bytes())
        ours = state["kind"] == _KIND
        before = Catalogue(
            tuple(load_plant(each) for each in state["plants"]),
            tuple(load_product(each) for each in state["products"]),
        )
        retired = [str(code) for code in state["retire"]]
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InputError(f"{path} was not written by `suranys catalog import`") from error
    if not ours:
        raise InputError(f"{path} is of another version of Suranys")
    save_catalogue(session, before, Origin.EDITED, now)
    retire_products(session, retired, now)
    return len(before.products), retired
