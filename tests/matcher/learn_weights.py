"""Learn the weights of `matcher.rescoring` from labelled rows beside the project.

    python -m tests.matcher.learn_weights [FOLDER]     (default ../shared/bench)

Rows are parted in two by a hash of the purchase they come from, so that lines of one purchase are
never on both sides. The figures printed are of each half under the weights of the other; the
weights printed last are learned on both and rounded by hand into `matcher.rescoring`.
"""

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from catalog.records import Product, ProductCode
from matcher import rescoring, retrieval
from matcher.matching import query
from matcher.offers import Offers
from matcher.records import LotText

Array = NDArray[np.float64]
SETS = {
    "orders": ("orders_queries.jsonl", "orders_candidates.jsonl"),
    "prosept": ("prosept_queries.jsonl", "prosept_candidates.jsonl"),
    "kpgz": ("kpgz_single.jsonl", "kpgz_candidates.jsonl"),
}
AGREEING = (
    *rescoring.WORDS,
    *(name for name in rescoring.FIGURES if name != "mark_asked"),
    "size_offered",
    "standard_offered",
    "kin",
)
CLASHING = (*rescoring.CLASHES, "heading")
NAMES = (*AGREEING, *CLASHING)
RIDGE = 1e-3


@dataclass(frozen=True, slots=True)
class Rows:
    """Candidates of one set: signals (rows, candidates, names), which are right, and the half."""

    signals: Array
    right: NDArray[np.bool_]
    half: NDArray[np.int64]


def read(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def gather(folder: Path, task: str) -> Rows:
    """Return the signals of the best first looks of every labelled row of a set."""
    asked, offered = SETS[task]
    products = [Product(ProductCode(row["id"]), row["text"]) for row in read(folder / offered)]
    offers = Offers.build(products, {})
    rows = [
        row
        for row in read(folder / asked)
        if not row.get("trivial") and (row.get("gold") or row.get("label"))
    ]
    signals = np.zeros((len(rows), retrieval.CANDIDATES, len(NAMES)))
    right = np.zeros((len(rows), retrieval.CANDIDATES), dtype=np.bool_)
    half = np.array([_half(str(row.get("doc") or row["id"])) for row in rows])
    for number, row in enumerate(rows):
        queries = retrieval.ask(offers.index, [query(LotText("", "", row["text"]), offers)])
        found = retrieval.nearest(offers.index, queries)[0]
        headings = None if offers.headings is None else offers.headings[found]
        by_name = rescoring.signals(retrieval.compare(offers.index, queries, 0, found), headings)
        for place, name in enumerate(NAMES):
            if name in by_name:
                signals[number, : len(found), place] = by_name[name]
        gold = set(row.get("gold") or row["label"])
        right[number, : len(found)] = [products[place].code in gold for place in found]
    return Rows(signals, right, half)


def _half(group: str) -> int:
    return hashlib.sha256(group.encode()).digest()[0] % 2


def learn(sets: Sequence[Rows], without: int | None) -> Array:
    """Return the weights that make the right candidates likeliest, leaving one half out.

    Softmax over the candidates of a row; agreements stay at or above zero, clashes below.
    """
    parts = [
        (each.signals[keep], each.right[keep])
        for each in sets
        for keep in [(each.half != without) & each.right.any(axis=1)]
    ]

    def loss(weights: Array) -> tuple[float, Array]:
        total, slope = RIDGE * float(weights @ weights) / 2, RIDGE * weights
        for signals, right in parts:
            power = signals @ weights
            odds = np.exp(power - power.max(axis=1, keepdims=True))
            chance = odds / odds.sum(axis=1, keepdims=True)
            hit = (chance * right).sum(axis=1)
            total -= float(np.log(hit + 1e-12).mean())
            wanted = chance * right / hit[:, None]
            slope = slope - np.einsum("ij,ijk->k", wanted - chance, signals) / len(signals)
        return total, slope

    bounds = [(0.0, None) if name in AGREEING else (None, 0.0) for name in NAMES]
    start = np.array([1.0 if name in AGREEING else -0.5 for name in NAMES])
    found: Array = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x
    return found


def figures(rows: Rows, weights: Array, half: int) -> tuple[int, int, int]:
    """Return how many rows of a half there are, right at 1, right within 10."""
    keep = rows.half == half
    order = np.argsort(-(rows.signals[keep] @ weights), axis=1, kind="stable")
    right = np.take_along_axis(rows.right[keep], order, axis=1)
    return int(keep.sum()), int(right[:, 0].sum()), int(right[:, :10].any(axis=1).sum())


def main(folder: Path) -> None:
    sets = {task: gather(folder, task) for task in SETS}
    crossed = {half: learn(list(sets.values()), half) for half in (0, 1)}
    for task, rows in sets.items():
        counts = np.sum([figures(rows, crossed[half], half) for half in (0, 1)], axis=0)
        print(f"{task}: {counts[1] / counts[0]:.3f} / {counts[2] / counts[0]:.3f}")  # noqa: T201 - a script
    for name, weight in zip(NAMES, learn(list(sets.values()), None), strict=True):
        print(f"{name}: {weight:.2f}")  # noqa: T201 - a script


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/bench"))
