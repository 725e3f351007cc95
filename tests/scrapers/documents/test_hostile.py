"""Files made to harm: every one ends in a named state, and none as a true document it is not."""

import io
import zipfile
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scrapers.documents import Limits, State, read_document
from scrapers.documents.archives import shown_name
from tests.scrapers.documents import making

LIMITS = Limits()


def state(body: bytes, **limits: int) -> State:
    return read_document(body, replace(LIMITS, **limits)).state


def nested(depth: int) -> bytes:
    body = making.zipped({"a.txt": "Труба".encode()})
    for _ in range(depth):
        body = making.zipped({"inner.zip": body})
    return body


def test_a_bomb_is_told_by_its_ratio_before_it_is_unpacked() -> None:
    assert state(making.zipped({"a.txt": b"0" * 30_000_000})) is State.BOMB


def test_archives_in_archives_have_a_depth() -> None:
    assert state(nested(1)) is State.READ
    assert state(nested(2)) is State.BOMB


def test_members_that_share_bytes_are_a_bomb() -> None:
    assert state(making.overlapping()) is State.BOMB


def test_too_many_members_are_a_bomb() -> None:
    assert state(making.zipped({f"{n}.txt": b"x" for n in range(40)}), members=30) is State.BOMB


def test_a_member_that_is_larger_than_it_says_is_no_document() -> None:
    body = bytearray(making.zipped({"a.txt": b"0123456789" * 100}))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = body.find(mark) + at
        body[place : place + 4] = (10).to_bytes(4, "little")
    assert state(bytes(body)) in {State.BOMB, State.BROKEN}


def test_passwords_are_named_in_archives_and_office_files() -> None:
    assert state(making.with_flags(making.zipped({"a.txt": b"text"}), 0x1)) is State.ENCRYPTED
    assert state(making.with_flags(making.word(), 0x1)) is State.ENCRYPTED
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert state(ole + "EncryptedPackage".encode("utf-16-le")) is State.ENCRYPTED


def test_a_pdf_with_a_password_is_encrypted() -> None:
    """An /Encrypt dictionary whose user key no empty password opens."""
    locked = (
        b"/Root 1 0 R/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]"
        b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<" + b"11" * 32 + b">/U<" + b"22" * 32 + b">>>"
    )
    assert state(making.text_pdf("Труба").replace(b"/Root 1 0 R", locked)) is State.ENCRYPTED


@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml"])
def test_an_office_file_with_entities_of_its_own_is_a_bomb(part: str) -> None:
    lol = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "' + b"a" * 50 + b'">]><l>&a;</l>'
    assert state(making.replaced(making.word(), part, lol)) is State.BOMB


def test_no_local_file_is_read_into_a_document() -> None:
    xml = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'
    assert state(making.replaced(making.word(), "word/document.xml", xml)) is State.BOMB
    assert "root:" not in str(read_document(b"<html>" + xml + b"</html>", LIMITS))


def test_a_link_in_an_archive_is_not_followed() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("spec.pdf")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert state(out.getvalue()) is State.WRONG_TYPE


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\смета.xlsx", "смета.xlsx"),
        ("a\x1b[31mb\u202egpj.pdf", "a [31mb gpj.pdf"),
        ("папка/", "?"),
        ("x" * 500, "x" * 120),
    ],
)
def test_a_name_is_only_shown_and_never_a_path(name: str, shown: str) -> None:
    info = zipfile.ZipInfo("a")
    info.filename, info.flag_bits = name, 0x800
    assert shown_name(info) == shown


def test_a_name_of_russian_windows_is_read() -> None:
    info = zipfile.ZipInfo("a")
    info.filename = "Смета.pdf".encode("cp866").decode("cp437")
    assert shown_name(info) == "Смета.pdf"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", State.BROKEN),
        (b"MZ\x90\x00\x03\x00\x00", State.WRONG_TYPE),
        (b"%PDF-1.7\n%%EOF", State.BROKEN),
        (b"PK\x03\x04" + bytes(50), State.BROKEN),
        (b"{\\rtf1" + b"{" * 5_000, State.UNREAD),
        (b"   \n  ", State.UNREAD),
    ],
)
def test_what_is_no_document_has_a_name(body: bytes, expected: State) -> None:
    assert state(body) is expected


def test_a_file_over_the_limit_is_not_opened() -> None:
    assert state(making.text_pdf("Труба"), packed=100) is State.TOO_LARGE


SAMPLES = [
    making.table_pdf(),
    making.word(),
    making.sheets(Смета=making.ROWS),
    making.rtf(making.LONG),
    making.zipped({"a.pdf": making.text_pdf("Труба"), "b.txt": b"text"}),
]
MENDED = {State.READ, State.PARTIAL, State.UNREAD, State.BROKEN, State.ENCRYPTED, State.BOMB}
MENDED |= {State.TOO_LARGE, State.WRONG_TYPE}


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(range(len(SAMPLES))),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8),
    st.floats(0.02, 1),
)
@example(0, [], 0.5)
def test_a_damaged_file_ends_in_a_named_state(
    which: int, changes: list[tuple[float, int]], share: float
) -> None:
    body = bytearray(SAMPLES[which])
    for place, byte in changes:
        body[int(place * (len(body) - 1))] = byte
    assert state(bytes(body[: max(int(len(body) * share), 1)])) in MENDED
