"""Mails as files."""

from pathlib import Path

import pytest

from service.errors import DeliveryError
from service.outbox.files import file_stem, write_files

MESSAGE = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: s\r\n\r\ntext\r\n"


def test_files_are_written_whole_and_beside_one_another(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "digests"
    eml, html = write_files(folder, "zone-2026-11-23", MESSAGE, "<p>да</p>")
    assert eml.read_bytes() == MESSAGE
    assert html.read_text(encoding="utf-8") == "<p>да</p>"
    assert sorted(path.name for path in folder.iterdir()) == [
        "zone-2026-11-23.eml",
        "zone-2026-11-23.html",
    ]


def test_writing_again_replaces_and_leaves_nothing_behind(tmp_path: Path) -> None:
    write_files(tmp_path, "a", b"one", "one")
    write_files(tmp_path, "a", b"two", "two")
    assert (tmp_path / "a.eml").read_bytes() == b"two"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_cannot_be_written_to_is_a_named_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(DeliveryError, match="cannot write the digest"):
        write_files(tmp_path / "taken", "a", b"", "")


@pytest.mark.parametrize(
    ("address", "stem"),
    [
        ("zone@example.invalid", "zone-example-invalid-2026-11-23"),
        ("../../etc/passwd", "etc-passwd-2026-11-23"),
        ("…", "recipient-2026-11-23"),
        ("a" * 200, "a" * 60 + "-2026-11-23"),
    ],
)
def test_a_recipient_cannot_name_a_file_outside_the_folder(address: str, stem: str) -> None:
    assert file_stem(address, "2026-11-23") == stem
