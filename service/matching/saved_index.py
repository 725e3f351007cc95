"""A catalogue's index in a folder: opened by mapping its files, so that a million products are
ready in a fraction of a second and processes share one copy.

`index.json` is written last and says what every file must be; an index that was broken off, built
by another version or of another catalogue is refused in words. The arrays themselves are trusted:
checking them would cost more than building a small index.
"""

import hashlib
import json
import mmap
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, overload

import numpy as np
import orjson
from numpy.typing import NDArray

from catalog.family import Family
from catalog.records import FamilyName, Product, ProductCode
from catalog.rows import UNSTATED
from matcher.indexing import index_of
from matcher.offers import Offers, offer_of, titles_of
from matcher.pairs import Offer
from service.errors import InputError

FORMAT = 1
"""Raised when the files or their meaning change."""
MANIFEST = "index.json"
PRODUCTS = "products.jsonl"
MOST_RESIDENT = 1_150 * 1024 * 1024
"""Bytes of this process in memory above which mapped pages are given back: they are in the files,
but they count as ours, and a small machine would rather have them."""
MOST_KEPT = 50_000
"""Offers that are kept once decoded."""


class IndexRefused(InputError):
    """A folder holds no index that can be used; says what to do."""

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(f"{folder}: {why}; build it with `suranys catalog index`")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index was built of and what it consists of."""

    catalogue: str
    """SHA-256 of the catalogue file."""
    version: str
    """Fingerprint of matcher, catalogue code and families (`matcher_version`)."""
    products: int
    arrays: dict[str, tuple[str, list[int]]]
    """Type and shape by name."""
    families: dict[str, list[int]]
    """The first rows of each family."""
    blob: int
    """Bytes of the products."""
    faults: int = 0
    """Rows of the file that were left out."""


def pack(product: Product) -> bytes:
    """Write a product as one line; a plain name takes no more than code, name and line."""
    if product == Product(product.code, product.name, source=UNSTATED, line=product.line):
        return orjson.dumps([product.code, product.name, product.line]) + b"\n"
    from service.store.codec import dump_product  # noqa: PLC0415 - loads SQLAlchemy

    return dump_product(product).encode() + b"\n"


def unpack(line: bytes) -> Product:
    """Read what `pack` wrote."""
    if line.startswith(b"["):
        code, name, number = orjson.loads(line)
        return Product(ProductCode(code), name, source=UNSTATED, line=number)
    from service.store.codec import load_product  # noqa: PLC0415 - loads SQLAlchemy

    return load_product(line.decode())


class SavedOffers(Sequence[Offer]):
    """The offers of an index, decoded when asked for."""

    def __init__(
        self,
        blob: NDArray[np.uint8],
        ends: NDArray[np.int64],
        families: Mapping[FamilyName, Family],
    ) -> None:
        self._blob, self._ends, self._families = blob, ends, families
        self._kept: dict[int, Offer] = {}

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, row: int) -> Offer: ...
    @overload
    def __getitem__(self, row: slice) -> list[Offer]: ...
    def __getitem__(self, row: int | slice) -> Offer | list[Offer]:
        if isinstance(row, slice):
            return [self[each] for each in range(*row.indices(len(self)))]
        kept = self._kept.get(row)
        if kept is None:
            if not 0 <= row < len(self):
                raise IndexError(row)
            line = self._blob[self._ends[row] : self._ends[row + 1]].tobytes()
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            kept = self._kept[row] = offer_of(row, unpack(line), self._families)
        return kept

    def __iter__(self) -> Iterator[Offer]:
        return (self[row] for row in range(len(self)))


@dataclass(frozen=True, slots=True)
class Opened:
    """An open index. `relieve` gives mapped pages back when there are many: call it at times."""

    offers: Offers
    maps: Sequence[mmap.mmap] = ()

    def relieve(self) -> None:
        """Give the mapped pages back once the process has become large; does nothing where the
        system does not say how large it is."""
        try:
            pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        except (OSError, ValueError):
            return
        if pages * os.sysconf("SC_PAGE_SIZE") > MOST_RESIDENT:
            for each in self.maps:
                each.madvise(mmap.MADV_DONTNEED)


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error


def read_manifest(folder: Path) -> Manifest:
    """Read what an index consists of. Raises `IndexRefused` where there is none to be read."""
    try:
        found: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        if found.pop("format") != FORMAT:
            raise IndexRefused(folder, "the index was built by another version of the program")
        found["arrays"] = {name: (kind, shape) for name, (kind, shape) in found["arrays"].items()}
        return Manifest(**found)
    except OSError:
        raise IndexRefused(folder, "there is no complete index in this folder") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise IndexRefused(folder, f"{MANIFEST} is damaged") from None


def open_index(
    folder: Path,
    families: Mapping[FamilyName, Family],
    version: str,
    catalogue: Path | None = None,
) -> Opened:
    """Open an index. Raises `IndexRefused` when it is incomplete, of another version of the
    matcher or families, or of another catalogue than the file given."""
    manifest = read_manifest(folder)
    if manifest.version != version:
        raise IndexRefused(folder, "matcher or families have changed since the index was built")
    if catalogue is not None and file_hash(catalogue) != manifest.catalogue:
        raise IndexRefused(folder, f"{catalogue.name} is not the catalogue it was built of")
    arrays = {name: _mapped(folder, name, *each) for name, each in manifest.arrays.items()}
    try:
        blob = np.memmap(folder / PRODUCTS, dtype=np.uint8, mode="r")
    except (OSError, ValueError):
        raise IndexRefused(folder, f"{PRODUCTS} is missing or empty") from None
    if len(blob) != manifest.blob or arrays["products_ends"][-1] != manifest.blob:
        raise IndexRefused(folder, f"{PRODUCTS} is not whole")
    offers = Offers(
        offers=SavedOffers(blob, arrays["products_ends"], families),
        families=families,
        titles=titles_of(families),
        of_family={FamilyName(name): tuple(rows) for name, rows in manifest.families.items()},
        index=index_of(arrays),
        plain=arrays["plain"],
        headings=arrays.get("headings"),
    )
    return Opened(offers, [source for each in (*arrays.values(), blob) for source in _map_of(each)])


def _map_of(array: NDArray[Any]) -> Iterator[mmap.mmap]:
    source: object = array.base
    if isinstance(source, mmap.mmap):
        yield source


def _mapped(folder: Path, name: str, kind: str, shape: list[int]) -> NDArray[Any]:
    try:
        mode: Literal["r"] | None = None if 0 in shape else "r"  # an empty file cannot be mapped
        array = np.load(folder / f"{name}.npy", mmap_mode=mode, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        raise IndexRefused(folder, f"{name}.npy is missing or not whole") from None
    if array.dtype.str != kind or list(array.shape) != shape:
        raise IndexRefused(folder, f"{name}.npy is not what {MANIFEST} says")
    found: NDArray[Any] = array
    return found
