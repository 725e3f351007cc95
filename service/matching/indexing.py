"""Building a saved index: products are written out as they are read, learned in parts by several
processes, and weighed together part by part, so that none of it is in memory at once."""

import json
import mmap
import tempfile
from array import array
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from catalog.family import Family
from catalog.faults import Fault
from catalog.reading import Reader
from catalog.records import FamilyName, Product
from catalog.rows import COLUMNS
from catalog.tables import read_table
from matcher import hierarchy
from matcher.indexing import Part, together
from matcher.matching import FAMILY_CANDIDATES
from matcher.offers import is_plain, texts
from matcher.retrieval import MOST_COUNTED
from matcher.terms import Floats
from matcher.vocabulary import Learned, learn
from service.errors import InputError
from service.matching.saved_index import (
    FORMAT,
    MANIFEST,
    PRODUCTS,
    Manifest,
    file_hash,
    pack,
    unpack,
)

LEARNED = ("keys", "logs", "often", "terms", "ends")
PART = 20_000
"""Products learned at once: more would take more memory, fewer repeat more words."""


@dataclass(slots=True)
class Listed:
    """What is noted of the products while they are written out."""

    ends: "array[int]" = field(default_factory=lambda: array("q", [0]))
    plain: bytearray = field(default_factory=bytearray)
    families: dict[str, list[int]] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)

    def add(self, product: Product, size: int) -> None:
        """Note one product."""
        row = len(self.plain)
        self.ends.append(self.ends[-1] + size)
        self.plain.append(is_plain(product))
        self.codes.append(product.code)
        if product.family is not None:
            rows = self.families.setdefault(product.family, [])
            if len(rows) < FAMILY_CANDIDATES:
                rows.append(row)


@dataclass(frozen=True, slots=True)
class Built:
    """What was built, and the faulty rows that were left out."""

    products: int
    faults: Sequence[Fault]


def build_index(
    catalogue: Path,
    out: Path,
    families: Mapping[FamilyName, Family],
    version: str,
    *,
    jobs: int = 1,
    part: int = PART,
) -> Built:
    """Build the index of a catalogue file in the folder `out`, replacing an index that is there.

    Raises `InputError` when `out` is something else or cannot be written, `CatalogueError` when
    the file as a whole cannot be used.
    """
    if out.exists() and not (out / MANIFEST).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out} is no index; name a new folder")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as name:
            work = Path(name)
            made = work / "index"
            made.mkdir()
            built = _build(catalogue, work, families, version, jobs, part)
            if out.exists():
                out.rename(work / "old")
            made.rename(out)
    except OSError as error:
        raise InputError(f"cannot write {out}: {error.strerror or error}") from error
    return built


def _build(
    catalogue: Path,
    work: Path,
    families: Mapping[FamilyName, Family],
    version: str,
    jobs: int,
    part: int,
) -> Built:
    digest = file_hash(catalogue)
    reader = Reader(catalogue.name, families)
    products = reader.stream(read_table(catalogue, COLUMNS))
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        listed, learned = _write_out(products, work, pool, part)
        if not listed.plain:
            raise InputError(f"{catalogue.name} holds no good product")
        for each in learned:
            each.result()
    parts, headings = len(learned), None
    if any("." in code for code in listed.codes):
        headings = _learn_tree(work, listed)
        parts = parts if headings is None else 1
    arrays = _Arrays(work / "index")
    arrays.save("products_ends", np.frombuffer(listed.ends, dtype=np.int64))
    arrays.save("plain", np.frombuffer(listed.plain, dtype=np.bool_))
    if headings is not None:
        arrays.save("headings", headings)
    together([_loader(work, number, arrays) for number in range(parts)], arrays.make)
    manifest = Manifest(
        catalogue=digest,
        version=version,
        products=len(listed.plain),
        arrays=arrays.told,
        families=listed.families,
        blob=listed.ends[-1],
        faults=len(reader.faults),
    )
    written = json.dumps({"format": FORMAT, **asdict(manifest)}, ensure_ascii=False, indent=1)
    (work / "index" / MANIFEST).write_text(written + "\n", "utf-8")
    return Built(len(listed.plain), reader.faults)


def _write_out(
    products: Iterable[Product], work: Path, pool: Executor, part: int
) -> tuple[Listed, list[Future[None]]]:
    """Write the products out; hand every part to be learned as soon as it is whole."""
    listed, start = Listed(), 0
    learned: list[Future[None]] = []
    with (work / "index" / PRODUCTS).open("wb") as blob:

        def hand_over() -> None:
            nonlocal start
            blob.flush()
            learned.append(pool.submit(_learn, work, len(learned), start, listed.ends[-1]))
            start = listed.ends[-1]

        for product in products:
            line = pack(product)
            blob.write(line)
            listed.add(product, len(line))
            if len(listed.plain) % part == 0:
                hand_over()
        if start < listed.ends[-1]:
            hand_over()
    return listed, learned


def _learn(work: Path, number: int, start: int, end: int) -> None:
    """Learn the products between two places of the file they were written to."""
    with (work / "index" / PRODUCTS).open("rb") as blob:
        blob.seek(start)
        products = [unpack(line) for line in blob.read(end - start).splitlines()]
    _keep(work, number, learn(texts(products, [()] * len(products))))


def _learn_tree(work: Path, listed: Listed) -> Floats | None:
    """Learn a catalogue of categories in one piece, since the words of its headings stand in every
    text, and return the places in the tree; None where codes only look like a tree."""
    above = hierarchy.above(listed.codes)
    if not any(above):
        return None
    products = [unpack(line) for line in (work / "index" / PRODUCTS).read_bytes().splitlines()]
    _keep(work, 0, learn(texts(products, above)))
    return hierarchy.places(listed.codes, [product.name for product in products], above)


def _keep(work: Path, number: int, learned: Learned) -> None:
    counts = learned.counts
    often = np.minimum(counts.data, MOST_COUNTED).astype(np.uint8)
    ends = counts.indptr.astype(np.int32)
    kept = (learned.keys, learned.logs, often, counts.indices.astype(np.int32), ends)
    for name, values in zip(LEARNED, kept, strict=True):
        np.save(work / f"{number}-{name}.npy", values)


def _loader(work: Path, number: int, arrays: "_Arrays") -> Part:
    """Return what loads a part; whatever was written before leaves memory then."""

    def load() -> Learned:
        arrays.release()
        keys, logs, often, terms, ends = (
            np.load(work / f"{number}-{name}.npy", allow_pickle=False) for name in LEARNED
        )
        shape = (len(ends) - 1, len(keys))
        return Learned(keys, logs, sparse.csr_matrix((often, terms, ends), shape=shape))

    return load


class _Arrays:
    """The arrays of an index, made as files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: dict[str, tuple[str, list[int]]] = {}
        self._mapped: list[mmap.mmap] = []

    def make(self, name: str, shape: tuple[int, ...], kind: type[np.generic]) -> NDArray[Any]:
        """Make an array to be filled, mapped to its file."""
        self.told[name] = (np.dtype(kind).str, list(shape))
        path = self.folder / f"{name}.npy"
        if 0 in shape:  # an empty file cannot be mapped
            np.save(path, np.empty(shape, dtype=kind))
            return np.empty(shape, dtype=kind)
        array = np.lib.format.open_memmap(path, mode="w+", dtype=kind, shape=shape)
        source: object = array.base
        if isinstance(source, mmap.mmap):
            self._mapped.append(source)
        filled: NDArray[Any] = array
        return filled

    def save(self, name: str, values: NDArray[Any]) -> None:
        """Write an array that is there already."""
        self.told[name] = (values.dtype.str, list(values.shape))
        np.save(self.folder / f"{name}.npy", values)

    def release(self) -> None:
        """Let the system take the pages that were written: they are kept by the files."""
        for each in self._mapped:
            each.madvise(mmap.MADV_DONTNEED)
