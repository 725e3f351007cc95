"""From a file of notices to a file of answers, beside a bare look-up of the same texts."""

import csv
import json
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from catalog.family import load_families
from service.bench.children import Took, run, suranys
from service.bench.figures import Figure, Report
from service.bench.labelled import Labelled
from service.bench.quality import TOP, Step
from service.bench.texts import need_text, product_name, write_catalogue, write_notices
from service.matching.fingerprint import matcher_version
from service.matching.saved_index import open_index

NOTICES, PRODUCTS = 6_500, 10_000
CDIST_NOTICES = 260
"""Notices `cdist` is timed on: its cost is the same for each, and 6,500 would take minutes."""
TIMES_CDIST = 30.0
SHARE_OF_TANTIVY = 0.45
"""Set for a catalogue of 1,000,000 products."""
GROWTH = (1_000, 10_000, 100_000)
LARGE = 1_000_000
GROWTH_NOTICES = 300
TWO_CORES = 1.7
PEAK_MB = 1_500.0
INDEX_SECONDS = 120.0
OPEN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Files:
    """A catalogue and a notices file, and how many lines each has."""

    folder: Path
    products: int
    notices: int
    top: int = TOP

    @property
    def catalogue(self) -> Path:
        return self.folder / f"catalog-{self.products}.csv"

    @property
    def titles(self) -> Path:
        return self.folder / f"notices-{self.notices}-{self.products}.jsonl"

    @property
    def index(self) -> Path:
        return self.folder / f"catalog-{self.products}.index"

    def build_index(self) -> Took:
        """Index the catalogue on every core."""
        return suranys("catalog", "index", self.catalogue, "--out", self.index)

    def match(self, cores: int = 1, *, indexed: bool = False) -> Took:
        """Run our public command from file to file, with the settings of the quality bench."""
        source = ("--index", self.index) if indexed else ("--catalog", self.catalogue)
        files = (*source, "--notices", self.titles)
        out = self.folder / "answers.jsonl"
        return suranys("match", *files, "--top", str(self.top), "--out", out, cores=cores)

    def rival(self, name: str) -> dict[str, float]:
        """Run a rival on the same files and one core."""
        module = (sys.executable, "-m", "service.bench.rivals")
        took = run([*module, name, self.catalogue, self.titles], cores=1)
        found: dict[str, float] = json.loads(took.out)
        return found


def write_files(
    folder: Path,
    products: int,
    notices: int,
    real: tuple[Iterable[str], Iterable[str]] = ((), ()),
    *,
    top: int = TOP,
) -> Files:
    """Write both files: real texts first, made-up ones up to the number wanted."""
    files = Files(folder, products, notices, top)
    names = chain(real[0], map(product_name, range(products)))
    write_catalogue(files.catalogue, islice(names, products))
    needs = (need_text(number, products) for number in range(notices))
    write_notices(files.titles, islice(chain(real[1], needs), notices))
    return files


def real_texts(data: Path, folder: Path) -> tuple[list[str], list[str]]:
    """Return the names and requests of `orders`, or nothing where the sets are absent."""
    if not (data / "bench.py").is_file():
        return [], []
    Labelled(data).prepare("orders", folder / "orders")
    with (folder / "orders" / "catalog.csv").open(encoding="utf-8", newline="") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    with (folder / "orders" / "notices.jsonl").open(encoding="utf-8") as file:
        return names, [json.loads(line)["title"] for line in file]


def speed(
    data: Path,
    step: Step,
    *,
    notices: int = NOTICES,
    products: int = PRODUCTS,
    large: bool = False,
    top: int = TOP,
) -> Report:
    """Measure our rate beside the rivals' and its growth with the catalogue."""
    sizes = [size for size in (*GROWTH, *((LARGE,) if large else ())) if size <= most(products)]
    total = len(sizes) + 1
    with TemporaryDirectory(prefix="suranys-speed-") as name:
        folder = Path(name)
        real = real_texts(data, folder)
        step("beside rivals", 0, total)
        figures = beside_rivals(write_files(folder, products, notices, real, top=top), folder)
        for done, size in enumerate(sizes, 1):
            step(f"{size} products", done, total)
            figures += growth(folder, size, rivalled=size == LARGE, top=top)
    texts = f"{len(real[0])} names and {len(real[1])} requests of orders, the rest made up"
    notes = (
        f"{notices} notices × {products} products from file to file, --top {top}, evidence on, one "
        "core, start of the interpreter, reading the catalogue and building the index included",
        f"texts: {texts if real[0] else 'made up (the labelled sets are absent)'}",
        f"cdist was timed on {min(notices, CDIST_NOTICES)} of the notices, rivals without start",
    )
    return Report("speed", "Speed of matching", tuple(figures), notes)


def most(products: int) -> int:
    """The largest catalogue of the growth: all of them on a bench of the full size."""
    return LARGE if products >= PRODUCTS else products


def beside_rivals(files: Files, folder: Path) -> list[Figure]:
    """Measure one core beside cdist and tantivy, then two cores."""
    took = files.match()
    few = Files(folder, files.products, min(files.notices, CDIST_NOTICES))
    lines = files.titles.read_text(encoding="utf-8").splitlines(keepends=True)
    # Spread over the file, so that real and made-up texts have their share.
    few.titles.write_text("".join(lines[:: len(lines) // few.notices][: few.notices]), "utf-8")
    slow, fast = few.rival("cdist"), files.rival("tantivy")
    figures: list[Figure] = []
    for kind, key, mine in (
        ("", "seconds", took.seconds),
        (", by processor time", "cpu_seconds", took.cpu_seconds),
    ):
        rates = {
            "cdist": slow["notices"] / slow[key],
            "tantivy": fast["notices"] / fast[key],
        }
        ours = files.notices / mine
        figures += [
            Figure(f"match, one core{kind}", ours, "notices/s", beside=rates),
            Figure(f"ours to cdist{kind}", ours / rates["cdist"], "×", must=TIMES_CDIST),
            Figure(f"ours to tantivy's bare look-up{kind}", ours / rates["tantivy"], "×"),
        ]
    figures.append(Figure("peak memory", took.peak_mb, "MB", must=PEAK_MB, at_most=True))
    files.build_index()
    rate = files.notices / files.match(indexed=True).cpu_seconds
    figures += [
        Figure("match with a saved index, by processor time", rate, "notices/s"),
        Figure(
            "the same to cdist", rate * slow["cpu_seconds"] / slow["notices"], "×", must=TIMES_CDIST
        ),
    ]
    if len(os.sched_getaffinity(0)) > 1:
        ratio = took.seconds / files.match(cores=2).seconds
        figures.append(Figure("two cores to one", ratio, "×", must=TWO_CORES))
    return figures


def growth(folder: Path, size: int, *, rivalled: bool, top: int = TOP) -> list[Figure]:
    """Measure what a catalogue of `size` costs once, saved as an index, and for each notice."""
    # Enough notices that their time stands out of the start of the interpreter.
    notices = max(GROWTH_NOTICES, size // 50)
    few = write_files(folder, size, notices // 10, top=top)
    many = write_files(folder, size, notices, top=top)
    built = many.build_index()
    start = time.perf_counter()
    open_index(many.index, load_families(), matcher_version())
    opened = time.perf_counter() - start
    short, long = few.match(indexed=True), many.match(indexed=True)
    each = max(long.cpu_seconds - short.cpu_seconds, 1e-9) / (many.notices - few.notices)
    disk = sum(file.stat().st_size for file in many.index.iterdir()) / 1e6
    peak = max(built.peak_mb, long.peak_mb)
    figures = [
        Figure(f"{size} products, each notice", 1_000 * each, "ms"),
        Figure(
            f"{size} products, index built", built.seconds, "s", must=INDEX_SECONDS, at_most=True
        ),
        Figure(f"{size} products, processor time of it", built.cpu_seconds, "s"),
        Figure(f"{size} products, index on disk", disk, "MB"),
        Figure(f"{size} products, index opened", opened, "s", must=OPEN_SECONDS, at_most=True),
        Figure(f"{size} products, peak memory", peak, "MB", must=PEAK_MB, at_most=True),
    ]
    if rivalled:
        fast = many.rival("tantivy")
        share = 1 / each / (fast["notices"] / fast["cpu_seconds"])
        figures.append(
            Figure(f"{size} products, ours to tantivy", share, "×", must=SHARE_OF_TANTIVY)
        )
    return figures
