import ast
from pathlib import Path

import matcher
from matcher.records import Verdict
from matcher.stages.names import plain
from matcher.stages.standards import standards
from matcher.wording import SENTENCES
from tests.matcher.making import need, offer, pair, product


def said(*asked: str, capability: str = "standards=ГОСТ 10704-91|ГОСТ 20295") -> list[str]:
    offered = offer(product(f"wall_mm=6..25; {capability}"))
    sizes = {"outer_diameter_mm": 1020}
    return [each.reason for each in standards(pair(need(sizes, standards=asked), offered))]


def test_standards_compare_by_number_and_years_that_differ_ask() -> None:
    assert said("ГОСТ 10704") == ["inside"]
    assert said("ГОСТ 10704-1991") == ["inside"]
    assert said("ГОСТ 10704-76") == ["year_differs"]


def test_a_standard_of_the_product_that_the_plant_has_not_refuses() -> None:
    assert said("ГОСТ 10704", capability="standards=ГОСТ 20295") == ["outside"]


def test_a_standard_beside_one_the_plant_has_only_asks() -> None:
    assert said("ГОСТ 10704-91", "ГОСТ 10705-80") == ["inside", "partly"]


def test_a_standard_of_something_else_refuses_nothing() -> None:
    assert said("ГОСТ 9.602-2016") == ["partly"]


def test_a_size_outside_the_scope_of_its_standard_is_a_contradiction_to_ask() -> None:
    found = standards(
        pair(need({"outer_diameter_mm": 1020}, standards=("ГОСТ 20295-85",)), offer(product()))
    )
    assert (found[0].reason, found[0].verdict, found[0].ask) == (
        "standard_scope",
        Verdict.CHECK,
        "buyer",
    )


def test_one_steel_is_one_however_written() -> None:
    assert (
        len(
            {
                plain(name, {}, "steel_grade")
                for name in ("Ст20", "ст. 20", "20", "Ст 20", "сталь 20")
            }
        )
        == 1
    )
    assert plain("09Г2С", {}, "steel_grade") == plain("09г2c", {}, "steel_grade")
    assert plain("20", {}, "steel_grade") != plain("10", {}, "steel_grade")


def test_every_reason_has_its_sentence() -> None:
    """A note or a stage with a reason the table lacks would show a bare key to people."""
    reasons: set[str] = set()
    for path in sorted(Path(matcher.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                place = {"Note": 0, "evidence": 3}.get(node.func.id, len(node.args))
                arguments = node.args[place : place + 1]
                reasons |= {
                    each.value
                    for each in arguments
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                }
    assert reasons
    assert reasons <= SENTENCES.keys()
