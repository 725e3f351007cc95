"""What our matcher's speed is measured against, each as a process of its own:

    python -m service.bench.rivals cdist|tantivy CATALOG.csv NOTICES.jsonl

prints `{"notices", "seconds", "cpu_seconds"}` of the look-up. Starting up, reading the files and
building the index are not counted: a rival is taken at its best, ours from file to file.
"""

import csv
import importlib
import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

from service.bench.figures import BenchError

TOP = 20
WORDS = re.compile(r"\w+")
LookUp = Callable[[], object]
Rival = Callable[[Sequence[str], Sequence[str]], LookUp]
"""From products and notices to what is to be timed."""


def needed(name: str) -> ModuleType:
    """Import a library of development. Raises `BenchError` saying how to get it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise BenchError(
            f"{name} is not installed; it is a library of development: `make check` installs it"
        ) from error


def cdist(products: Sequence[str], notices: Sequence[str]) -> LookUp:
    """Compare every notice with every product by `token_set_ratio`, on one core."""
    from rapidfuzz import fuzz, process, utils  # noqa: PLC0415 - only in the rival's process

    return lambda: process.cdist(
        notices, products, scorer=fuzz.token_set_ratio, processor=utils.default_process, workers=1
    )


def tantivy(products: Sequence[str], notices: Sequence[str]) -> LookUp:
    """Look up the best twenty products of every notice by BM25 over words, nothing else."""
    needed("tantivy")
    import tantivy as engine  # noqa: PLC0415 - a library of development

    schema = engine.SchemaBuilder().add_text_field("name").build()
    index = engine.Index(schema)
    writer = index.writer(num_threads=1)
    for name in products:
        writer.add_document(engine.Document(name=name))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def look_up() -> None:
        for title in notices:
            # Small words alone: signs («:», «"») and AND, OR, NOT are its query language.
            words = " ".join(WORDS.findall(title.lower()))
            if words:
                searcher.search(index.parse_query(words, ["name"]), TOP, count=False)

    return look_up


RIVALS: dict[str, Rival] = {"cdist": cdist, "tantivy": tantivy}


def main(name: str, catalogue: Path, notices: Path) -> None:
    """Time one rival on two files and print what it took."""
    with catalogue.open(encoding="utf-8", newline="") as file:
        products = [row["name"] for row in csv.DictReader(file)]
    with notices.open(encoding="utf-8") as file:
        titles = [json.loads(line)["title"] for line in file]
    look_up = RIVALS[name](products, titles)
    wall, cpu = time.perf_counter(), time.process_time()
    look_up()
    took = {
        "notices": len(titles),
        "seconds": time.perf_counter() - wall,
        "cpu_seconds": time.process_time() - cpu,
    }
    sys.stdout.write(f"{json.dumps(took)}\n")


if __name__ == "__main__":
    try:
        main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    except BenchError as error:
        sys.exit(str(error))
