"""Learn the weights of `matcher.rescoring` from labelled rows beside the project.

    python -m tests.matcher.learn_weights [FOLDER]     (default ../shared/bench)

Rows are parted in two by a hash of the purchase they come from, so that lines of one purchase are
never on both sides. The figures printed first are of each half under the weights of the other,
then of all rows under the weights in force; the weights printed last are learned on both halves
and rounded by hand into `matcher.rescoring`. Goods and categories are learned apart.
"""

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
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
from matcher.stages.relevance import LEAST

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
SETS = {
    "orders": ("orders_queries.jsonl", "orders_candidates.jsonl", rescoring.GOODS),
    "prosept": ("prosept_queries.jsonl", "prosept_candidates.jsonl", rescoring.GOODS),
    "kpgz": ("kpgz_single.jsonl", "kpgz_candidates.jsonl", rescoring.CATEGORIES),
}
UNLEARNT = {"mark_asked"}
"""Codes stand in none of the sets."""
RIDGE = 1e-3


@dataclass(frozen=True, slots=True)
class Rows:
    """Candidates of one set: signals (rows, candidates, names), which are right, which are passed
    by the relevance gate (the others come last whatever their score), the half and the domain."""

    signals: Array
    right: Bools
    passed: Bools
    half: NDArray[np.int64]
    pipes: Bools


def names(weights: Mapping[str, float]) -> list[str]:
    return [name for name in weights if name not in UNLEARNT]


def read(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def labelled(path: Path) -> list[dict[str, Any]]:
    """Return the rows that are scored."""
    rows = read(path)
    return [row for row in rows if not row.get("trivial") and (row.get("gold") or row.get("label"))]


def gather(folder: Path, task: str) -> Rows:
    """Return the signals of the best first looks of every labelled row of a set."""
    asked, offered, weights = SETS[task]
    products = [Product(ProductCode(row["id"]), row["text"]) for row in read(folder / offered)]
    offers = Offers.build(products, {})
    rows = labelled(folder / asked)
    signals = np.zeros((len(rows), retrieval.CANDIDATES, len(names(weights))))
    right = np.zeros((len(rows), retrieval.CANDIDATES), dtype=np.bool_)
    passed = np.zeros_like(right)
    for number, row in enumerate(rows):
        queries = retrieval.ask(offers.index, [query(LotText("", "", row["text"]), offers)])
        # In catalogue order, as `matching` ranks them: equal scores fall to the earlier row.
        found = np.sort(retrieval.nearest(offers.index, queries)[0])
        headings = None if offers.headings is None else offers.headings[found]
        shared = retrieval.compare(offers.index, queries, 0, found)
        by_name = rescoring.signals(shared, names(weights), headings)
        for place, name in enumerate(names(weights)):
            signals[number, : len(found), place] = by_name[name]
        gold = set(row.get("gold") or row["label"])
        right[number, : len(found)] = [products[place].code in gold for place in found]
        passed[number, : len(found)] = rescoring.score(shared, headings)[1] >= LEAST
    half = np.array([_half(str(row.get("doc") or row["id"])) for row in rows])
    pipes = np.array([str(row.get("domain", "")).startswith("pipe") for row in rows])
    return Rows(signals, right, passed, half, pipes)


def _half(group: str) -> int:
    return hashlib.sha256(group.encode()).digest()[0] % 2


def learn(sets: Sequence[Rows], weights: Mapping[str, float], without: int | None) -> Array:
    """Return the weights that make the right candidates likeliest, leaving one half out.

    Softmax over the candidates of a row. Signs are kept as the table has them: agreement must not
    take away, nor a clash add, however the rows of a sample fall.
    """
    parts = [
        (each.signals[keep], each.right[keep] & each.passed[keep], each.passed[keep])
        for each in sets
        for keep in [(each.half != without) & (each.right & each.passed).any(axis=1)]
    ]

    def loss(learnt: Array) -> tuple[float, Array]:
        total, slope = RIDGE * float(learnt @ learnt) / 2, RIDGE * learnt
        for signals, right, passed in parts:
            power = np.where(passed, signals @ learnt, -1e9)
            odds = np.exp(power - power.max(axis=1, keepdims=True))
            chance = odds / odds.sum(axis=1, keepdims=True)
            hit = (chance * right).sum(axis=1)
            total -= float(np.log(hit + 1e-12).mean())
            wanted = chance * right / (hit[:, None] + 1e-12)
            slope = slope - np.einsum("ij,ijk->k", wanted - chance, signals) / len(signals)
        return total, slope

    listed = names(weights)
    bounds = [(0.0, None) if weights[name] > 0 else (None, 0.0) for name in listed]
    start = np.array([0.5 if weights[name] > 0 else -0.5 for name in listed])
    found: Array = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x
    return found


def hits(rows: Rows, weights: Array, keep: Bools) -> NDArray[np.int64]:
    """Return of the rows kept how many there are, right at 1, right within 10."""
    power = rows.signals[keep] @ weights - 1e6 * ~rows.passed[keep]
    right = np.take_along_axis(rows.right[keep], np.argsort(-power, axis=1, kind="stable"), axis=1)
    return np.array([keep.sum(), right[:, 0].sum(), right[:, :10].any(axis=1).sum()])


def report(tasks: Mapping[str, Rows], weights: Mapping[str, float]) -> None:
    """Learn the table of some sets and print its figures and the weights."""
    sets = list(tasks.values())
    crossed = {half: learn(sets, weights, half) for half in (0, 1)}
    both = learn(sets, weights, None)
    now = np.array([weights[name] for name in names(weights)])
    for task, rows in tasks.items():
        all_rows = np.ones(len(rows.half), dtype=np.bool_)
        for title, among in (("", all_rows), (" (pipes)", rows.pipes)):
            if among.any():
                parts = [hits(rows, crossed[half], among & (rows.half == half)) for half in (0, 1)]
                shown = {
                    "crossed": np.sum(parts, axis=0),
                    "half 1 of half 0": parts[1],
                    "learned on all": hits(rows, both, among),
                    "in force": hits(rows, now, among),
                }
                said = [f"{key} {n[1] / n[0]:.3f} / {n[2] / n[0]:.3f}" for key, n in shown.items()]
                print(f"{task}{title}: {'; '.join(said)}")  # noqa: T201 - a script
    for name, weight in zip(names(weights), both, strict=True):
        print(f"    {name}: {weight:.2f}")  # noqa: T201 - a script


def main(folder: Path) -> None:
    gathered = {task: gather(folder, task) for task in SETS}
    for weights in (rescoring.GOODS, rescoring.CATEGORIES):
        tasks = {task: rows for task, rows in gathered.items() if SETS[task][2] is weights}
        report(tasks, weights)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/bench"))
