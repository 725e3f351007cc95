"""Commands that read what a run stored: status, explain, digest."""

from pathlib import Path

from tests.service.cli.running import suranys

SAMPLE = ("--mode", "sample")


def test_status_counts_what_the_run_stored(sampled: Path) -> None:
    told = suranys("status", *SAMPLE, "--json", cwd=sampled).record
    (portal,) = told["portals"]
    assert (portal["portal"], portal["outcome"]) == ("sample", "OK")
    assert portal["notices"] == portal["read"] > 0
    assert portal["last_ok_at"] == portal["ended_at"] is not None
    assert told["leads"] >= sum(sum(each["leads"].values()) for each in told["plants"]) > 0
    assert {each["state"] for each in told["digests"]} == {"written"}
    assert told["database"].endswith("sample.db")


def test_status_before_the_first_run_says_what_to_do(sampled: Path) -> None:
    ran = suranys("status", cwd=sampled)
    assert ran.status == 0
    assert "Database: none yet" in ran.out
    assert "Next: suranys run; suranys status --mode sample shows that database" in ran.out


def test_a_portal_that_is_off_or_lacks_its_token_says_so(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[portals.kz_goszakup_api]\nenabled = true\n", "utf-8")
    ran = suranys("status", "--json", cwd=tmp_path)
    portals = {each["portal"]: each for each in ran.record["portals"]}
    api, pages = portals["kz_goszakup_api"], portals["kz_goszakup"]
    assert (api["enabled"], api["token_present"]) == (True, False)
    assert api["why_not"] == "no access token: set GOSZAKUP_TOKEN in the environment"
    assert pages["why_not"].startswith("off: ")
    given = suranys("status", "--json", cwd=tmp_path, env={"GOSZAKUP_TOKEN": "secret-value"})
    assert "secret-value" not in given.out
    again = {each["portal"]: each for each in given.record["portals"]}
    assert again["kz_goszakup_api"]["why_not"] is None


def test_a_missing_database_names_the_one_that_is_there(sampled: Path) -> None:
    for words in (("explain", "1"), ("digest",), ("backup",), ("db", "info")):
        ran = suranys(*words, cwd=sampled)
        assert ran.status == 1
        assert ran.err.startswith("suranys: there is no database ")
        assert "--mode sample" in ran.err
        assert ran.err.count("\n") == 1


def test_explain_gives_each_plant_its_best_product(sampled: Path) -> None:
    lots = suranys("explain", "0001-1", *SAMPLE, "--json", cwd=sampled).records
    assert {lot["notice"] for lot in lots} == {"ocds-sample-0001"}
    rows = lots[0]["rows"]
    assert rows[0]["plant"] == "sample-steel-pipe"
    assert rows[0]["verdict"] == "can"
    assert len({row["plant"] for row in rows}) == len(rows)
    for same in ("sample/ocds-sample-0001", "https://sample.suranys.example/notices/0001"):
        assert suranys("explain", same, *SAMPLE, "--json", cwd=sampled).records == lots


def test_explain_of_a_lot_number_speaks_of_that_lot_alone(sampled: Path) -> None:
    (lot,) = suranys("explain", "0002-ОБР2", *SAMPLE, "--json", cwd=sampled).records
    assert (lot["notice"], lot["lot"]) == ("ocds-sample-0002", "2")


def test_explain_takes_a_number_as_people_copy_it(sampled: Path) -> None:
    lots = suranys("explain", "0001-1", *SAMPLE, "--json", cwd=sampled).records
    for same in ("0001", "№ 0001-1", "sample/0001-1"):
        assert suranys("explain", same, *SAMPLE, "--json", cwd=sampled).records == lots


def test_explain_offers_the_stored_number_that_is_most_like(sampled: Path) -> None:
    ran = suranys("explain", "0001-2", *SAMPLE, cwd=sampled)
    assert ran.status == 1
    assert "did you mean 0001-1" in ran.err
    assert "did you mean" not in suranys("explain", "nonsense", *SAMPLE, cwd=sampled).err


def test_explain_gives_the_deadline_in_the_portals_own_time(sampled: Path) -> None:
    ran = suranys("explain", "0001-1", *SAMPLE, cwd=sampled)
    assert " 17:00 (время Астаны)" in ran.out
    assert "Этап: приём заявок открыт;" in ran.out


def test_explain_of_a_number_that_means_many_lists_them(sampled: Path) -> None:
    ran = suranys("explain", "1", *SAMPLE, cwd=sampled)
    assert ran.status == 1
    assert "write one of: sample/ocds-sample-0001, sample/ocds-sample-0002" in ran.err


def test_explain_names_the_gate_that_closed_a_product(sampled: Path) -> None:
    words = ("explain", "0001-1", "sample-paints-1", *SAMPLE)
    (lot,) = suranys(*words, "--json", cwd=sampled).records
    assert lot["closed_by"] in {"relevance", "family"}
    assert [row["verdict"] for row in lot["rows"]] == ["cannot"]
    assert "Закрыто: " in suranys(*words, cwd=sampled).out


def test_explain_of_an_unknown_product_offers_the_nearest(sampled: Path) -> None:
    ran = suranys("explain", "0001-1", "sample-paint-1", *SAMPLE, cwd=sampled)
    assert ran.status == 2
    assert "did you mean sample-paints-1?" in ran.err


def test_a_notice_that_was_not_collected_names_the_portal_that_would_hold_it(
    sampled: Path,
) -> None:
    ran = suranys("explain", "99999999-1", *SAMPLE, cwd=sampled)
    assert ran.status == 1
    assert "suranys collect kz_goszakup --notice 99999999-1" in ran.err
    strange = suranys("explain", "'; DROP TABLE notice; --", *SAMPLE, cwd=sampled)
    assert strange.status == 1
    assert "no portal has such numbers; stored: sample " in strange.err


def test_a_digest_is_written_once_a_day(sampled: Path) -> None:
    before = sorted((sampled / "var" / "digests-sample").iterdir())
    ran = suranys("digest", *SAMPLE, "--json", cwd=sampled)
    assert ran.status == 0
    assert {each["action"] for each in ran.records} <= {"already", "silent"}
    assert sorted((sampled / "var" / "digests-sample").iterdir()) == before


def test_a_dry_run_prints_the_digest_and_leaves_no_trace(tmp_path: Path) -> None:
    assert suranys("collect", "--sample", cwd=tmp_path).status == 0
    ran = suranys("digest", "--dry-run", *SAMPLE, "--json", cwd=tmp_path)
    assert ran.status == 0
    assert all("ОБРАЗЕЦ" in each["subject"] for each in ran.records)
    assert suranys("status", *SAMPLE, "--json", cwd=tmp_path).record["digests"] == []
    assert not (tmp_path / "var" / "digests-sample").exists()


def test_a_dry_run_shows_a_plant_without_news_no_mail(tmp_path: Path) -> None:
    recipient = 'name = "Завод"\naddress = "a@example.invalid"\nrole = "plant"\nplant = "none"\n'
    (tmp_path / "config.toml").write_text(f"[[recipients]]\n{recipient}", encoding="utf-8")
    assert suranys("collect", "--sample", cwd=tmp_path).status == 0
    ran = suranys("digest", "--dry-run", *SAMPLE, "--json", cwd=tmp_path)
    assert (ran.status, ran.record["action"], ran.record["text"]) == (0, "silent", None)
    said = suranys("digest", "--dry-run", *SAMPLE, cwd=tmp_path).out
    assert said == "Завод <a@example.invalid>: nothing to tell today\n"
