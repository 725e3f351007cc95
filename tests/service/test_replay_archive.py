"""An archive of a live run is read again offline, with whatever parsers there are now."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from scrapers.canonical import fingerprint
from scrapers.fetch import Archive
from scrapers.portal import Answer, Request
from scrapers.records import Notice
from service import modes
from service.config import Config, PortalTable
from service.jobs.collect import Collecting, PortalResult, collect
from service.modes import Ground
from service.replay import Archived, Asked, is_archive
from service.store import open_store
from tests.service.notices import stored_notices

NOON = datetime(2026, 6, 1, 7, tzinfo=UTC)
SEARCH = "https://api.ted.europa.eu/v3/notices/search"


def kept(
    folder: Path, request: Request, body: bytes, *, final: str = "", at: datetime = NOON
) -> None:
    """Put an answer into the archive as the fetcher does."""
    headers = {"content-type": "text/html"}
    Archive(folder).store(Answer(request, final or request.url, 200, headers, body, at))


def get(folder: Path, target: str, host: str = "kz.example") -> tuple[int, bytes] | None:
    reply = Archived(folder).reply(Asked("GET", host, target, {}, b""))
    return (reply.status, reply.body) if reply else None


def post(folder: Path, body: str) -> bytes | None:
    asked = Asked("POST", "api.ted.europa.eu", "/v3/notices/search", {}, body.encode())
    reply = Archived(folder).reply(asked)
    return reply.body if reply else None


def test_an_address_gives_its_newest_answer_and_others_none(tmp_path: Path) -> None:
    kept(tmp_path, Request("https://kz.example/a?б=1"), b"old")
    kept(tmp_path, Request("https://kz.example/a?б=1"), b"new", at=NOON + timedelta(hours=1))
    assert get(tmp_path, "/a?%D0%B1=1") == (200, b"new")
    assert get(tmp_path, "/a?%D0%B1=2") is None
    assert get(tmp_path, "/a?%D0%B1=1", host="other.example") is None


def test_a_redirect_is_repeated_so_that_parsers_see_the_final_address(tmp_path: Path) -> None:
    kept(tmp_path, Request("https://kz.example/old"), b"page", final="https://kz.example/new")
    reply = Archived(tmp_path).reply(Asked("GET", "kz.example", "/old", {}, b""))
    assert reply is not None
    assert (reply.status, reply.headers) == (303, (("location", "https://kz.example/new"),))
    assert get(tmp_path, "/new") == (200, b"page")


def test_forms_choose_the_answer(tmp_path: Path) -> None:
    for number in ("1", "2"):
        form = (("id", number),)
        window = Request("https://kz.example/window", kind="lot", method="POST", form=form)
        kept(tmp_path, window, number.encode())
    asked = Asked("POST", "kz.example", "/window", {}, b"id=2")
    reply = Archived(tmp_path).reply(asked)
    assert reply is not None
    assert reply.body == b"2"


def test_a_listing_asked_since_a_day_answers_the_same_listing_asked_whole(tmp_path: Path) -> None:
    since = '{"limit": 250, "query": "(CPV=44*) AND PD>=20260601 SORT BY date"}'
    second = since.replace("}", ', "token": "T"}')
    other = since.replace("CPV=44*", "CPV=72*")
    for body, page in ((second, b"second"), (since, b"first"), (other, b"other")):
        kept(tmp_path, Request(SEARCH, method="POST", json=body), page)
    whole = '{"limit": 250, "query": "(CPV=44*) SORT BY date"}'
    assert post(tmp_path, whole) == b"first"
    assert post(tmp_path, whole.replace("}", ', "token": "T"}')) == b"second"
    assert post(tmp_path, whole.replace("}", ', "token": "U"}')) is None
    assert post(tmp_path, whole.replace("44", "45")) is None


def test_the_pages_of_a_notice_are_never_taken_for_one_another(tmp_path: Path) -> None:
    kept(tmp_path, Request("https://kz.example/announce/7?tab=lots", kind="lots"), b"lots")
    assert get(tmp_path, "/announce/7") is None


def test_a_body_that_is_damaged_is_not_served(tmp_path: Path) -> None:
    kept(tmp_path, Request("https://kz.example/a"), b"page")
    (body,) = tmp_path.glob("raw/*/*.gz")
    body.write_bytes(b"not gzip")
    assert get(tmp_path, "/a") is None


def read(ground: Ground, folder: Path, archive: Path | None) -> tuple[list[Notice], PortalResult]:
    with open_store(f"sqlite:///{folder / 'run.db'}") as store:
        work = Collecting(
            store=store,
            config=ground.config,
            clock=ground.clock,
            archive=archive,
            network=ground.network,
            entries=ground.entries,
            everything=True,
        )
        (result,) = collect(work)
        with store.reading() as session:
            return list(stored_notices(session)), result


def test_a_run_is_repeated_from_its_archive_record_for_record(tmp_path: Path) -> None:
    config = Config(portals={"sample": PortalTable(enabled=True, min_per_run=1)})
    archive = tmp_path / "archive"
    (tmp_path / "live").mkdir()
    (tmp_path / "again").mkdir()
    with modes.sample(config) as ground:
        live, first = read(ground, tmp_path / "live", archive)
    assert is_archive(archive)
    with modes.replay(config, archive) as ground:
        again, second = read(ground, tmp_path / "again", None)
    assert len(live) > 5
    assert fingerprint(again, texts=True) == fingerprint(live, texts=True)
    assert (second.portal, second.report.outcome) == (first.portal, first.report.outcome)
