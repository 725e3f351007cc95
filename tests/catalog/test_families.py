"""Families as data: the bundled ones are sound, a faulty file is named with its key."""

from pathlib import Path

import pytest

from catalog.family import Family, FamilyError, load_families, read_family, read_span
from catalog.records import FamilyName, Span
from catalog.standards import parse_standards

MINIMAL = 'unit = "pcs"\n[titles]\nru = "Опора освещения"\n[words]\nru = ["опора освещения"]\n'
BUNDLED = load_families()


def written(directory: Path, text: str, name: str = "light_pole") -> Path:
    path = directory / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_zone_families_are_bundled() -> None:
    wanted = {"steel_pipe_large", "pe_pipe_pressure", "drip_irrigation", "windows"}
    assert wanted | {"insulating_glass", "facades", "paints"} <= BUNDLED.keys()


@pytest.mark.parametrize("family", BUNDLED.values(), ids=lambda f: f.name)
def test_a_bundled_family_is_complete(family: Family) -> None:
    assert {"ru", "kk", "uz", "en"} <= family.titles.keys()
    assert family.codes.keys() >= {"CPA", "CPV"}
    for rule in family.standards:
        (standard,) = parse_standards(rule.number)
        assert standard.name == rule.number
        assert rule.source
    for keys in family.sizes:
        assert set(keys) <= family.attributes.keys()
    assert not family.works.assume or family.works.source


def test_a_new_family_is_one_file(tmp_path: Path) -> None:
    path = written(tmp_path, MINIMAL + '[attributes.height_m]\nplausible = "3..16"\n')
    families = load_families(extra=[path])
    pole = families[FamilyName("light_pole")]
    assert pole.attributes["height_m"].plausible == Span(3, 16)
    assert len(families) == len(BUNDLED) + 1


def test_uzbek_words_are_tried_in_cyrillic_too(tmp_path: Path) -> None:
    family = read_family(written(tmp_path, MINIMAL + 'uz = ["poʻlat quvur"]\n'))
    assert "пўлат қувур" in family.words


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (MINIMAL + '[attribute.height_m]\nplausible = "3..16"\n', "attribute"),
        (MINIMAL + '[attributes.height_m]\nplausibel = "3..16"\n', "attributes.height_m.plausibel"),
        (MINIMAL + '[attributes.height_m]\nplausible = "16..3"\n', "attributes.height_m.plausible"),
        (MINIMAL + '[attributes.height_m]\ntypical = "nan"\n', "attributes.height_m.typical"),
        (MINIMAL.replace('"pcs"', '"штук"'), "unit"),
        (MINIMAL.replace("ru = [", "ru = [3, "), "words.ru"),
        (MINIMAL.replace("[titles]\nru", "[titles]\nen"), "titles.ru"),
        ('neighbours = ["no_such"]\n' + MINIMAL, "neighbours"),
        (MINIMAL + '[[standards]]\nsource = "?"\n', "standards[0].number"),
        (MINIMAL + "[constants]\ndensity = true\n", "constants.density"),
        ('formula = "steel_pipe_mas"\n' + MINIMAL, "formula"),
        (MINIMAL + '[attributes.height_m]\nrow = [57, "63"]\n', "attributes.height_m.row"),
        ("unit = ", ""),
    ],
)
def test_a_faulty_file_is_named_with_its_key(tmp_path: Path, text: str, key: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(FamilyError) as caught:
        load_families(extra=[path])
    assert (caught.value.file, caught.value.key) == ("light_pole.toml", key)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("6..25", Span(6, 25)),
        ("..25", Span(None, 25)),
        ("530..", Span(530, None)),
        ("820", Span(820, 820)),
        ("..", None),
        ("25..6", None),
        ("inf..", None),
        ("straight", None),
    ],
)
def test_ranges_are_read_or_refused(text: str, span: Span | None) -> None:
    assert read_span(text) == span
