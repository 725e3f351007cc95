"""Used wrongly or given broken files, every command says so in one line, without a traceback."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from service.store import open_store
from service.store.lock import WriterLock
from tests.system.program import SECONDS, Done, environment, executable, suranys, write_config

CATALOGUE = "name,capability\nТруба стальная,outer_diameter_mm=530..1420\n"
NOTICE = json.dumps({"id": "1", "title": "Труба 530х8"}, ensure_ascii=False)


def one_line(done: Done, status: int, *named: str) -> None:
    """The complaint is one line that names what is wrong."""
    assert done.status == status, done.err
    assert done.err.count("\n") == 1, done.err
    assert done.err.startswith("suranys: ")
    for name in named:
        assert name in done.err


def test_an_unknown_option_is_wrong_use(tmp_path: Path) -> None:
    one_line(suranys(tmp_path, "run", "--smaple"), 2, "--smaple")


def test_an_unknown_command_is_wrong_use(tmp_path: Path) -> None:
    one_line(suranys(tmp_path, "rnu"), 2, "rnu")


def test_an_unknown_portal_is_wrong_use_with_the_nearest_name(tmp_path: Path) -> None:
    one_line(suranys(tmp_path, "collect", "goszakup"), 2, "kz_goszakup")


def test_a_date_that_is_none_is_refused(tmp_path: Path) -> None:
    one_line(suranys(tmp_path, "run", "--replay", tmp_path, "--as-of", "yesterday"), 1, "yesterday")


def test_a_folder_without_saved_pages_is_refused(tmp_path: Path) -> None:
    one_line(suranys(tmp_path, "run", "--replay", tmp_path), 1, str(tmp_path))


@pytest.mark.parametrize("absent", ["plant.csv", "notices.jsonl"])
def test_a_missing_file_is_named(tmp_path: Path, absent: str) -> None:
    (tmp_path / "plant.csv").write_text(CATALOGUE, "utf-8")
    (tmp_path / "notices.jsonl").write_text(NOTICE, "utf-8")
    (tmp_path / absent).unlink()
    done = suranys(tmp_path, "match", "--catalog", "plant.csv", "--notices", "notices.jsonl")
    one_line(done, 1, absent)


def test_a_faulty_catalogue_is_refused_with_row_and_column(tmp_path: Path) -> None:
    file = tmp_path / "plant.csv"
    file.write_text("name,capability\nТруба,outer_diameter_mm=1420..530\n", "utf-8")
    done = suranys(tmp_path, "catalog", "check", file)
    assert done.status == 1
    assert "Traceback" not in done.err
    assert "plant.csv" in done.out + done.err
    assert "2" in done.out + done.err
    assert "outer_diameter_mm" in done.out + done.err


def test_a_broken_line_is_named_by_its_number_and_the_others_are_answered(tmp_path: Path) -> None:
    (tmp_path / "plant.csv").write_text(CATALOGUE, "utf-8")
    (tmp_path / "n.jsonl").write_text(f'{NOTICE}\n{{"id": "2", "tit\n', "utf-8")
    done = suranys(tmp_path, "match", "--catalog", "plant.csv", "--notices", "n.jsonl")
    assert done.status == 1
    assert "n.jsonl, line 2" in done.err
    assert "Traceback" not in done.err
    answered = [json.loads(line) for line in done.out.splitlines()]
    assert {row["notice"] for row in answered} == {"1"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[collect]\nretrys = 3\n", "'retries'"),
        ("[collect]\nretries = 'many'\n", "collect.retries"),
        ("[collect\n", "not TOML"),
        ('[[recipients]]\nname = "x"\naddress = "no address"\n', "recipients.0.address"),
    ],
)
def test_a_broken_config_names_its_key(tmp_path: Path, text: str, named: str) -> None:
    write_config(tmp_path, text)
    one_line(suranys(tmp_path, "run", "--sample"), 1, "config.toml", named)


def test_a_store_that_another_process_writes_to_names_that_process(tmp_path: Path) -> None:
    with WriterLock(tmp_path / "var/sample.db"):
        one_line(suranys(tmp_path, "run", "--sample"), 1, f"process {os.getpid()}")


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var/sample.db").write_text("no database " * 1000)
    one_line(suranys(tmp_path, "run", "--sample"), 1, "sample.db")


def test_a_var_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    one_line(suranys(tmp_path, "run", "--sample"), 1, "var")


@pytest.mark.skipif(sys.platform == "linux" and os.geteuid() == 0, reason="root may write anywhere")
def test_a_var_that_may_not_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir(mode=0o500)
    one_line(suranys(tmp_path, "run", "--sample"), 1, "var")


def test_digests_that_cannot_be_written_fail_the_run_and_say_where(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var/digests-sample").write_text("in the way")
    done = suranys(tmp_path, "run", "--sample")
    assert done.status == 1
    assert "FAILED" in done.out
    assert "digests-sample" in done.out
    assert "Traceback" not in done.out + done.err


def _hear_ctrl_c() -> None:
    """A shell lets what it starts in the background ignore Ctrl-C, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_ends_the_run_without_a_traceback(tmp_path: Path) -> None:
    """The run cannot be over before the signal: the database lets it write nothing until then."""
    database = tmp_path / "var/sample.db"
    open_store(f"sqlite:///{database}").close()
    lock = tmp_path / "var/sample.db.lock"
    with (
        closing(sqlite3.connect(database, isolation_level=None)) as other,
        subprocess.Popen(  # noqa: S603 - our own command
            [executable(), "run", "--sample"],
            cwd=tmp_path,
            env=environment(tmp_path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=_hear_ctrl_c,  # noqa: PLW1509 - this process has one thread here
        ) as child,
    ):
        other.execute("BEGIN IMMEDIATE")
        while lock.read_text("ascii").strip() != str(child.pid) and child.poll() is None:
            time.sleep(0.005)  # the lock names who writes; nothing tells of it
        child.send_signal(signal.SIGINT)
        other.rollback()
        _, err = child.communicate(timeout=SECONDS)
    assert child.returncode == 130
    assert b"Traceback" not in err


def test_a_reader_that_hangs_up_ends_the_command_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "plant.csv").write_text(CATALOGUE, "utf-8")
    (tmp_path / "n.jsonl").write_text(
        "".join(NOTICE.replace('"1"', f'"{number}"') + "\n" for number in range(300)), "utf-8"
    )
    with subprocess.Popen(  # noqa: S603 - our own command
        [executable(), "match", "--catalog", "plant.csv", "--notices", "n.jsonl"],
        cwd=tmp_path,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.read(10)
        child.stdout.close()
        err = child.stderr.read()
    assert child.returncode != 0
    assert b"Traceback" not in err, err.decode()
