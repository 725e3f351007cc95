"""Commands that read a file a person gives: match, extract, bounces."""

from pathlib import Path

from tests.service.cli.running import suranys


def test_a_file_without_notices_is_told(tmp_path: Path) -> None:
    (tmp_path / "plant.csv").write_text("name\nТруба стальная 530х8\n", "utf-8")
    (tmp_path / "none.jsonl").write_text("\n", "utf-8")
    ran = suranys("match", "--catalog", "plant.csv", "--notices", "none.jsonl", cwd=tmp_path)
    assert (ran.status, ran.out) == (0, "")
    assert ran.err == "suranys: no notices in none.jsonl\n"


def test_a_broken_line_is_told_by_its_line_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "texts.jsonl").write_text('{"id": "1", "text": "Труба 820х10"}\n{]\n', "utf-8")
    ran = suranys("extract", "--in", "texts.jsonl", cwd=tmp_path)
    assert (ran.status, len(ran.records)) == (1, 1)
    assert ran.err.startswith("suranys: texts.jsonl, line 2: broken JSON at column 2: ")
    assert "line 1" not in ran.err


def test_a_file_that_is_no_jsonl_at_all_does_not_flood_the_screen(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(b"\xff\xfe junk\n" * 5_000)
    ran = suranys("extract", "--in", "scan.pdf", cwd=tmp_path)
    lines = ran.err.splitlines()
    assert (ran.status, ran.out, len(lines)) == (1, "", 201)
    assert lines[-1] == "suranys: 4800 more lines skipped; is this a file of JSON Lines?"


def test_a_bounce_can_be_read_for_the_sample(sampled: Path) -> None:
    (sampled / "returned.eml").write_bytes(b"Subject: hello\n\nno notification\n")
    ran = suranys("bounces", "returned.eml", "--mode", "sample", cwd=sampled)
    assert (ran.status, ran.out) == (0, "1 mails read, 0 failures in them\n")
