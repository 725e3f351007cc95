"""Reports as text, as JSON and as tables of docs/reference/figures.md."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from service.bench.figures import BenchError, Figure, Report

BLOCK = "<!-- bench:{name} -->\n{body}<!-- end of bench:{name} -->\n"


def as_text(report: Report) -> str:
    """A report as aligned columns for a terminal."""
    rows = [_header(report), *_rows(report)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [report.title]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  " + "  ".join(cells).rstrip())
    lines += [f"  {note}" for note in report.notes]
    return "\n".join(lines) + "\n"


def as_json(report: Report) -> dict[str, object]:
    """A report as one JSON object; missing bounds are null."""
    return {
        "bench": report.bench,
        "figures": [
            {
                "name": each.name,
                "value": round(each.value, 4),
                "unit": each.unit,
                "beside": {name: round(value, 4) for name, value in each.beside.items()},
                "must": each.must,
                "aim": each.aim,
                "reached": each.reaches(each.must),
            }
            for each in report.figures
        ],
        "notes": list(report.notes),
    }


def as_markdown(report: Report) -> str:
    """A report as a table with its notes under it."""
    header = _header(report)
    lines = [f"## {report.title}", "", _line(header)]
    lines.append(_line(["---"] + ["---:"] * (len(header) - 1)))
    lines += [_line(row) for row in _rows(report)]
    lines.append("")
    lines += [f"- {note}" for note in report.notes]
    return "\n".join(lines) + "\n"


def write_docs(path: Path, reports: Sequence[Report]) -> None:
    """Put each report between its markers, leaving the rest of the page as it is."""
    try:
        page = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BenchError(f"cannot read {path}: {error.strerror}") from error
    for report in reports:
        block = BLOCK.format(name=report.bench, body=as_markdown(report))
        old = BLOCK.format(name=re.escape(report.bench), body=".*?")
        found = re.search(old, page, flags=re.DOTALL)
        if found is None:
            page = f"{page.rstrip()}\n\n{block}"
        else:
            page = f"{page[: found.start()]}{block}{page[found.end() :]}"
    path.write_text(page, encoding="utf-8")


def _rivals(report: Report) -> list[str]:
    return list(dict.fromkeys(name for each in report.figures for name in each.beside))


def _bounded(report: Report) -> bool:
    return any(each.must is not None or each.aim is not None for each in report.figures)


def _header(report: Report) -> list[str]:
    bounds = ["must", "aim", ""] if _bounded(report) else []
    return ["figure", "ours", *_rivals(report), *bounds]


def _rows(report: Report) -> Iterator[list[str]]:
    for each in report.figures:
        beside = [number(each.beside.get(name)) for name in _rivals(report)]
        bounds = [_bound(each, each.must), _bound(each, each.aim), each.mark]
        ours = f"{number(each.value)} {each.unit}".strip()
        yield [each.name, ours, *beside, *(bounds if _bounded(report) else [])]


def _bound(figure: Figure, bound: float | None) -> str:
    if bound is None:
        return ""
    return f"{'≤' if figure.at_most else '≥'} {number(bound)}"


def number(value: float | None) -> str:
    """Write a value with as many digits as mean something."""
    if value is None:
        return ""
    if value == int(value) and abs(value) < 1e12:
        return f"{int(value):,}".replace(",", " ")
    if abs(value) >= 100:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
