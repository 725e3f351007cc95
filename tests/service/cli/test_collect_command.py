"""`suranys collect`, run as a process."""

from pathlib import Path

from tests.service.cli.running import suranys


def test_a_portal_is_read_into_the_store_and_its_line_says_how_it_ended(tmp_path: Path) -> None:
    ran = suranys("collect", "--sample", "--json", cwd=tmp_path)
    assert ran.status == 0
    assert (ran.record["portal"], ran.record["outcome"]) == ("sample", "OK")
    assert ran.record["read"] == ran.record["new"] > 0
    again = suranys("collect", "--sample", "--json", cwd=tmp_path).record
    assert (again["read"], again["new"]) == (ran.record["read"], 0)
    assert (tmp_path / "var" / "sample.db").exists()
    assert not (tmp_path / "var" / "suranys.db").exists()


def test_an_unknown_portal_is_wrong_use_with_the_nearest_name(tmp_path: Path) -> None:
    ran = suranys("collect", "kz_goszakp", cwd=tmp_path)
    assert ran.status == 2
    assert "did you mean kz_goszakup?" in ran.err
    assert not (tmp_path / "var").exists()


def test_what_is_no_number_of_the_portal_is_wrong_use(tmp_path: Path) -> None:
    ran = suranys("collect", "kz_goszakup", "--notice", "no such thing", cwd=tmp_path)
    assert ran.status == 2
    assert "'no such thing' is no notice number or address of kz_goszakup" in ran.err


def test_as_of_without_a_replay_is_wrong_use(tmp_path: Path) -> None:
    assert suranys("collect", "--as-of", "2026-05-18", cwd=tmp_path).status == 2
    assert suranys("collect", "--sample", "--replay", ".", cwd=tmp_path).status == 2


def test_a_folder_without_saved_pages_fails_in_one_line(tmp_path: Path) -> None:
    for folder in (".", "absent"):
        ran = suranys("collect", "--replay", folder, cwd=tmp_path)
        assert ran.status == 1
        assert ran.err.startswith("suranys: ")
        assert ran.err.count("\n") == 1


def test_a_broken_config_fails_in_one_line_with_the_nearest_key(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[collect]\nbudget_second = 5\n", "utf-8")
    ran = suranys("collect", "--sample", cwd=tmp_path)
    assert ran.status == 1
    assert "did you mean 'budget_seconds'?" in ran.err
    assert ran.err.count("\n") == 1


def test_without_an_enabled_portal_the_names_are_told(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("", "utf-8")
    ran = suranys("collect", cwd=tmp_path)
    assert ran.status == 1
    assert "no portal is enabled in config.toml; name one: " in ran.err
