"""What is said of ranges that the plant has not confirmed."""

from dataclasses import replace

import pytest

from matcher.records import Evidence, Verdict
from service.digest.reasons import outside, short_verdict, unconfirmed, verdict_lines, why
from service.digest.records import LeadLine
from service.texts import language
from tests.service.digest.samples import fact, lead

RU = language("ru")
PLANTS = "355–1420, 300–900 мм"


def unsure(attribute: str, asked: str, offered: str, *, inside: bool = True) -> Evidence:
    """Evidence against a range that nobody confirmed."""
    reason = "inside_unconfirmed" if inside else "outside_unconfirmed"
    because = f"{attribute}: {asked} / {offered}, завод этого не подтвердил"
    return fact(
        Verdict.CHECK, attribute, asked, offered, reason=reason, because=because, ask="plant"
    )


def check(*evidence: Evidence, disputed: frozenset[str] = frozenset()) -> LeadLine:
    return lead(verdict=Verdict.CHECK, evidence=evidence, disputed=disputed)


DIAMETER = unsure("outer_diameter_mm", "820 мм", PLANTS)
WALL = unsure("wall_mm", "10 мм", "6–25 мм")
GRADE = unsure("steel_grade", "К60", "09Г2С, 17Г1С", inside=False)


def sentences(line: LeadLine, code: str = "ru") -> list[str]:
    return [each.sentence for each in why(line, language(code))]


def test_unconfirmed_ranges_are_said_once_and_the_lines_stay_short() -> None:
    line = check(WALL, unsure("steel_grade", "09Г2С", "09Г2С, 17Г1С"))
    assert unconfirmed(line, RU) == "диапазоны завода не подтверждены: уточнить у завода"
    assert sentences(line) == [
        "толщина стенки 10 мм — у завода 6–25 мм?",
        "марка стали 09Г2С — у завода 09Г2С, 17Г1С?",
    ]
    assert verdict_lines(line, RU) == ("уточнить у завода: диапазоны",)


def test_one_unconfirmed_range_among_confirmed_ones_is_said_in_its_line() -> None:
    confirmed = fact(Verdict.CAN, "outer_diameter_mm", "820 мм", "530–1420 мм")
    line = check(WALL, confirmed)
    assert unconfirmed(line, RU) is None
    assert "толщина стенки 10 мм — у завода 6–25 мм, но завод этого не подтвердил" in sentences(
        line
    )
    assert verdict_lines(line, RU) == ("уточнить у завода: толщина стенки",)


def test_what_lies_outside_comes_first_and_is_named_in_the_verdict() -> None:
    line = check(DIAMETER, WALL, GRADE)
    assert sentences(line)[0] == "марка стали К60 — вне диапазона: 09Г2С, 17Г1С"
    assert verdict_lines(line, RU) == ("вне диапазона, уточнить у завода: марка стали",)
    assert short_verdict(line, RU) == "вне диапазона, нужно уточнить"
    assert short_verdict(check(DIAMETER, WALL), RU) == "нужно уточнить"
    assert short_verdict(lead(), RU) == "подходит"


def test_a_lot_with_one_need_inside_does_not_lie_outside() -> None:
    other = replace(WALL, need=1)
    assert outside([DIAMETER, GRADE])
    assert not outside([DIAMETER, GRADE, other])
    assert outside([DIAMETER, GRADE, other, replace(GRADE, need=1)])
    assert not outside([])


def test_what_the_plant_has_not_told_is_asked_before_its_ranges() -> None:
    length = fact(Verdict.CHECK, "length_m", "11,5 м", None, reason="not_offered", ask="plant")
    assert verdict_lines(check(DIAMETER, WALL, length), RU) == ("уточнить у завода: длина",)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ru", "наружный диаметр 820 мм — у завода 355–1420 или 300–900 мм по разным источникам?"),
        (
            "en",
            "outer diameter 820 mm — the plant has 355–1420 or 300–900 mm by different sources?",
        ),
    ],
)
def test_sources_that_disagree_are_alternatives(code: str, words: str) -> None:
    assert sentences(check(DIAMETER, disputed=frozenset({"outer_diameter_mm"})), code) == [words]


def test_the_matchers_own_sentence_tells_of_the_disagreement_too() -> None:
    partly = fact(
        Verdict.CHECK,
        "outer_diameter_mm",
        "до 1020 мм",
        PLANTS,
        reason="partly",
        because=f"наружный диаметр: до 1020 мм лишь частью в пределах {PLANTS}",
        ask="plant",
    )
    assert sentences(check(partly, disputed=frozenset({"outer_diameter_mm"}))) == [
        "наружный диаметр: до 1020 мм лишь частью в пределах 355–1420 или 300–900 мм "
        "по разным источникам"
    ]


def test_two_lines_of_one_plant_are_no_disagreement() -> None:
    assert sentences(check(DIAMETER)) == [f"наружный диаметр 820 мм — у завода {PLANTS}?"]
