"""Commands that keep an installation well: doctor, db, backup."""

import fcntl
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.service.cli.running import suranys

SAMPLE = ("--mode", "sample")


def test_a_doctor_finds_a_fresh_folder_fit_for_work(tmp_path: Path) -> None:
    ran = suranys("doctor", "--json", cwd=tmp_path)
    checks = {each["name"]: each for each in ran.records}
    assert ran.status == 0
    assert checks["time zones"]["state"] == "ok"
    assert checks["rapidfuzz"]["state"] == "ok"
    assert all(each["advice"] for each in ran.records if each["state"] != "ok")


def test_a_doctor_finds_a_broken_config_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[match]\ntop = 'many'\n", "utf-8")
    ran = suranys("doctor", cwd=tmp_path)
    assert ran.status == 1
    assert "bad   config      config.toml: match.top: " in ran.out
    assert "ok    time zones" in ran.out


def test_a_doctor_finds_a_portal_nobody_knows(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[portals.kz_goszakp]\nenabled = true\n", "utf-8")
    ran = suranys("doctor", cwd=tmp_path)
    assert ran.status == 1
    assert "did you mean 'kz_goszakup'?" in ran.out


def test_a_doctor_tells_a_missing_token_by_its_name_only(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[portals.kz_goszakup_api]\nenabled = true\n", "utf-8")
    without = suranys("doctor", cwd=tmp_path)
    assert "warn  token       GOSZAKUP_TOKEN is not set" in without.out
    given = suranys("doctor", cwd=tmp_path, env={"GOSZAKUP_TOKEN": "secret-value"})
    assert "ok    token       GOSZAKUP_TOKEN is set" in given.out
    assert "secret-value" not in given.out + given.err


def test_a_doctor_finds_a_mail_server_that_does_not_answer(tmp_path: Path) -> None:
    text = '[mail]\nmode = "smtp"\nhost = "127.0.0.1"\nport = 1\n'
    (tmp_path / "config.toml").write_text(text + "[portals]\n", "utf-8")
    assert "127.0.0.1:1, not tried" in suranys("doctor", cwd=tmp_path).out
    ran = suranys("doctor", "--network", cwd=tmp_path)
    assert ran.status == 1
    assert "bad   mail        127.0.0.1:1: " in ran.out


def test_a_doctor_finds_a_damaged_database(sampled: Path) -> None:
    path = sampled / "var" / "sample.db"
    with path.open("r+b") as file:
        file.seek(8 * 4096)
        file.write(b"\xff" * 4096 * 20)
    ran = suranys("doctor", *SAMPLE, cwd=sampled)
    assert ran.status == 1
    assert "bad   database" in ran.out
    path.write_bytes(b"this is no database, however long it is" * 100)
    ran = suranys("doctor", *SAMPLE, cwd=sampled)
    assert ran.status == 1
    assert "bad   database" in ran.out


def test_a_doctor_names_the_process_that_is_writing(sampled: Path) -> None:
    with (sampled / "var" / "sample.db.lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ran = suranys("doctor", *SAMPLE, cwd=sampled)
        assert ran.status == 0
        assert "is writing" in ran.out
        refused = suranys("db", "upgrade", *SAMPLE, cwd=sampled)
        assert refused.status == 1
        assert "is writing to " in refused.err


def test_db_info_tells_version_size_and_rows(sampled: Path) -> None:
    told = suranys("db", "info", *SAMPLE, "--json", cwd=sampled).record
    assert told["revision"] == told["newest_revision"]
    assert told["sound"] is True
    assert told["size"] >= (sampled / "var" / "sample.db").stat().st_size
    assert told["rows"]["notice"] > 0
    assert suranys("db", "info", *SAMPLE, cwd=sampled).status == 0


def test_a_database_of_a_newer_program_is_refused(sampled: Path) -> None:
    with closing(sqlite3.connect(sampled / "var" / "sample.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    for words in (("db", "upgrade"), ("digest",), ("explain", "0001-1")):
        ran = suranys(*words, *SAMPLE, cwd=sampled)
        assert ran.status == 1
        assert "revision 9999" in ran.err


def test_samples_and_replays_are_not_copied_to_a_server(sampled: Path) -> None:
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:1/live"
    renamed, replay = sampled / "var" / "mine.db", sampled / "var" / "replay.db"
    for name in (renamed, replay):
        shutil.copy(sampled / "var" / "sample.db", name)
    for file, said in (
        ("var/sample.db", "var/sample.db is no live database"),
        ("var/replay.db", "var/replay.db is no live database"),
        ("var/mine.db", "var/mine.db holds samples"),
    ):
        ran = suranys("db", "copy", file, nowhere, cwd=sampled)
        assert (ran.status, ran.out) == (1, "")
        assert ran.err == f"suranys: {said}; a server holds only live notices\n"


def test_a_backup_is_a_whole_database_in_one_file(sampled: Path) -> None:
    told = suranys("backup", "copy.db", *SAMPLE, "--json", cwd=sampled).record
    rows = suranys("db", "info", *SAMPLE, "--json", cwd=sampled).record["rows"]
    assert told["rows"] == rows
    (sampled / "restored" / "var").mkdir(parents=True)
    shutil.copy(sampled / "copy.db", sampled / "restored" / "var" / "sample.db")
    restored = sampled / "restored"
    leads = [
        suranys("status", *SAMPLE, "--json", cwd=folder).record["leads"]
        for folder in (sampled, restored)
    ]
    assert leads[0] == leads[1] > 0


def test_a_backup_is_made_while_another_process_writes(sampled: Path) -> None:
    with closing(sqlite3.connect(sampled / "var" / "sample.db")) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM lead")
        told = suranys("backup", "copy.db", *SAMPLE, "--json", cwd=sampled).record
        connection.rollback()
    assert told["rows"]["lead"] > 0


def test_a_backup_replaces_nothing_unasked(sampled: Path) -> None:
    (sampled / "copy.db").write_text("something dear")
    ran = suranys("backup", "copy.db", *SAMPLE, cwd=sampled)
    assert ran.status == 1
    assert "--force replaces it" in ran.err
    assert (sampled / "copy.db").read_text() == "something dear"
    for target in ("var/sample.db", "var", "absent/copy.db"):
        ran = suranys("backup", target, *SAMPLE, "--force", cwd=sampled)
        assert ran.status == 1
        assert ran.err.count("\n") == 1
    assert suranys("backup", "copy.db", *SAMPLE, "--force", cwd=sampled).status == 0


def test_a_damaged_database_is_not_backed_up_as_sound(sampled: Path) -> None:
    path = sampled / "var" / "sample.db"
    with path.open("r+b") as file:
        file.seek(8 * 4096)
        file.write(b"\xff" * 4096 * 20)
    ran = suranys("backup", "copy.db", *SAMPLE, cwd=sampled)
    assert ran.status == 1
    assert not (sampled / "copy.db").exists()
    assert not list(sampled.glob(".copy.db*"))


def test_a_database_address_that_cannot_be_used_fails_in_one_line(tmp_path: Path) -> None:
    for url, said in (
        ("nonsense", "database.url"),
        ("mysql://user@host/name", "database.url"),
        ("sqlite:///:memory:", "must be a file"),
        ("postgresql+nodriver://user@127.0.0.1:1/name", "driver"),
        ("postgresql://user@host:port/name", "no address of a database"),
    ):
        (tmp_path / "config.toml").write_text(f'[database]\nurl = "{url}"\n', "utf-8")
        ran = suranys("status", cwd=tmp_path)
        assert ran.status == 1, url
        assert said in ran.err
        assert ran.err.count("\n") == 1


def test_a_database_with_damaged_pages_is_told_in_one_line(sampled: Path) -> None:
    database = sampled / "var" / "sample.db"
    with database.open("r+b") as file:
        # Past the first pages, so that it opens and the damage is met in the middle of the work.
        file.seek(8_192)
        file.write(b"\xa5" * 200_000)
    for words in (("status", *SAMPLE), ("run", "--sample")):
        ran = suranys(*words, cwd=sampled)
        assert ran.status == 1
        assert "database disk image is malformed" in ran.err
        assert len(ran.err.splitlines()) == 1


def test_texts_are_utf8_where_the_locale_knows_only_ascii(sampled: Path) -> None:
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    ran = suranys("explain", "0001-1", *SAMPLE, cwd=sampled, env=ascii_only)
    assert ran.status == 0
    assert "ОБРАЗЕЦ" in ran.out
