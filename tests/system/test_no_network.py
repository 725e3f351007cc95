"""Without a network: a first run shows the sample portal, a server that has a store stays live."""

from pathlib import Path

import pytest

from tests.faults import FaultServer, status
from tests.system.program import Done, letters, rows, suranys, text_of, write_config

CONFIG = """
[collect]
retries = 0
delay_seconds = 0

[portals.kz_goszakup]
enabled = true

[portals.kz_mitwork]
enabled = true
"""


def begun(folder: Path) -> None:
    """A server that ran before: it has a live store, with no notice in it yet."""
    assert suranys(folder, "collect", "kz_national_bank").status == 1
    assert (folder / "var/suranys.db").exists()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("no-network")
    write_config(folder, CONFIG)
    begun(folder)
    return folder


@pytest.fixture(scope="module")
def done(folder: Path) -> Done:
    return suranys(folder, "run")


def test_a_first_run_says_so_and_shows_the_sample_portal(tmp_path: Path) -> None:
    write_config(tmp_path, CONFIG)
    first = suranys(tmp_path, "run")
    assert first.status == 0
    assert "No portal can be reached" in first.err
    assert "cannot look up goszakup.gov.kz" in first.err
    assert "cannot look up eep.mitwork.kz" in first.err
    assert "Traceback" not in first.err
    assert first.out.startswith("SAMPLE")
    assert not (tmp_path / "var/suranys.db").exists()


def test_a_server_that_lost_its_network_stays_live_and_fails(folder: Path, done: Done) -> None:
    assert done.status == 1
    assert "SAMPLE" not in done.out
    assert "Traceback" not in done.out + done.err
    assert not (folder / "var/sample.db").exists()
    ended = rows(
        folder / "var/suranys.db",
        "SELECT job, outcome, fault, reason FROM run WHERE job LIKE 'collect:%' ORDER BY job",
    )
    portals = {job: (outcome, fault) for job, outcome, fault, _ in ended}
    assert portals["collect:kz_goszakup"] == ("FAILED", "Unreachable")
    assert portals["collect:kz_mitwork"] == ("FAILED", "Unreachable")
    assert all("cannot look up" in str(reason) for *_, reason in ended)


def test_its_digest_names_the_blind_portals(folder: Path, done: Done) -> None:
    written = letters(folder / "var/digests")
    assert written, done.out
    for message in written.values():
        text = text_of(message)
        for title in ("goszakup.gov.kz", "Mitwork"):
            line = next(line for line in text.splitlines() if title in line)
            assert "не прочитан" in line
        assert "ОБРАЗЕЦ" not in text


def test_status_says_which_portals_failed_and_what_to_do(folder: Path, done: Done) -> None:
    shown = suranys(folder, "status")
    assert shown.status == 0, shown.err
    assert shown.out.count("FAILED") >= 2
    assert "cannot look up goszakup.gov.kz" in shown.out


def test_a_network_that_has_only_a_proxy_is_a_network(tmp_path: Path) -> None:
    with FaultServer(lambda _asked, _nth: status(502)) as proxy:
        one = CONFIG.partition("[portals.kz_mitwork]")[0]
        write_config(tmp_path, f'{one}proxy = "http://127.0.0.1:{proxy.port}"\n')
        done = suranys(tmp_path, "run")
        assert [asked.method for asked in proxy.requests]
    assert done.status == 1
    assert not done.out.startswith("SAMPLE")
    assert "Traceback" not in done.err
    assert (tmp_path / "var/suranys.db").exists()
