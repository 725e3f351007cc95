"""The house has one-way doors: this walks every import and fails when one points the wrong way."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {
    "catalog": set(),
    "scrapers": set(),
    "matcher": {"catalog"},
    "service": {"catalog", "scrapers", "matcher"},
}


def imported(path: Path) -> set[str]:
    """Top-level names a file imports, at any depth of its code."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_import_only_what_they_may(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for name in imported(path) & (ROOMS.keys() | {"tests"}) - ROOMS[room] - {room}
    ]
    assert not wrong, "\n".join(wrong)


PURE_FORBIDS = {"httpx", "httpcore", "socket", "sqlmodel", "sqlalchemy", "subprocess", "smtplib"}


@pytest.mark.parametrize("room", ["catalog", "matcher", "scrapers"])
def test_only_fetch_touches_the_network(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / room).rglob("*.py"))
        if ROOT / "scrapers" / "fetch" not in path.parents
        for name in imported(path) & PURE_FORBIDS
    ]
    assert not wrong, "\n".join(wrong)


def calls(path: Path, names: set[str]) -> list[str]:
    """Dotted names from `names` that a file mentions, with line."""
    return [
        f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in names
    ]


CLOCKS = {"datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.time"}


def test_only_the_clock_asks_the_time() -> None:
    found = [
        hit
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if path != ROOT / "service" / "clock.py"
        for hit in calls(path, CLOCKS)
    ]
    assert not found, "\n".join(found)


def test_only_config_reads_the_environment() -> None:
    found = [
        hit
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if path != ROOT / "service" / "config.py"
        for hit in calls(path, {"os.environ", "os.getenv"})
    ]
    assert not found, "\n".join(found)
