"""The map from saved file to address: what it may say, and which answer wins."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.replay import MapError, ReplayMap, load_maps

HEAD = 'portal = "kz_made_up"\ncaptured = 2026-05-18T12:00:00+05:00\n'
ONE = '[[answers]]\nfile = "listing.html"\nurl = "https://kz.example/ru/lots"\n'


def write(folder: Path, text: str, name: str = "kz_made_up.toml") -> Path:
    maps = folder / "maps"
    maps.mkdir(exist_ok=True)
    (maps / name).write_text(text, encoding="utf-8")
    return maps


def load(folder: Path, text: str) -> ReplayMap:
    (one,) = load_maps(folder, write(folder, text))
    return one


def test_a_map_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "listing.html").write_bytes(b"page")
    one = load(tmp_path, HEAD + 'entries = ["17013627"]\n[query]\nwords = ["труба"]\n' + ONE)
    assert one.portal == "kz_made_up"
    assert one.captured == datetime(2026, 5, 18, 7, tzinfo=UTC)
    assert one.captured.tzinfo is UTC
    assert one.entries == ("17013627",)
    assert one.query == {"words": ["труба"]}
    assert one.absent == ()
    assert one.answers[0].read(tmp_path) == (b"page", "text/html; charset=utf-8")


def test_an_absent_file_is_named_and_the_rest_stays(tmp_path: Path) -> None:
    (tmp_path / "listing.html").write_bytes(b"page")
    gone = '[[answers]]\nfile = "gone.html"\nurl = "https://kz.example/ru/gone"\n'
    one = load(tmp_path, HEAD + ONE + gone)
    assert one.absent == ("gone.html",)
    assert [answer.file for answer in one.answers] == ["listing.html"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD, "answers"),
        (HEAD.replace("+05:00", "") + ONE, "offset"),
        (HEAD + ONE.replace("/ru/lots", "/ru/lots?page=2"), "params"),
        (HEAD + ONE + 'parrams = { page = "2" }\n', "parrams"),
        (HEAD + ONE.replace("listing.html", "../secret"), "outside"),
        (HEAD + ONE.replace("listing.html", "/etc/passwd"), "outside"),
        (HEAD + ONE + 'part = "second"\n', "part"),
        (HEAD + "[[answers\n", "kz_made_up.toml"),
    ],
)
def test_a_faulty_map_says_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(MapError, match=said):
        load(tmp_path, text)


def test_the_body_of_a_saved_exchange_is_served(tmp_path: Path) -> None:
    exchange = 'GET /x HTTP/1.0\nHost: a\n\n\nHTTP/1.0 200 OK\r\nA: b\r\n\r\n{"data": []}\n'
    (tmp_path / "listing.html").write_bytes(exchange.encode())
    one = load(tmp_path, HEAD + ONE + 'part = "http"\n')
    assert one.answers[0].read(tmp_path)[0] == b'{"data": []}\n'


def test_one_file_may_hold_two_pages(tmp_path: Path) -> None:
    (tmp_path / "listing.html").write_bytes(b"<html>1</html><!doctype html>2")
    second = ONE.replace("/ru/lots", "/ru/lot")
    one = load(
        tmp_path,
        HEAD + ONE + 'part = "until:<!doctype"\n' + second + 'part = "from:<!doctype"\n',
    )
    assert one.answers[0].read(tmp_path)[0] == b"<html>1</html>"
    assert one.answers[1].read(tmp_path)[0] == b"<!doctype html>2"


def test_the_shipped_maps_are_valid(tmp_path: Path) -> None:
    for one in load_maps(tmp_path):
        assert one.absent, "no file is in an empty folder"
        assert not one.answers
