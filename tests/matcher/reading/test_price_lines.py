"""Lines as price lists write them, made up by us; what they state was read off by hand."""

import csv
from pathlib import Path

import pytest

from catalog.family import load_families
from catalog.records import Span
from matcher.reading import read_text
from matcher.records import Value

with (Path(__file__).parent / "price_lines.csv").open(encoding="utf-8", newline="") as file:
    LINES = [(row["text"], row["stated"]) for row in csv.DictReader(file)]
FAMILIES = load_families()


def written(value: Value) -> str:
    """Write a value as the file does: `57`, `4..6`, `09Г2С`."""
    if isinstance(value, str):
        return value
    return f"{value.low:g}" if value.low == value.high else _range(value)


def _range(span: Span) -> str:
    ends = ["" if end is None else f"{end:g}" for end in (span.low, span.high)]
    return "..".join(ends)


@pytest.mark.parametrize(("text", "stated"), LINES)
def test_a_price_line_is_read_as_a_person_reads_it(text: str, stated: str) -> None:
    read = read_text(text, FAMILIES).attributes
    said = {key: "|".join(map(written, values)) for key, values in read.items()}
    assert said == dict(part.split("=") for part in stated.split("; ") if part)
