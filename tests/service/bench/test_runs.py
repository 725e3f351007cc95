"""Each bench that runs our commands works on tiny sizes; nobody's seconds are asserted."""

import json
from pathlib import Path

import pytest

from service.bench.children import suranys
from service.bench.hostile import hostile
from service.bench.main_job import main_job
from service.bench.speed import CDIST_NOTICES, Files, growth, speed


def quiet(_what: str, _done: int, _total: int) -> None:
    """Show nothing."""


def test_speed_is_measured_beside_cdist_and_tantivy(tmp_path: Path) -> None:
    report = speed(tmp_path, quiet, notices=CDIST_NOTICES + 20, products=30)
    named = {figure.name: figure for figure in report.figures}
    rate = named["match, one core"]
    assert rate.beside.keys() == {"cdist", "tantivy"}
    assert all(value > 0 for value in (rate.value, *rate.beside.values()))
    ratio = named["ours to cdist"]
    assert ratio.value == pytest.approx(rate.value / rate.beside["cdist"])
    assert any("the labelled sets are absent" in note for note in report.notes)


def test_growth_parts_the_index_from_the_notices(tmp_path: Path) -> None:
    each, built, _, disk, opened, peak = growth(tmp_path, 50, rivalled=False)
    assert each.value > 0
    assert built.value > opened.value > 0
    assert 0 < disk.value < 10
    assert peak.value > 20
    answers = (tmp_path / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    asked = {json.loads(line)["notice"] for line in answers}
    assert len(asked) == Files(tmp_path, 50, 300).notices


def test_the_main_job_is_run_twice() -> None:
    report = main_job(quiet)
    assert [figure.unit for figure in report.figures] == ["s", "MB"] * 2
    assert all(figure.value > 0 for figure in report.figures)


def test_hostile_texts_are_timed_in_reading_and_in_matching() -> None:
    names = [figure.name for figure in hostile(quiet, {"digits": "7" * 1_000}).figures]
    assert names == ["digits: extract", "digits: match"]


def test_the_command_prints_a_report_as_json() -> None:
    printed = json.loads(suranys("bench", "cases", "--json").out)
    assert printed["bench"] == "cases"
    assert printed["figures"][0]["name"].startswith("all cases")
    assert any("Python 3" in note for note in printed["notes"])
