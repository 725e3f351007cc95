"""Notices written to do harm go all the way to the digest and do none; one pipe stays a pipe."""

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from tests.system.program import Done, letters, rows, suranys, text_of
from tests.system.saved import PIPE, PLANT, release, save

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"
HARM = {
    "script": f"{SCRIPT} {PIPE}",
    "formula": f'=cmd|" /C calc"!A0 {PIPE}',
    "header": f"{PIPE}\r\nBcc: victim@zone.example\r\n\r\n<script>x</script>",
    "encoded": f"=?utf-8?q?a=0D=0ABcc=3A_victim=40zone.example?= {PIPE}",
    "reversed": f"{PIPE} \u202egpj.exe\u2066\u200b",
    "long": f"{PIPE} " + "труба " * 17_000,
    "one word": f"{PIPE} " + "я" * 100_000,
    "nul": f"{PIPE}\x00\x01\x1b[31m",
    "surrogates": f"{PIPE} \ud800\udfff\udc00",
    "template": PIPE + " {{ 7 * 7 }} {% raw %} ${7*7} %s %(x)s {0}",
    "digits": f"{PIPE} " + "9" * 5_000 + "x" * 5_000,
}
HEADERS = {
    *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language"),
    *("X-Suranys-Never-Mail", "MIME-Version", "Content-Type"),
}


def hostile(number: int, text: str) -> dict[str, Any]:
    """A release in which every text of a person is the hostile one."""
    made = release(number, text, buyer=text, description=text)
    (line,) = made["tender"]["items"]
    line["unit"]["name"] = text
    line["deliveryAddress"] = {"streetAddress": text, "countryName": text}
    made["tender"]["documents"] = [
        {"id": "1", "title": text, "url": "javascript:alert(1)"},
        {"id": "2", "title": text, "url": f"https://zone.example/{text}"},
    ]
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def done(folder: Path) -> Done:
    releases = [hostile(number, text) for number, text in enumerate(HARM.values())]
    saved = save(folder / "saved", [*releases, release(99, PIPE)])
    (folder / "plant.csv").write_text(PLANT, "utf-8")
    collected = suranys(folder, "collect", "--replay", saved)
    assert collected.status == 0, collected.out + collected.err
    taken = suranys(folder, "catalog", "import", "plant.csv", "--mode", "replay")
    assert taken.status == 0, taken.out + taken.err
    return suranys(folder, "run", "--replay", saved, "--keep")


def messages(folder: Path) -> list[EmailMessage]:
    return list(letters(folder / "var/digests-replay").values())


def test_every_hostile_notice_is_stored_and_matched(folder: Path, done: Done) -> None:
    assert done.status == 0, done.out + done.err
    assert "Traceback" not in done.out + done.err
    stored = rows(folder / "var/replay.db", "SELECT external_id FROM notice")
    assert {id_ for (id_,) in stored} == {
        f"ocds-test-{number}" for number in (*range(len(HARM)), 99)
    }
    ended = rows(folder / "var/replay.db", "SELECT job, outcome, reason FROM run")
    assert {outcome for job, outcome, _ in ended if job == "match"} == {"OK"}, ended


def test_the_digest_offers_the_honest_pipe_and_the_hostile_ones(folder: Path, done: Done) -> None:
    for message in messages(folder):
        text = text_of(message)
        assert "ocds-test-99" in text or "T-99" in text
        assert "подходит по характеристикам" in text


def test_the_digest_has_the_headers_of_a_digest_and_no_others(folder: Path, done: Done) -> None:
    assert messages(folder)
    for message in messages(folder):
        assert set(message.keys()) == HEADERS
        assert len(message.keys()) == len(HEADERS)
        assert "victim" not in str(message["to"])
        assert all(ord(char) >= 0x20 for char in str(message["subject"]))


def test_the_page_runs_nothing_and_links_to_the_web_only(folder: Path, done: Done) -> None:
    for message in messages(folder):
        for page in (text_of(message, "html"),):
            tree = html.fromstring(page)
            assert not tree.xpath("//script | //img | //iframe | //object | //form")
            assert not tree.xpath("//@*[starts-with(name(), 'on')]")
            links = [str(link) for link in tree.xpath("//@href | //@src")]  # type: ignore[union-attr]  # xpath may give a number
            # "#lead-…" leads from the list of deadlines to a card of the same page.
            assert all(link.startswith(("https://", "http://", "mailto:", "#")) for link in links)
    for file in (folder / "var/digests-replay").glob("*.html"):
        assert "<script" not in file.read_text("utf-8")


def test_nothing_invisible_and_no_endless_line_reaches_the_reader(folder: Path, done: Done) -> None:
    for message in messages(folder):
        text = text_of(message)
        assert not set(text) & set("\x00\x01\x1b\u202e\u2066\ud800")
        assert max(map(len, text.splitlines())) < 1_000
        assert len(message.as_bytes()) < 1_000_000


def test_explaining_a_hostile_notice_shows_it_without_control_codes(
    folder: Path, done: Done
) -> None:
    for harm in ("reversed", "one word", "nul"):
        number = f"ocds-test-{list(HARM).index(harm)}"
        shown = suranys(folder, "explain", number, "--mode", "replay")
        assert shown.status == 0, shown.err
        assert "Traceback" not in shown.err
        assert not set(shown.out) & set("\x00\x01\x1b\u202e")
        assert max(map(len, shown.out.splitlines())) < 1_100
