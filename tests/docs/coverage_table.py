"""The table of `docs/reference/coverage.md`, made from portals, settings and what is known of them.

`python -m tests.docs.coverage_table` writes it into the page after a portal has changed.
"""

from service.clock import SystemClock
from service.config import load_config
from service.health.coverage import PortalCoverage, coverage
from tests.docs.pages import DOCS, ROOT, read

PAGE = DOCS / "reference" / "coverage.md"
HEADER = ("country", "portal", "by default", "parsers", "robots.txt", "pause", "token")
OTHERS = ("country", "portal", "why it is not read", "source, checked")


def coverage_rows() -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """The rows of portals that have a module, and of those that are not read at all."""
    found = coverage(None, load_config(ROOT / "config.toml"), SystemClock())
    return (
        [_row(each) for each in found if each.name],
        [_other(each) for each in found if not each.name],
    )


def _row(each: PortalCoverage) -> tuple[str, ...]:
    off = "off" in each.why_not
    return (
        each.country or "–",
        f"`{each.name}`",
        "not read: switched off" if off else "read",
        "verified" if each.verified else "unverified",
        each.robots,
        f"{each.delay_seconds:g} s",
        f"`{each.token}`" if each.token else "–",
    )


def _other(each: PortalCoverage) -> tuple[str, ...]:
    return (each.country or "–", each.title, each.why_not, f"{each.source}, {each.as_of}")


def _table(header: tuple[str, ...], body: list[tuple[str, ...]]) -> list[str]:
    lines = [f"| {' | '.join(cells)} |" for cells in (header, *body)]
    return [lines[0], "|---" * len(header) + "|", *lines[1:]]


def page() -> str:
    """The page as it should be: the text around the tables stays."""
    text = read(PAGE).splitlines()
    for header, body in zip((HEADER, OTHERS), coverage_rows(), strict=True):
        start = next(n for n, line in enumerate(text) if line.startswith(f"| {' | '.join(header)}"))
        end = next((n for n in range(start, len(text)) if not text[n].startswith("|")), len(text))
        text[start:end] = _table(header, body)
    return "\n".join(text) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
