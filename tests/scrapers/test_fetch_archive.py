"""Raw answers outlive the run: whole, found by content, and readable after a kill."""

import gzip
import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from scrapers.errors import Blocked
from scrapers.fetch import Archive, ArchiveDamagedError
from scrapers.portal import Answer, Request
from tests.faults import Asked, FaultServer, Play, fetcher, ok, page, status

AT = datetime(2026, 5, 18, 7, tzinfo=UTC)


def answer(body: bytes = b"page", *, hours: float = 0, url: str = "https://kz.example/a") -> Answer:
    request = Request(
        url, kind="lot", ref="42", method="POST", form=(("id", "42"), ("я", "2")), expect="html"
    )
    headers = {"content-type": "text/html", "etag": '"1"', "set-cookie": "session=secret"}
    return Answer(request, url, 200, headers, body, AT + timedelta(hours=hours))


def test_an_answer_comes_back_as_it_was_but_for_its_cookies(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    first = answer()
    assert archive.store(first) == sha256(b"page").hexdigest()
    kept = {"content-type": "text/html", "etag": '"1"'}
    assert list(Archive(tmp_path).answers(AT)) == [replace(first, headers=kept)]


def test_secrets_are_not_written(tmp_path: Path) -> None:
    request = Request("https://kz.example/a", headers=(("authorization", "Bearer hush"),))
    Archive(tmp_path).store(Answer(request, request.url, 200, {"set-cookie": "hush"}, b"", AT))
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and b"hush" in p.read_bytes()]


def test_equal_bodies_are_kept_once(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for hours in range(3):
        archive.store(answer(hours=hours))
    assert len(list(tmp_path.rglob("*.gz"))) == 1
    assert len(list(archive.answers(AT))) == 3


def test_answers_are_listed_from_a_moment_on_across_months(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for hours in (0, 1, 24 * 30):
        archive.store(answer(str(hours).encode(), hours=hours))
    since = AT + timedelta(minutes=30)
    assert [one.body for one in archive.answers(since)] == [b"1", b"720"]
    assert sorted(p.name for p in tmp_path.glob("index-*")) == [
        "index-2026-05.jsonl",
        "index-2026-06.jsonl",
    ]


@pytest.mark.parametrize("cut", [1, 10, 100])
def test_a_line_cut_by_a_kill_loses_only_itself(tmp_path: Path, cut: int) -> None:
    archive = Archive(tmp_path)
    for number in range(3):
        archive.store(answer(str(number).encode(), hours=number))
    index = tmp_path / "index-2026-05.jsonl"
    index.write_bytes(index.read_bytes()[:-cut])
    reopened = Archive(tmp_path)
    reopened.store(answer(b"3", hours=3))
    # with one byte cut only the line's end is gone, which loses nothing
    left = [b"0", b"1", b"2", b"3"] if cut == 1 else [b"0", b"1", b"3"]
    assert [one.body for one in reopened.answers(AT)] == left


def test_a_stray_temporary_file_harms_nothing(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    sha = archive.store(answer())
    (tmp_path / "raw" / sha[:2] / ".part-x").write_bytes(b"half")
    assert [one.body for one in Archive(tmp_path).answers(AT)] == [b"page"]


@pytest.mark.parametrize("content", [None, b"", b"junk", gzip.compress(b"other", mtime=0)])
def test_a_damaged_body_is_named(tmp_path: Path, content: bytes | None) -> None:
    archive = Archive(tmp_path)
    sha = archive.store(answer())
    place = tmp_path / "raw" / sha[:2] / f"{sha}.gz"
    if content is None:
        place.unlink()
    else:
        place.write_bytes(content)
    with pytest.raises(ArchiveDamagedError):
        archive.load(sha)


@pytest.mark.parametrize(
    "url",
    [
        "https://kz.example/ru/search/lots?filter[name]=труба&page=2",
        "https://kz.example/../../etc/passwd",
        "https://kz.example/" + "a" * 5000,
        "https://kz.example/\x00",
        "https://kz.example",
    ],
)
def test_readable_names_stay_inside_the_folder(tmp_path: Path, url: str) -> None:
    Archive(tmp_path, readable_names=True).store(answer(url=url))
    (found,) = (tmp_path / "pages").rglob("*.html")
    assert found.parent == tmp_path / "pages" / "kz.example"
    assert found.read_bytes() == b"page"


def test_only_true_answers_are_archived(tmp_path: Path) -> None:
    wall = b"<html><title>Just a moment...</title></html>"

    def script(asked: Asked, nth: int) -> Play:
        return ok(wall) if asked.target == "/wall" else ok(page())

    with FaultServer(script) as server, fetcher(server, archive=tmp_path) as fetch:
        fetch("/lots")
        with pytest.raises(Blocked):
            fetch("/wall")
    (stored,) = Archive(tmp_path).answers(AT)
    assert (stored.body, stored.url) == (page(), "https://kz.example/lots")


def conditional(asked: Asked, nth: int) -> Play:
    """A page with an ETag, another with Last-Modified; 304 to whoever has them."""
    if {"if-none-match", "if-modified-since"} & set(asked.headers):
        return status(304)
    if asked.target == "/dated":
        return ok(page(), "text/html", ("Last-Modified", "Mon, 18 May 2026 06:00:00 GMT"))
    return ok(page(), "text/html; charset=utf-8", ("ETag", '"v1"'))


def test_an_unchanged_page_is_taken_from_the_archive(tmp_path: Path) -> None:
    for _ in range(2):  # the second run knows the validators from the index
        with FaultServer(conditional) as server, fetcher(server, archive=tmp_path) as fetch:
            first = fetch("/page", kind="lot")
            second = fetch("/page", kind="lot")
            dated = [fetch("/dated", kind="lot") for _ in range(2)]
        assert first.body == second.body == dated[0].body == dated[1].body == page()
        assert second.status == 200
        assert second.content_type == "text/html; charset=utf-8"
    assert server.requests[0].headers["if-none-match"] == '"v1"'
    assert server.requests[2].headers["if-modified-since"] == "Mon, 18 May 2026 06:00:00 GMT"


def test_a_listing_is_asked_for_afresh(tmp_path: Path) -> None:
    with FaultServer(conditional) as server, fetcher(server, archive=tmp_path) as fetch:
        for _ in range(2):
            fetch("/lots")
    assert not [one for one in server.requests if "if-none-match" in one.headers]


def test_a_damaged_archive_is_mended_by_asking_again(tmp_path: Path) -> None:
    with FaultServer(conditional) as server, fetcher(server, archive=tmp_path) as fetch:
        fetch("/page", kind="lot")
        (place,) = tmp_path.rglob("*.gz")
        place.write_bytes(b"junk")
        assert fetch("/page", kind="lot").body == page()
        assert [("if-none-match" in one.headers) for one in server.requests] == [
            False,
            True,
            False,
        ]
        assert Archive(tmp_path).load(sha256(page()).hexdigest()) == page()


def test_the_index_is_plain_json_lines(tmp_path: Path) -> None:
    Archive(tmp_path).store(answer())
    (line,) = (tmp_path / "index-2026-05.jsonl").read_text(encoding="utf-8").splitlines()
    record = json.loads(line)
    assert (record["method"], record["url"], record["status"]) == (
        "POST",
        "https://kz.example/a",
        200,
    )
    assert record["form"] == [["id", "42"], ["я", "2"]]
    assert record["received_at"] == "2026-05-18T07:00:00+00:00"


def test_portals_read_side_by_side_do_not_mix_their_lines(tmp_path: Path) -> None:
    def store(name: int) -> None:
        archive = Archive(tmp_path)
        for number in range(20):
            url = f"https://kz.example/{name}/" + "x" * 9000
            archive.store(answer(f"{name} {number}".encode(), url=url))

    threads = [threading.Thread(target=store, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored = {one.body.decode() for one in Archive(tmp_path).answers(AT)}
    assert stored == {f"{name} {number}" for name in range(4) for number in range(20)}
