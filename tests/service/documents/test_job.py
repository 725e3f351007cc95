"""The job of documents: what is fetched, what is kept, what is asked for again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from scrapers.documents import State
from scrapers.errors import (
    Blocked,
    NotAllowed,
    NotFound,
    NotSaved,
    SourceError,
    TooLarge,
    Unreachable,
    WrongContentType,
)
from scrapers.fetch import LoopbackNetwork
from scrapers.portal import Listing, Portal
from scrapers.records import Document, Lot, Notice
from service.clock import FixedClock
from service.config import Collect, Config, Documents, PortalTable
from service.jobs.documents import DocumentsRead, DocumentWork, next_step, read_documents
from service.replay import Asked, ReplayServer, Reply
from service.store import Store, open_store
from service.store.documents import attached, attached_to
from service.store.notices import save_page
from service.store.tables import DocumentRow, DocumentTextRow, NoticeRow
from service.store.tables.naming import Outcome
from tests.scrapers.documents import making
from tests.service.notices import NOON, pipe_notice

HOST = "files.suranys.example"
PORTAL = Portal(
    name="testportal",
    title="Test",
    country="KZ",
    home=f"https://{HOST}",
    hosts=frozenset({HOST}),
    zone="Asia/Almaty",
    first=lambda _query: (),
    listing=lambda _answer, _query: Listing(()),
)
SPEC = making.table_pdf()


@dataclass
class Files:
    """A host of files; `down` answers 503, what it does not have 404."""

    held: Mapping[str, bytes]
    down: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/robots.txt":
            return Reply(b"", "text/plain", 404)
        self.asked.append(asked.path)
        if asked.path in self.down:
            return Reply(b"", "text/plain", 503)
        body = self.held.get(asked.path)
        if body is None:
            return Reply(b"", "text/plain", 404)
        return Reply(body, "application/octet-stream")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'suranys.db'}") as opened:
        yield opened


def url(path: str) -> str:
    return f"https://{HOST}{path}"


def with_files(*files: tuple[str, str], id_: str = "17013627") -> Notice:
    """A notice to which files are attached, as (title, path)."""
    documents = tuple(Document(title, url(path)) for title, path in files)
    return replace(pipe_notice(id_), documents=documents)


def save(store: Store, *notices: Notice) -> None:
    with store.writing() as session:
        save_page(session, notices, NOON)


def run(
    store: Store, files: Files, *, hours: float = 0, archive: Path | None = None, worth: bool = True
) -> DocumentsRead:
    config = Config(
        collect=Collect(delay_seconds=0, retries=0),
        documents=Documents(readers=1, ocr=False),
        portals={"testportal": PortalTable(enabled=True)},
    )
    clock = FixedClock(NOON + timedelta(hours=hours))
    with ReplayServer(files.answer) as server:
        return read_documents(
            DocumentWork(
                store,
                config,
                clock,
                archive=archive,
                network=LoopbackNetwork(server.port),
                worth=lambda _notice: worth,
                wall=clock,
                registry={"testportal": PORTAL},
            )
        )


def states(store: Store) -> dict[str, str]:
    with store.reading() as session:
        rows = session.exec(select(DocumentRow)).all()
    return {row.url.removeprefix(f"https://{HOST}"): row.state for row in rows}


def test_a_document_is_fetched_read_and_kept_with_its_items(store: Store) -> None:
    save(store, with_files(("Спецификация.pdf", "/a")))
    done = run(store, Files({"/a": SPEC}))
    assert (done.outcome, dict(done.states)) == (Outcome.OK, {State.READ: 1})
    with store.reading() as session:
        (one,) = attached_to(session, "testportal", "17013627")
    assert (one.title, one.state, one.reason) == ("Спецификация.pdf", State.READ, "")
    assert one.document is not None
    assert [found.item.unit and found.item.unit.name for found in one.document.items] == [
        "тн",
        "кг",
    ]


def test_the_same_file_is_fetched_once_and_a_content_read_once(store: Store) -> None:
    save(store, with_files(("А", "/a"), ("Б", "/b")), with_files(("В", "/c"), id_="2"))
    files = Files({"/a": SPEC, "/b": SPEC, "/c": making.word()})
    run(store, files)
    assert sorted(files.asked) == ["/a", "/b", "/c"]
    with store.reading() as session:
        assert len(session.exec(select(DocumentTextRow)).all()) == 2
    run(store, files, hours=1)
    assert len(files.asked) == 3


def test_nothing_due_starts_no_child(store: Store) -> None:
    save(store, pipe_notice())
    assert run(store, Files({})).states == {}


def test_documents_of_a_notice_not_worth_it_are_left(store: Store) -> None:
    save(store, with_files(("А", "/a")))
    files = Files({"/a": SPEC})
    assert run(store, files, worth=False).states == {}
    assert files.asked == []


def test_a_changed_notice_brings_its_new_files_only(store: Store) -> None:
    files = Files({"/a": SPEC, "/b": making.word()})
    save(store, with_files(("А", "/a")))
    run(store, files)
    save(store, with_files(("А", "/a"), ("Б", "/b")))
    run(store, files, hours=1)
    assert files.asked == ["/a", "/b"]


def test_a_file_of_a_lot_knows_its_lot(store: Store) -> None:
    lot = replace(pipe_notice().lots[0], documents=(Document("С", url("/a")),))
    save(store, pipe_notice(lots=(lot, Lot("2", "Другой"))))
    run(store, Files({"/a": SPEC}))
    with store.reading() as session:
        (one,) = attached(session, [1])[1]
    assert one.lot == "1"


def test_signatures_and_the_notice_itself_are_no_files(store: Store) -> None:
    notice = replace(
        with_files(("Спецификация.pdf.p7s", "/s")),
        documents=(
            Document("Подпись", url("/a.p7s")),
            Document("Объявление", url("/n"), "tenderNotice"),
        ),
    )
    save(store, notice)
    files = Files({})
    run(store, files)
    assert files.asked == []


def test_a_file_that_is_gone_is_asked_for_once_and_named(store: Store) -> None:
    save(store, with_files(("А", "/a")))
    files = Files({})
    run(store, files)
    assert states(store) == {"/a": State.GONE}
    run(store, files, hours=500)
    assert files.asked == ["/a"]


def test_a_portal_that_fails_is_asked_again_later_and_more_and_more_rarely(store: Store) -> None:
    save(store, with_files(("А", "/a"), ("Б", "/b")))
    files = Files({"/a": SPEC, "/b": SPEC}, down={"/a"})
    done = run(store, files)
    assert done.outcome is Outcome.PARTIAL
    assert "testportal" in done.reason
    assert states(store) == {"/a": State.UNREACHABLE, "/b": State.WAITING}
    files.down.clear()
    run(store, files, hours=0.5)
    assert states(store) == {"/a": State.UNREACHABLE, "/b": State.READ}
    run(store, files, hours=1.5)
    assert states(store) == {"/a": State.READ, "/b": State.READ}


def test_a_file_of_another_host_is_refused_and_the_others_are_read(store: Store) -> None:
    other = Document("Чужой", "https://elsewhere.suranys.example/x")
    notice = with_files(("А", "/a"))
    save(store, replace(notice, documents=(other, *notice.documents)))
    run(store, Files({"/a": SPEC}))
    found = states(store)
    assert found.pop("https://elsewhere.suranys.example/x") == State.REFUSED
    assert found == {"/a": State.READ}


def test_a_document_that_was_read_has_its_notice_matched_again(store: Store) -> None:
    save(store, with_files(("А", "/a")))
    with store.writing() as session:
        session.exec(select(NoticeRow)).one().matched_key = "matched"
    run(store, Files({"/a": SPEC}))
    with store.reading() as session:
        assert session.exec(select(NoticeRow)).one().matched_key is None


def test_what_another_reader_could_not_read_is_read_again_from_the_archive(
    store: Store, tmp_path: Path
) -> None:
    save(store, with_files(("Скан", "/a")))
    files = Files({"/a": making.scan_pdf()})
    run(store, files, archive=tmp_path / "archive")
    assert states(store) == {"/a": State.UNREAD}
    with store.writing() as session:
        session.exec(select(DocumentTextRow)).one().reader = "an older one"
    done = run(store, files, archive=tmp_path / "archive", hours=1)
    assert dict(done.states) == {State.UNREAD: 1}
    assert files.asked == ["/a"]


def test_a_bomb_among_the_files_stops_no_other(store: Store) -> None:
    save(store, with_files(("Бомба", "/z"), ("А", "/a")))
    bomb = making.zipped({"a.txt": b"0" * 30_000_000})
    run(store, Files({"/z": bomb, "/a": SPEC}))
    assert states(store) == {"/z": State.BOMB, "/a": State.READ}


@pytest.mark.parametrize(
    ("error", "state", "hours"),
    [
        (NotSaved("x"), State.NOT_SAVED, None),
        (NotFound("x"), State.GONE, None),
        (NotAllowed("x"), State.REFUSED, None),
        (TooLarge("x"), State.TOO_LARGE, None),
        (WrongContentType("x"), State.WRONG_TYPE, 1),
        (Blocked("x"), State.UNREACHABLE, 1),
        (Unreachable("x"), State.UNREACHABLE, 1),
    ],
)
def test_each_failure_has_a_state_and_a_next_step(
    error: SourceError, state: State, hours: int | None
) -> None:
    expected = None if hours is None else NOON + timedelta(hours=hours)
    assert next_step(error, 0, NOON) == (state, expected)


def test_the_wait_grows_and_ends() -> None:
    steps = [next_step(Unreachable("x"), tries, NOON)[1] for tries in range(5)]
    waits = [step and (step - NOON) / timedelta(hours=1) for step in steps]
    assert waits == [1, 4, 16, 64, None]


def test_switched_off_nothing_is_asked(store: Store) -> None:
    save(store, with_files(("А", "/a")))
    work = DocumentWork(store, Config(documents=Documents(enabled=False)), FixedClock(NOON))
    assert read_documents(work).outcome is Outcome.SKIPPED
    assert states(store) == {}
