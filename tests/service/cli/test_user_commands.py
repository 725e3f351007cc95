"""`suranys user`: the first admin on an empty machine, and what it refuses."""

import re
from pathlib import Path

import pytest

from tests.service.cli.running import suranys


def test_the_first_admin_gets_a_link_that_signs_in_once(tmp_path: Path) -> None:
    added = suranys("user", "add", "--admin", "Aigul@zone.kz", cwd=tmp_path)
    assert added.status == 0
    assert re.search(r"http://127\.0\.0\.1:8000/sign-in/link/[\w-]{43}\n", added.out)
    (record,) = suranys("user", "list", "--json", cwd=tmp_path).records
    assert (record["address"], record["role"]) == ("aigul@zone.kz", "admin")
    refused = suranys("user", "disable", "aigul@zone.kz", cwd=tmp_path)
    assert (refused.status, "last admin" in refused.err) == (1, True)
    resumed = suranys("user", "resume", "aigul@zone.kz", cwd=tmp_path)
    assert (resumed.status, "nothing was changed" in resumed.out) == (0, True)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("add", "no address"), 1),
        (("add", "a@zone.kz", "--plant", "no-such-plant"), 1),
        (("add", "a@zone.kz", "--admin", "--plant", "bsf"), 2),
        (("token", "nobody@zone.kz"), 1),
        (("resume", "nobody@zone.kz"), 1),
    ],
)
def test_wrong_use_is_one_line(tmp_path: Path, words: tuple[str, ...], status: int) -> None:
    done = suranys("user", *words, cwd=tmp_path)
    assert (done.status, done.err.count("\n")) == (status, 1)


def test_a_wrong_plant_is_answered_with_the_plants_there_are(sampled: Path) -> None:
    words = ("user", "add", "a@zone.kz", "--mode", "sample")
    refused = suranys(*words, "--plant", "asia steel pipe", cwd=sampled)
    assert (refused.status, refused.err.count("\n")) == (1, 1)
    assert re.search(r"stored: .*asia-steel-pipe\b", refused.err)
    added = suranys(*words, "--plant", "asia-steel-pipe", cwd=sampled)
    assert "while `suranys serve --mode sample` runs" in added.out


def test_a_line_nested_too_deeply_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "deep.jsonl").write_text("[" * 100_000 + "\n")
    done = suranys("extract", "--in", "deep.jsonl", cwd=tmp_path)
    assert done.err == "suranys: deep.jsonl, line 1: nested too deeply; skipped\n"
