"""The frozen verdicts are those the matcher gives, so that its changes are seen in a diff.

Stages and scores are frozen too, for the reader of the diff; a change of weights alone moves them
everywhere and fails nothing here.
"""

import csv

from service.bench.cases import answer_cases
from service.bench.frozen import FOLDER

TOLD = "run `suranys bench cases --write` and look at the diff\n"


def frozen() -> dict[tuple[str, str], dict[str, str]]:
    """The committed rows by need and product."""
    with (FOLDER / "cases.csv").open(encoding="utf-8", newline="") as file:
        return {(row["need"], row["product"]): row for row in csv.DictReader(file)}


def test_the_frozen_verdicts_are_those_given_today() -> None:
    rows = frozen()
    changed = [
        f"«{now.need}» with {now.product}: frozen {row['verdict']} ({row['stages']}), "
        f"now {now.verdict} ({now.stages})"
        for now in answer_cases()
        if (row := rows.get((now.need, now.product))) is not None and now.verdict != row["verdict"]
    ]
    assert not changed, TOLD + "\n".join(changed)


def test_every_case_is_frozen_and_nothing_else_is() -> None:
    told = {(each.need, each.product) for each in answer_cases()} ^ frozen().keys()
    assert not told, TOLD + "\n".join(f"«{need}» with {product}" for need, product in sorted(told))
