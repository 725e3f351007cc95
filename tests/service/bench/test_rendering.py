"""How figures are shown."""

import json
from pathlib import Path

import pytest

from service.bench.figures import BenchError, Figure, Report
from service.bench.rendering import as_json, as_text, number, write_docs


def made(value: float) -> Report:
    figures = (
        Figure("orders P@1", value, beside={"bm25": 0.49}, must=0.66, aim=0.75),
        Figure("time", 12.5, "s", must=10, at_most=True),
    )
    return Report("quality", "Quality", figures, ("measured here",))


@pytest.mark.parametrize(
    ("value", "mark"), [(0.5, "MISSED"), (0.66, "ok"), (0.7, "ok"), (0.75, "aim")]
)
def test_a_figure_is_held_against_its_bounds(value: float, mark: str) -> None:
    assert made(value).figures[0].mark == mark


def test_a_time_has_to_stay_under_its_bound() -> None:
    assert made(1).figures[1].mark == "MISSED"
    assert Figure("time", 9.9, "s", must=10, at_most=True).mark == "ok"


def test_without_a_bound_nothing_is_judged() -> None:
    assert Figure("rate", 3).mark == ""
    assert "must" not in as_text(Report("x", "X", (Figure("rate", 3),)))


def test_baselines_stand_in_the_row() -> None:
    assert "0.700  0.490  ≥ 0.660  ≥ 0.750      ok" in as_text(made(0.7))


def test_json_says_whether_it_was_reached() -> None:
    first, second = json.loads(json.dumps(as_json(made(0.7))))["figures"]
    assert (first["reached"], second["reached"]) == (True, False)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.4711, "0.471"), (12.34, "12.3"), (2513.7, "2 514"), (3.0, "3"), (None, "")],
)
def test_numbers_have_as_many_digits_as_mean_something(value: float | None, text: str) -> None:
    assert number(value) == text


def test_a_table_replaces_its_former_self_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "figures.md"
    page.write_text("# Figures\n\nBy hand.\n", encoding="utf-8")
    other = Report("parse", "Parsing", (Figure("pages", 35, "pages/s"),))
    write_docs(page, [made(0.5), other])
    write_docs(page, [made(0.7)])
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Figures\n\nBy hand.\n")
    assert ("0.500" in text, "0.700" in text, "35 pages/s" in text) == (False, True, True)
    assert text.count("<!-- bench:quality -->") == 1


def test_a_page_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"figures\.md"):
        write_docs(tmp_path / "figures.md", [made(1)])
