"""Compare engines of the first look on the labelled rows beside the project.

    python -m tests.matcher.compare_retrieval [FOLDER]     (default ../shared/bench)

Prints, for each set and engine, the part of rows whose right entry is among the first fifty, and
look-ups a second: ours from texts to rows (tokens, terms, batches of 64), bm25s and tantivy at
their best (texts cut into words beforehand, one look-up after the other or in one call).
"""

import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import bm25s
import numpy as np
import tantivy

from catalog.records import Product, ProductCode
from catalog.words import stems
from matcher import retrieval
from matcher.matching import BATCH, query
from matcher.offers import Offers
from matcher.records import LotText
from tests.matcher.learn_weights import SETS, labelled, read

DEPTH = 50
Found = list[list[int]]
Engine = Callable[[Sequence[str], Sequence[str], Sequence[str]], tuple[Found, float]]
"""From codes and names of products and from texts to the rows found and the seconds it took."""


def ours(codes: Sequence[str], names: Sequence[str], texts: Sequence[str]) -> tuple[Found, float]:
    """Look up by sparse TF-IDF over stems, letters and n-grams."""
    products = [Product(ProductCode(c), n) for c, n in zip(codes, names, strict=True)]
    offers = Offers.build(products, {})
    start = time.process_time()
    found: Found = []
    for place in range(0, len(texts), BATCH):
        asked = [query(LotText("", "", text), offers) for text in texts[place : place + BATCH]]
        rows = retrieval.nearest(offers.index, retrieval.ask(offers.index, asked), DEPTH)
        found += [each.tolist() for each in rows]
    return found, time.process_time() - start


def cut(texts: Sequence[str], *, stemmed: bool) -> list[list[str]]:
    """Return the words of each text, as written or as stems."""
    return [list(stems(t)) if stemmed else re.findall(r"\w+", t.casefold()) for t in texts]


def bm25_of(*, stemmed: bool) -> Engine:
    """Return bm25s over words or over our stems."""

    def run(
        codes: Sequence[str], names: Sequence[str], texts: Sequence[str]
    ) -> tuple[Found, float]:
        engine = bm25s.BM25()
        engine.index(cut(names, stemmed=stemmed), show_progress=False)
        asked = [words or [""] for words in cut(texts, stemmed=stemmed)]
        start = time.process_time()
        rows, scores = engine.retrieve(asked, k=DEPTH, show_progress=False)
        seconds = time.process_time() - start
        kept = zip(rows.tolist(), scores.tolist(), strict=True)
        return [[r for r, s in zip(*pair, strict=True) if s > 0] for pair in kept], seconds

    return run


def tantivy_of(*, stemmed: bool) -> Engine:
    """Return tantivy over words or over our stems."""

    def run(
        codes: Sequence[str], names: Sequence[str], texts: Sequence[str]
    ) -> tuple[Found, float]:
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("name")
        schema.add_integer_field("row", stored=True)
        index = tantivy.Index(schema.build())
        writer = index.writer(num_threads=1)
        for row, words in enumerate(cut(names, stemmed=stemmed)):
            writer.add_document(tantivy.Document(name=" ".join(words), row=row))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        searcher = index.searcher()
        asked = [" ".join(re.findall(r"\w+", " ".join(w))) for w in cut(texts, stemmed=stemmed)]
        start = time.process_time()
        hits = [
            searcher.search(index.parse_query(words, ["name"]), DEPTH).hits if words else []
            for words in asked
        ]
        seconds = time.process_time() - start
        return [[searcher.doc(place)["row"][0] for _, place in each] for each in hits], seconds

    return run


ENGINES: dict[str, Engine] = {
    "ours": ours,
    "bm25s, words": bm25_of(stemmed=False),
    "bm25s, stems": bm25_of(stemmed=True),
    "tantivy, words": tantivy_of(stemmed=False),
    "tantivy, stems": tantivy_of(stemmed=True),
}


def main(folder: Path) -> None:
    for task, (asked, offered, _) in SETS.items():
        candidates = list(read(folder / offered))
        codes = [row["id"] for row in candidates]
        rows = labelled(folder / asked)
        for name, engine in ENGINES.items():
            found, seconds = engine(
                codes, [row["text"] for row in candidates], [row["text"] for row in rows]
            )
            hits = [
                not set(row.get("gold") or row["label"]).isdisjoint(
                    codes[place] for place in places
                )
                for row, places in zip(rows, found, strict=True)
            ]
            print(f"{task}, {name}: {np.mean(hits):.3f}, {len(rows) / seconds:,.0f} a second")  # noqa: T201 - a script


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/bench"))
