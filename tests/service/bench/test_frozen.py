"""The frozen verdicts are those the matcher gives, so that its changes are seen in a diff.

Stages and scores are frozen too, for the reader of the diff; a change of weights alone moves them
everywhere and fails nothing here.
"""

from service.bench.cases import answer_cases
from service.bench.frozen import COLUMNS, read_cases


def test_the_frozen_verdicts_are_those_given_today() -> None:
    today = {(each.need, each.product): each for each in answer_cases()}
    changed = [
        f"«{row['need']}» with {row['product']}: frozen {row['verdict']} ({row['stages']}), "
        f"now {now.verdict} ({now.stages})"
        for row in read_cases()
        if (now := today.get((row["need"], row["product"]))) is not None
        and now.verdict != row["verdict"]
    ]
    told = "run `suranys bench cases --write` and look at the diff\n"
    assert not changed, told + "\n".join(changed)


def test_frozen_rows_have_every_column() -> None:
    assert all(tuple(row) == COLUMNS for row in read_cases())
