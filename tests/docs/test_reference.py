"""Reference pages against the code and data they list."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from catalog.family import load_families
from catalog.reading import read_catalogue
from catalog.records import Certificate
from catalog.rows import COLUMNS, GENERIC
from matcher.quantities import FORMULAS
from scrapers import errors
from scrapers.portals import PORTALS
from service.config import PortalTable, Recipient, load_config
from service.jobs.runs import NO_TOKEN
from service.replay.saved import MAPS
from service.store.tables.naming import Outcome
from tests.docs.families_table import HEADER, PAGE, family_rows
from tests.docs.pages import DOCS, ROOT, read, rows

REFERENCE = DOCS / "reference"
# Pages are saved, but trimmed or partly invented by whoever saved them, or of one part only.
DOUBTFUL = {"kz_ets_tender", "ua_prozorro", "uz_etender", "uz_xt_xarid", "worldbank"}
UNITS = {
    "_mm": "mm",
    "_mm2": "mm²",
    "_m": "m",
    "_l": "l",
    "_kg": "kg",
    "_bar": "bar",
    "_kv": "kV",
    "_pct": "%",
    "_l_h": "l/h",
    "_kg_m3": "kg/m³",
}


def test_every_attribute_of_a_family_is_explained_and_no_other() -> None:
    families = load_families().values()
    wanted = {f"`{key}`" for family in families for key in family.attributes}
    wanted |= {f"`{key}`" for key in GENERIC}
    listed = [key for key, _, _ in rows(read(REFERENCE / "attributes.md"), 3)][1:]
    assert sorted(listed) == sorted(wanted)


def test_an_attribute_is_listed_in_the_unit_its_key_ends_with() -> None:
    for key, value, _meaning in list(rows(read(REFERENCE / "attributes.md"), 3))[1:]:
        ending = max((end for end in UNITS if key.strip("`").endswith(end)), key=len, default=None)
        expected = {UNITS[ending]} if ending else {"name", "names", "number"}
        assert value in expected, key


def test_the_table_of_families_is_that_of_their_files() -> None:
    listed = list(rows(read(PAGE), len(HEADER)))
    assert listed == [HEADER, *family_rows()], "run: python -m tests.docs.families_table"


def test_every_formula_a_family_names_exists_and_is_explained() -> None:
    used = {family.formula for family in load_families().values()} - {None}
    assert used <= FORMULAS.keys()
    page = read(DOCS / "how-to" / "add-a-family.md")
    listed = {row[0].strip("`") for row in rows(page, 3)}
    assert listed >= FORMULAS.keys()


def test_every_portal_has_a_section_and_no_other_has() -> None:
    sections = re.findall(r"^## (\w+)$", read(REFERENCE / "portals.md"), re.MULTILINE)
    assert sections == sorted(PORTALS)


@pytest.mark.parametrize("name", sorted(PORTALS))
def test_a_portals_section_says_its_status_and_default(name: str) -> None:
    section = read(REFERENCE / "portals.md").partition(f"## {name}\n")[2].partition("\n## ")[0]
    saved = (MAPS / f"{name}.toml").exists() and name not in DOUBTFUL
    status = "invented" if name == "sample" else "verified" if saved else "unverified"
    assert f"- Status: {status}\n" in section
    if name != "sample":
        enabled = load_config(ROOT / "config.toml").portal(name).enabled
        assert f"- Default: {'enabled' if enabled else 'disabled'}\n" in section
    token = PORTALS[name].token_env
    assert token is None or f"`{token}`" in section


def test_every_column_of_a_catalogue_file_is_explained_in_order() -> None:
    cells = [row[0] for row in rows(read(REFERENCE / "catalogue-file.md"), 3)][1:]
    assert [name for cell in cells for name in re.findall(r"`(\w+)`", cell)] == list(COLUMNS)


def test_the_examples_of_the_catalogue_pages_are_read_without_a_fault(tmp_path: Path) -> None:
    row: dict[str, str] = {}
    for names, _meaning, examples in list(rows(read(REFERENCE / "catalogue-file.md"), 3))[1:]:
        columns, shown = re.findall(r"`(\w+)`", names), examples.replace("`", "")
        values = shown.split(", ") if len(columns) > 1 else [shown]
        row |= {name: value for name, value in zip(columns, values, strict=True) if value}
    assert row.keys() == set(COLUMNS) - {"description", "plant_bin"}
    whole = tmp_path / "row.json"
    whole.write_text(json.dumps([row]), encoding="utf-8")
    reading = read_catalogue(whole)
    assert reading.faults == ()
    (product,) = reading.catalogue.products
    assert product.certificates == (Certificate("СТ-KZ", date(2027, 1, 31)),)
    assert product.lead_time_days == 30


@pytest.mark.parametrize("page", ["how-to/add-a-plant.md", "quickstart.md"])
def test_the_plants_a_page_shows_are_read_without_a_fault(page: str, tmp_path: Path) -> None:
    lines = [line.strip() for line in read(DOCS / page).splitlines() if line.startswith("    ")]
    start = next(place for place, line in enumerate(lines) if line.startswith("plant,"))
    table = tmp_path / "plant.csv"
    table.write_text("\n".join(lines[start : start + 2]), encoding="utf-8")
    reading = read_catalogue(table)
    assert reading.faults == ()
    assert len(reading.catalogue.products) == 1


def test_the_keys_of_a_portal_and_of_a_recipient_stand_in_the_settings_with_words() -> None:
    text = read(ROOT / "config.toml")
    comments = " ".join(line for line in text.splitlines() if line.startswith("# "))
    for key in [*PortalTable.model_fields, *Recipient.model_fields]:
        assert re.search(rf"\b{key}\b", comments), key


def test_every_outcome_and_every_fault_of_a_reading_is_explained() -> None:
    page = read(REFERENCE / "outcomes.md")
    assert [row[0] for row in rows(page, 2)][1:] == [outcome.value for outcome in Outcome]
    raised = {
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.SourceError)
    }
    explained = {row[0].strip("`") for row in rows(page, 3)} - {"fault"}
    assert explained == (raised - {"SourceError", "FetchError"}) | {NO_TOKEN}
