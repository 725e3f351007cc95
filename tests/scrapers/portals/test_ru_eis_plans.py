"""A plan of 223-FZ and the notice of one of its positions."""

from dataclasses import replace

from scrapers.portals.ru_eis import PORTAL
from scrapers.records import Notice, Phase, Related, Relation
from tests.scrapers.portals.cases import FIXTURES, Case, load, read

GUID = "00000000-0000-4000-8000-0000000000AB"


def only(case: Case) -> Notice:
    _, notices = read(PORTAL, case)
    (notice,) = notices
    return notice


def test_every_position_of_a_plan_is_named_by_its_guid() -> None:
    plan = only(load(FIXTURES / "ru_eis" / "plan"))
    assert plan.phase is Phase.PLAN
    assert plan.lots
    for lot in plan.lots:
        assert lot.related == (Related(Relation.PLAN, lot.id.lower()),)


def test_the_lot_of_a_notice_names_the_position_it_came_from() -> None:
    case = load(FIXTURES / "ru_eis" / "multi_lot")
    told = f"<lotPlanInfo><positionGuid>{GUID}</positionGuid></lotPlanInfo></lot>"
    answers = []
    for answer in case.answers:
        body = answer.body.decode().replace("</lot>", told, 1)
        answers.append(replace(answer, body=body.encode()))
    found = {one for lot in only(replace(case, answers=tuple(answers))).lots for one in lot.related}
    assert found == {Related(Relation.PLAN, GUID.lower())}
