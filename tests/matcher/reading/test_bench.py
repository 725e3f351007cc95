"""The labelled price lines beside the project are read; skipped loudly where they are absent."""

import json
from pathlib import Path

import pytest

from catalog.family import load_families
from catalog.records import Span
from matcher.reading import read_lot, read_text
from matcher.records import LotText

BENCH = Path(__file__).resolve().parents[4] / "shared" / "bench"
KEYS = {
    "diameter_mm": "outer_diameter_mm",
    "dn_mm": "nominal_diameter_mm",
    "wall_mm": "wall_mm",
    "width_mm": "width_mm",
    "height_mm": "height_mm",
    "sdr": "sdr",
}
SHARE = 0.99
"""The aim of the figures: at least this share of the labelled sizes is read exactly."""


@pytest.mark.bench
@pytest.mark.parametrize("name", ["attr_metal_ru", "attr_small"])
def test_labelled_sizes_are_read(name: str) -> None:
    path = BENCH / f"{name}.jsonl"
    if not path.exists():
        pytest.skip(f"labelled data absent: {path}")
    families = load_families()
    right = wanted = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        said = read_text(row["text"], families).attributes
        for gold, key in KEYS.items():
            if row["gold"].get(gold) is not None:
                wanted += 1
                value = float(row["gold"][gold])
                right += said.get(key) == (Span(value, value),)
    assert wanted
    assert right / wanted >= SHARE


@pytest.mark.bench
@pytest.mark.parametrize("name", ["ted_cpv", "goszakup_kz60", "orders_queries", "prosept_queries"])
def test_real_texts_are_read_without_fault(name: str) -> None:
    path = BENCH / f"{name}.jsonl"
    if not path.exists():
        pytest.skip(f"texts absent: {path}")
    families = load_families()
    for line in path.read_text(encoding="utf-8").splitlines():
        texts = [value for value in json.loads(line).values() if isinstance(value, str)]
        assert read_lot(LotText("n", "1", texts[0], texts=tuple(texts[1:])), families)
