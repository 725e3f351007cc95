"""Children that read: each limit is a named state, the next file is read all the same."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from scrapers.documents import Limits, State
from service.bench.made_documents import assemble, drawn_page
from service.documents.child import ChildSettings
from service.documents.codec import dump_document, load_document
from service.documents.pool import DocumentReaders
from tests.scrapers.documents import making

GOOD = making.table_pdf()
SETTINGS = ChildSettings(cpu_seconds=20)


@pytest.fixture(scope="module")
def readers() -> Iterator[DocumentReaders]:
    with DocumentReaders(SETTINGS, count=1) as opened:
        yield opened


def good(readers: DocumentReaders) -> bool:
    document = readers.read(GOOD)
    return document.read.state is State.READ and len(document.items) == 2


def test_a_file_is_read_in_a_child_that_is_used_again(readers: DocumentReaders) -> None:
    assert good(readers)
    (child,) = readers._idle
    assert good(readers)
    assert [one.process.pid for one in readers._idle] == [child.process.pid]
    assert child.process.pid != os.getpid()


def test_files_are_read_side_by_side_in_the_order_asked() -> None:
    said = [f"Спецификация труб номер {number}" for number in range(6)]
    with DocumentReaders(SETTINGS, count=2) as readers:
        futures = [readers.submit(making.text_pdf(text)) for text in said]
        assert [one.result().read.pages[0].text.strip() for one in futures] == said
    assert readers._idle == []


def test_a_child_that_hangs_is_killed_at_its_time() -> None:
    with DocumentReaders(SETTINGS, count=1, wall_seconds=0.5) as readers:
        readers.wall_seconds = 30
        assert good(readers)
        (child,) = readers._idle
        os.kill(child.process.pid, signal.SIGSTOP)
        readers.wall_seconds = 0.5
        done = readers.read(GOOD)
        assert done.read.state is State.TIMED_OUT
        assert "0.5 s" in done.read.reason
        readers.wall_seconds = 30
        assert good(readers)


def test_a_child_that_dies_leaves_a_named_state(readers: DocumentReaders) -> None:
    assert good(readers)
    (child,) = readers._idle
    os.kill(child.process.pid, signal.SIGSTOP)
    answers: list[State] = []
    thread = threading.Thread(target=lambda: answers.append(readers.read(GOOD).read.state))
    thread.start()
    while child in readers._idle:
        time.sleep(0)  # until the thread has taken it
    os.kill(child.process.pid, signal.SIGSEGV)
    os.kill(child.process.pid, signal.SIGCONT)
    thread.join()
    assert answers == [State.CRASHED]
    assert good(readers)


def test_memory_beyond_the_limit_is_a_state_and_not_ours() -> None:
    small = replace(SETTINGS, memory=400 << 20, limits=Limits(ratio=10**6))
    wide = making.zipped({"a.txt": ("труба " * 9_000_000).encode()})
    with DocumentReaders(small, count=1) as readers:
        assert readers.read(wide).read.state in {State.TOO_LARGE, State.CRASHED}
        assert good(readers)


def test_processor_time_beyond_the_limit_is_timed_out() -> None:
    """A child may use a second and a little: three thousand tables take a dozen."""
    tables = assemble([drawn_page([making.HEADS, *making.ROWS[1:] * 12])] * 300)
    hungry = making.zipped({f"{number}.pdf": tables for number in range(10)})
    settings = replace(SETTINGS, cpu_seconds=1, limits=Limits(pages=100_000))
    with DocumentReaders(settings, count=1) as readers:
        done = readers.read(hungry)
        assert done.read.state is State.TIMED_OUT
        assert "processor time" in done.read.reason


def test_a_pdf_of_thirty_thousand_pages_is_read_in_part(readers: DocumentReaders) -> None:
    done = readers.read(making.text_pdf(*[""] * 29_999, "Труба стальная электросварная"))
    assert done.read.state is State.UNREAD
    assert done.read.page_count == 30_000
    assert "300 of 30000 pages" in done.read.reason


def test_a_document_survives_its_way_through_json(readers: DocumentReaders) -> None:
    document = readers.read(making.zipped({"Смета.pdf": GOOD, "b.txt": "Труба".encode()}))
    assert load_document(dump_document(document)) == document
    assert [found.member for found in document.items] == ["Смета.pdf", "Смета.pdf"]
