"""Rows come in one order, however plain names and judged offers are mixed."""

from hypothesis import given
from hypothesis import strategies as st

from catalog.records import Product, ProductCode
from matcher.pairs import Offer
from matcher.records import Verdict
from matcher.rows import ORDER, Judged, Plain, runs

Entry = tuple[Verdict, float, int]
scores = st.sampled_from([0.0, 0.25, 0.5, 1.0])
known = st.lists(st.tuples(st.sampled_from(list(Verdict)), scores), max_size=6)
names = st.lists(st.tuples(st.sampled_from([Verdict.CHECK, Verdict.CANNOT]), scores), max_size=6)


def order(entry: Entry) -> tuple[int, float, int]:
    return ORDER[entry[0]], -entry[1], entry[2]


@given(known, names, st.permutations(range(12)), st.integers(1, 12))
def test_runs_are_the_sorted_rows(
    known: list[tuple[Verdict, float]],
    names: list[tuple[Verdict, float]],
    rows: list[int],
    top: int,
) -> None:
    judged = [
        Judged(Offer(row, Product(ProductCode(str(row)), "")), score, verdict, ())
        for row, (verdict, score) in zip(rows, known, strict=False)
    ]
    plain = sorted(
        ((verdict, score, row) for row, (verdict, score) in zip(rows[6:], names, strict=False)),
        key=order,
    )
    passed = sum(verdict is Verdict.CHECK for verdict, _, _ in plain)
    scores = [score for _, score, _ in plain]
    steps = [round(score * 10_000) for score in scores]
    listed = Plain([row for _, _, row in plain], scores, steps, passed)
    found: list[Entry] = []
    for verdict, part in runs(judged, listed, top):
        if isinstance(part, Judged):
            found.append((verdict, part.score, part.offer.row))
        else:
            assert part.rows
            found += [(verdict, *each) for each in zip(part.scores, part.rows, strict=True)]
    everything = [(each.verdict, each.score, each.offer.row) for each in judged] + plain
    assert found == sorted(everything, key=order)[:top]
