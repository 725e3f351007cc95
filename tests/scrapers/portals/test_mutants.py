"""Spoilt pages of every portal: true records or a named error, never a wrong record.

`make proof` reads 150 mutants a portal, more than 2,000 in all; the ordinary run a tenth of them.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from random import Random

import pytest

from scrapers.errors import SourceError
from scrapers.portal import Answer
from scrapers.portals import PORTALS
from scrapers.records import Notice
from tests.scrapers.portals.cases import Case, all_cases, read
from tests.scrapers.portals.mutants import mutants, wrong

EACH = 150
TENTH = EACH // 10
CASES = [case for case in all_cases() if case.error is None]
# Without it another true name of the same thing is taken, which the oracle cannot know:
KEYS = {
    "ocid": "a release without one is known by its own id",
    "project_ctry_name": "a deadline of an unknown country is in the Bank's own time",
    "submission_deadline_time": "a deadline without an hour counts to the end of its day",
}


def spoilt(portal: str, most: int) -> Iterator[tuple[Case, str, tuple[Notice, ...]]]:
    """Read seeded mutants of a portal's pages; give what each gave."""
    rng = Random(portal)  # noqa: S311 - which page is spoilt is no secret
    cases = [case for case in CASES if case.portal == portal]
    made = 0
    for _ in count():
        if made == most:
            return
        case = rng.choice(cases)
        place = rng.randrange(len(case.answers))
        answer = case.answers[place]
        if len(answer.body) < 20:  # «[]»: nothing to spoil
            continue
        how, body = next(mutants(answer, rng))
        if how.rpartition(".")[2] in KEYS:
            continue
        made += 1
        yield case, how, _read(case, place, replace(answer, body=body))


def _read(case: Case, place: int, answer: Answer) -> tuple[Notice, ...]:
    """The notices read, none for an error that names its portal; all else is raised."""
    answers = (*case.answers[:place], answer, *case.answers[place + 1 :])
    try:
        return read(PORTALS[case.portal], replace(case, answers=answers))[1]
    except SourceError as error:
        if error.portal != case.portal:
            raise
        return ()


def check(portal: str, most: int) -> None:
    for case, how, found in spoilt(portal, most):
        _, true = read(PORTALS[portal], case)
        assert not wrong(found, true), f"{portal}/{case.name}, {how}"


@pytest.mark.parametrize("portal", PORTALS)
def test_a_tenth_of_the_mutants_gives_no_wrong_record(portal: str) -> None:
    check(portal, TENTH)


@pytest.mark.proof
@pytest.mark.parametrize("portal", PORTALS)
def test_every_mutant_gives_no_wrong_record(portal: str) -> None:
    check(portal, EACH)


def test_there_are_two_thousand_mutants_over_all_portals() -> None:
    assert len(PORTALS) * EACH >= 2000


def test_the_oracle_sees_a_wrong_sum_a_wrong_quantity_and_a_wrong_notice() -> None:
    case = next(each for each in CASES if (each.portal, each.name) == ("kz_goszakup", "multi_lot"))
    _, true = read(PORTALS["kz_goszakup"], case)
    (one, *rest) = true
    lot = one.lots[0]
    item = lot.items[0]
    assert lot.value is not None
    dearer = replace(lot, value=replace(lot.value, minor=lot.value.minor + 1))
    more = replace(lot, items=(replace(item, quantity=item.quantity and item.quantity + 1),))
    for bad in (
        replace(one, id="999"),
        replace(one, lots=(dearer, *one.lots[1:])),
        replace(one, lots=(more, *one.lots[1:])),
    ):
        assert wrong([bad, *rest], true)
    assert not wrong([replace(one, lots=one.lots[1:])], true)
