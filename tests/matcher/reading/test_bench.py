"""The labelled price lines beside the project are read; skipped loudly where they are absent."""

import json
from pathlib import Path

import pytest

from catalog.family import load_families
from catalog.records import Span
from matcher.reading import read_text

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
