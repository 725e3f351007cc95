"""Our own cases, `tests/matcher/cases.csv`: every verdict was decided by a person beforehand."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from catalog.family import load_families
from catalog.reading import read_catalogue
from matcher.matching import candidate
from matcher.offers import Offers
from matcher.records import LotText, Verdict
from service.bench.figures import ROOT, BenchError, Figure, Report

FOLDER = ROOT / "tests" / "matcher"


@dataclass(frozen=True, slots=True)
class Answered:
    """A case with the verdict given. `stages` are those that gave it; `score` is rounded."""

    need: str
    product: str
    group: str
    decided: str
    verdict: str
    stages: str
    score: str

    @property
    def right(self) -> bool:
        return self.decided == self.verdict


def answer_cases(folder: Path = FOLDER) -> list[Answered]:
    """Match every case of `cases.csv` with its product of `products.csv`."""
    products = read_catalogue(folder / "products.csv").catalogue.products
    offers = Offers.build(products, load_families())
    places = {str(product.code): row for row, product in enumerate(products)}
    try:
        with (folder / "cases.csv").open(encoding="utf-8", newline="") as file:
            return [_answer(case, offers, places[case["product"]]) for case in csv.DictReader(file)]
    except OSError as error:
        raise BenchError(f"cannot read our cases in {folder}: {error.strerror}") from error
    except KeyError as error:
        raise BenchError(f"cases.csv: there is no product or column {error}") from error


def _answer(case: dict[str, str], offers: Offers, place: int) -> Answered:
    row = candidate(LotText("case", "1", case["need"]), offers, place)
    deciding = () if row.verdict is Verdict.CAN else (row.verdict,)
    stages = dict.fromkeys(each.stage for each in row.evidence if each.verdict in deciding)
    return Answered(
        need=case["need"],
        product=case["product"],
        group=case["group"],
        decided=case["verdict"],
        verdict=row.verdict.value,
        stages=" ".join(stages),
        score=f"{row.score:.2f}",
    )


def report(answered: Iterable[Answered]) -> Report:
    """Count right verdicts, in all and for each group."""
    cases = tuple(answered)
    groups = sorted({each.group for each in cases})
    figures = [_share("all cases", cases)]
    figures += [_share(group, [e for e in cases if e.group == group]) for group in groups]
    wrong = [each for each in cases if not each.right]
    notes = [f"{len(cases) - len(wrong)} of {len(cases)} verdicts are right (at least 300 wanted)"]
    notes += [
        f"wrong: «{each.need}» with {each.product}: {each.verdict} ({each.stages}), "
        f"decided {each.decided}"
        for each in wrong
    ]
    return Report("cases", "Our own cases: share of right verdicts", tuple(figures), tuple(notes))


def _share(name: str, cases: Iterable[Answered]) -> Figure:
    listed = tuple(cases)
    right = sum(each.right for each in listed)
    share = right / len(listed) if listed else 0.0
    return Figure(f"{name} ({right}/{len(listed)})", share, must=1.0)
