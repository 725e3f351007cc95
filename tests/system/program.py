"""Run the installed `suranys` as a process and look at what it left behind."""

import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CUT_OFF = Path(__file__).parent / "cut_off"
PAYLOADS = ROOT.parent / "shared" / "payloads"
SECONDS = 110


def executable() -> str:
    """The command beside the Python that runs the tests."""
    found = shutil.which("suranys", path=str(Path(sys.executable).parent))
    assert found, "the project is not installed: make setup"
    return found


@dataclass(frozen=True, slots=True)
class Done:
    """How a process ended, what it said, and which hosts it looked up or connected to."""

    status: int
    out: str
    err: str
    asked: tuple[str, ...]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """A clean environment without network, tokens or proxies."""
    kept = {key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL") if key in os.environ}
    return {
        **kept,
        "HOME": str(folder),
        "PYTHONPATH": str(CUT_OFF),
        "SURANYS_TEST_ASKED": str(folder / "asked.txt"),
        **more,
    }


def suranys(folder: Path, *arguments: object, stdin: bytes = b"") -> Done:
    """Run `suranys ARGUMENTS` in `folder`, on a machine that has loopback only."""
    asked = folder / "asked.txt"
    asked.unlink(missing_ok=True)
    done = subprocess.run(  # noqa: S603 - our own command
        [executable(), *map(str, arguments)],
        cwd=folder,
        env=environment(folder),
        input=stdin,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    lines = asked.read_text("utf-8").splitlines() if asked.exists() else []
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode(), tuple(lines))


def write_config(folder: Path, text: str) -> Path:
    """Put a config.toml into `folder`, where `suranys` finds it by itself."""
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def rows(database: Path, query: str, *values: object) -> list[tuple[object, ...]]:
    """Ask the database as any other program would."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return [tuple(row) for row in connection.execute(query, values)]
    finally:
        connection.close()


def counts(database: Path) -> dict[str, int]:
    """How many rows each table holds."""
    names = rows(database, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return {
        str(name): int(str(rows(database, f'SELECT count(*) FROM "{name}"')[0][0]))  # noqa: S608
        for (name,) in names
    }


def letters(folder: Path) -> dict[str, EmailMessage]:
    """The digests of a folder by file name, parsed as a mail program would."""
    return {path.name: letter(path.read_bytes()) for path in sorted(folder.glob("*.eml"))}


def letter(content: bytes) -> EmailMessage:
    """Parse one message; a defect in its form fails the test."""
    message = BytesParser(policy=policy.default).parsebytes(content)
    assert isinstance(message, EmailMessage)
    for part in message.walk():
        assert not part.defects, part.defects
    return message


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    """The text or HTML part of a digest, with plain line ends."""
    body = message.get_body((kind,))
    assert body is not None
    content = body.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")
