"""A family written as data in a test decides by specification, with no Python of its own."""

from pathlib import Path

import pytest

from catalog.family import load_families, read_family
from catalog.records import FamilyName
from matcher.matching import candidate
from matcher.offers import Offers
from matcher.records import LotText
from tests.matcher.making import product

POLES = """
unit = "pcs"
typical_quantity = 20
sizes = [["height_mm"]]
never = ["опора мостовая", "опора трубопровода"]

[titles]
ru = "Опора освещения"

[words]
ru = ["опора освещения", "опора осветительная", "столб освещения"]

[attributes.height_mm]
plausible = "2000..40000"
aliases = ["высота"]
[attributes.coating]
decides = false
[attributes.coating.names]
"оцинкованная" = "цинк"
"окрашенная" = "краска"

[[standards]]
number = "ГОСТ 32947"
source = "ГОСТ 32947-2014: опоры стационарного электрического освещения"
"""


@pytest.mark.parametrize(
    ("title", "verdict"),
    [
        ("Опора освещения высота 8 м оцинкованная ГОСТ 32947-2014", "can"),
        ("Опора осветительная, высота 14 м", "cannot"),
        ("Опора освещения высота 3,5 м оцинкованная ГОСТ 32947-2014", "can"),
        ("Опора осветительная, высота 2,5 м", "cannot"),
        ("Опора освещения окрашенная, высота 6 м", "cannot"),
        ("Опора освещения", "check"),
        ("Опора мостовая", "cannot"),
        ("Труба стальная электросварная 820х10", "cannot"),
    ],
)
def test_a_family_from_a_file_gives_verdicts_by_specification(
    tmp_path: Path, title: str, verdict: str
) -> None:
    path = tmp_path / "light_poles.toml"
    path.write_text(POLES, encoding="utf-8")
    poles = read_family(path)
    families = {**load_families(), poles.name: poles}
    made = product(
        "height_mm=3000..10000; coating=цинк; standards=ГОСТ 32947",
        family=FamilyName("light_poles"),
        name="Опоры освещения стальные",
    )
    row = candidate(LotText("n", "1", title), Offers.build([made], families), 0)
    assert row.verdict == verdict, [each.because for each in row.evidence]
