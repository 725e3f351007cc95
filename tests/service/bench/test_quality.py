"""The quality bench: prepared, run and scored through a script that lies outside the project."""

import json
from pathlib import Path

import pytest

from service.bench.figures import ROOT, BenchError
from service.bench.frozen import known_baselines, read_quality, write_quality
from service.bench.labelled import Labelled
from service.bench.quality import figures_of, report, score

DATA = ROOT.parent / "shared" / "bench"
SCRIPT = """
import json, pathlib, sys
what, task, *rest = sys.argv[1:]
if what == "prepare":
    out = pathlib.Path(rest[0])
    out.joinpath("catalog.csv").write_text("product_code,name\\np1,Труба 57х3\\np2,Краска\\n")
    out.joinpath("notices.jsonl").write_text('{"id": "n1", "title": "труба 57х3"}\\n')
    out.joinpath("texts.jsonl").write_text('{"id": "t1", "text": "Труба 57х3"}\\n')
elif what == "baseline":
    print(json.dumps({"baseline": rest[0], "seconds": 1.5, "p@1": 0.25, "r@10": 0.5}))
elif task == "prosept":
    rows = [json.loads(line) for line in open(rest[0])]
    best = [row["product"] for row in rows if row["rank"] == 1]
    print(json.dumps({"n": 1, "p@1": float(best == ["p1"]), "r@10": 1.0}))
else:
    rows = [json.loads(line) for line in open(rest[0])]
    wall = rows[0]["attributes"].get("wall_mm") == 3
    print(json.dumps({"wall_mm": {"f1": float(wall)}, "micro_f1": 0.5}))
"""


@pytest.fixture
def labelled(tmp_path: Path) -> Labelled:
    (tmp_path / "bench.py").write_text(SCRIPT, encoding="utf-8")
    return Labelled(tmp_path)


def quiet(_what: str, _done: int, _total: int) -> None:
    """Show nothing."""


def test_a_ranking_is_scored_beside_its_baselines(labelled: Labelled) -> None:
    (scored,) = score(labelled, ["prosept"], None, quiet)
    first, _ = figures_of(scored)
    assert (first.name, first.value, first.must) == ("prosept P@1", 1.0, 0.82)
    assert first.beside == {"rapidfuzz": 0.25, "bm25": 0.25, "tfidf": 0.25}


def test_a_reading_shows_its_weakest_attribute(labelled: Labelled) -> None:
    (scored,) = score(labelled, ["metal"], None, quiet)
    micro, weakest = figures_of(scored)
    assert (micro.value, micro.mark) == (0.5, "MISSED")
    assert (weakest.name, weakest.value) == ("metal weakest attribute, F1 (wall_mm)", 1.0)


def test_frozen_baselines_stand_in_for_measured_ones(labelled: Labelled, tmp_path: Path) -> None:
    write_quality(score(labelled, ["prosept"], None, quiet), tmp_path)
    (scored,) = score(labelled, ["prosept"], known_baselines(tmp_path), quiet)
    assert figures_of(scored)[0].beside["tfidf"] == 0.25
    write_quality([scored], tmp_path)
    kept = read_quality(tmp_path)["prosept"]["baselines"]
    assert kept["bm25"] == {"p@1": 0.25, "r@10": 0.5}, "seconds of a machine are not frozen"


def test_absent_data_is_said_loudly(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="NO LABELLED DATA"):
        Labelled(tmp_path / "nowhere")


def test_a_baseline_without_its_library_says_how_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "bench.py").write_text("import nothing_of_that_name", encoding="utf-8")
    with pytest.raises(BenchError, match="libraries are those of development"):
        Labelled(tmp_path).baseline("orders", "bm25")


@pytest.mark.bench
@pytest.mark.skipif(not DATA.is_dir(), reason=f"SKIPPED: no labelled data in {DATA}")
def test_the_small_set_is_read_and_scored() -> None:
    shown = report(score(Labelled(DATA), ["small"], None, quiet), ())
    (figure,) = shown.figures
    assert 0 < figure.value <= 1


def test_frozen_figures_hold_no_row_of_the_sets() -> None:
    for task, kept in read_quality().items():
        assert kept.keys() == {"ours", "baselines"}, task
        flat = json.dumps(kept, ensure_ascii=False)
        assert len(flat) < 3_000, f"{task}: sums over all rows are short"
