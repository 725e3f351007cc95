"""RAR and 7z: their files are read inside the limits, and wrong archives end in named states."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from scrapers.documents import Kind, Limits, Read, State, Tools, read_document
from service.documents.child import ChildSettings
from service.documents.pool import DocumentReaders
from service.documents.programs import Programs, installed, tools
from tests.scrapers.documents import making, making_old

TEXT = making.LONG.encode()

needs_bsdtar = pytest.mark.skipif(
    shutil.which("bsdtar") is None, reason="NO UNPACKER: bsdtar (libarchive-tools) is not installed"
)


def read(body: bytes, **limits: int) -> Read:
    return read_document(body, replace(Limits(), **limits), tools(installed()))


def packed(folder: Path, members: dict[str, bytes]) -> bytes:
    """A 7z archive; a content that begins with `->` is a link."""
    for name, body in members.items():
        if body.startswith(b"->"):
            (folder / name).symlink_to(body[2:].decode())
        else:
            (folder / name).write_bytes(body)
    command = ["bsdtar", "-c", "-f", "-", "--format", "7zip", "-C", str(folder), *members]
    return subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603 - our own words


@pytest.mark.parametrize("body", [making_old.rar({"a.txt": TEXT}), b"7z\xbc\xaf\x27\x1c\0\4"])
def test_without_an_unpacker_the_archive_is_unread_and_says_what_is_missing(body: bytes) -> None:
    done = read_document(body, Limits(), Tools())
    assert done.state is State.UNREAD
    assert "bsdtar is not installed" in done.reason


def test_an_unpacker_that_is_gone_since_is_told() -> None:
    done = read_document(
        making_old.rar({"a.txt": TEXT}), Limits(), tools(Programs(bsdtar="/nowhere/bsdtar"))
    )
    assert (done.state, "cannot be started" in done.reason) == (State.UNREAD, True)


def test_a_machine_with_an_unpacker_reads_again_what_one_without_could_not() -> None:
    assert Programs().name != Programs(bsdtar="/usr/bin/bsdtar").name


@needs_bsdtar
def test_the_files_of_a_rar_are_read_and_their_names_only_shown() -> None:
    done = read(
        making_old.rar({"a\\..\\..\\etc/passwd": TEXT, "b.xls": making_old.xls(A=making.ROWS)})
    )
    assert (done.state, done.kind) == (State.READ, Kind.RAR)
    assert [(one.name, one.kind) for one in done.members] == [
        ("passwd", Kind.TEXT),
        ("b.xls", Kind.XLS),
    ]
    assert done.members[0].pages[0].text == making.LONG


@needs_bsdtar
def test_the_files_of_a_7z_are_read_and_links_not_followed(tmp_path: Path) -> None:
    done = read(packed(tmp_path, {"Смета.txt": TEXT, "link.pdf": b"->/etc/passwd"}))
    assert (done.state, done.kind) == (State.PARTIAL, Kind.SEVEN_ZIP)
    assert [(one.name, one.state) for one in done.members] == [
        ("Смета.txt", State.READ),
        ("link.pdf", State.WRONG_TYPE),
    ]


@needs_bsdtar
@pytest.mark.parametrize(
    ("body", "state"),
    [
        (making_old.rar({"a.txt": TEXT}, locked=True), State.ENCRYPTED),
        (making_old.rar({"a.txt": b"/etc/passwd"}, link=True), State.WRONG_TYPE),
        (making_old.rar({"a.txt": TEXT}, size=10**9), State.BOMB),
        (making_old.rar({f"{n}.txt": b"x" for n in range(1_001)}), State.BOMB),
        (making_old.rar({"a.txt": TEXT})[:100], State.BROKEN),
        (making_old.rar({"a.rar": making_old.rar({"b.rar": making_old.rar({})})}), State.BOMB),
        (b"7z\xbc\xaf\x27\x1c\x00\x04" + b"\xff" * 40, State.BROKEN),
    ],
)
def test_a_wrong_archive_ends_in_a_named_state(body: bytes, state: State) -> None:
    assert read(body).state is state


@needs_bsdtar
def test_a_7z_bomb_is_told_before_it_is_unpacked(tmp_path: Path) -> None:
    body = packed(tmp_path, {"a.txt": TEXT, "zeros.txt": b"0" * 3_000_000})
    assert len(body) < 11_000
    assert read(body).state is State.BOMB
    assert read(body, ratio=10_000, unpacked=1_000).state is State.BOMB
    assert read(body, ratio=10_000, member=1_000).members[1].state is State.TOO_LARGE


@needs_bsdtar
def test_what_came_before_a_break_is_kept_and_the_break_is_told() -> None:
    body = making_old.rar({"a.txt": TEXT, "b.txt": TEXT})
    done = read(body[:-60])
    assert done.state is State.PARTIAL
    assert [one.state for one in done.members] == [State.READ, State.BROKEN]


@needs_bsdtar
def test_an_archive_is_unpacked_in_the_child_with_its_limits() -> None:
    with DocumentReaders(ChildSettings(programs=installed()), count=1) as readers:
        done = readers.read(making_old.rar({"a.txt": TEXT})).read
    assert (done.state, done.members[0].pages[0].text) == (State.READ, making.LONG)
