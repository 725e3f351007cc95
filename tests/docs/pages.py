"""The project's pages as tests read them: Markdown files, their tables, snippets and links."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")


def pages() -> list[Path]:
    """Every Markdown page that we write."""
    return sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


def named(page: Path) -> str:
    """The name of a page in a message."""
    return page.relative_to(ROOT).as_posix()


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def rows(text: str, columns: int) -> Iterator[tuple[str, ...]]:
    """Yield the body rows of every table of so many columns, cells stripped, `\\|` unescaped."""
    for line in text.splitlines():
        if not line.startswith("|"):
            continue
        parts = re.split(r"(?<!\\)\|", line)
        cells = tuple(cell.strip().replace("\\|", "|") for cell in parts[1:-1])
        if len(cells) == columns and not set("".join(cells)) <= set("-: "):
            yield cells


def fenced(text: str, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return [body for kind, body in _FENCE.findall(text) if kind == language]


def code(text: str) -> list[str]:
    """Every piece of code: spans between backticks, and lines of indented or fenced blocks."""
    spans = _CODE.findall(_FENCE.sub("", text))
    blocks = [line for _, body in _FENCE.findall(text) for line in body.splitlines()]
    indented = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    return [*spans, *blocks, *indented]
