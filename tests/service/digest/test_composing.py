from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from matcher.records import NeedKind, Verdict
from scrapers.records import Phase
from service.digest.composing import compose, is_due, shown
from service.digest.records import Digest, LeadLine, Section, Shown
from service.digest.workdays import working_days_left
from tests.service.digest.samples import DAY, NOW, OFFICIAL, PLANT, all_kinds, empty, full, lead

YESTERDAY = datetime(2026, 11, 22, 3, tzinfo=UTC)


def composed(*leads: LeadLine, most: int = 30, **earlier: Shown) -> Digest:
    return compose(OFFICIAL, DAY, leads, earlier, start=YESTERDAY, end=NOW, most=most)


@pytest.mark.parametrize(
    ("now", "deadline", "left"),
    [
        # In Almaty (UTC+5): Monday 23 November 2026 08:00 and what follows.
        ((23, 3), (23, 13), 0),
        ((23, 3), (24, 13), 1),
        ((23, 3), (27, 13), 4),
        ((23, 3), (28, 13), 4),  # Saturday
        ((23, 3), (30, 13), 5),  # next Monday
        ((27, 13), (28, 13), 0),  # Friday evening to Saturday
        ((22, 20), (23, 3), 0),  # 01:00 of the 23rd there: the same day
        ((24, 3), (23, 3), 0),
    ],
)
def test_working_days_count_from_tomorrow_in_the_portals_zone(
    now: tuple[int, int], deadline: tuple[int, int], left: int
) -> None:
    at = datetime(2026, 11, now[0], now[1], tzinfo=UTC)
    end = datetime(2026, 11, deadline[0], deadline[1], tzinfo=UTC)
    assert working_days_left(at, end, "Asia/Almaty") == left


def test_each_lead_goes_to_the_section_its_kind_and_urgency_call_for() -> None:
    places = {entry.lead.id: entry.section for entry in full().entries}
    assert places == {
        "1": Section.CLOSING,
        "2": Section.NEW,
        "3": Section.NEW,
        "4": Section.CHANGED,
        "5": Section.CHANGED,
        "6": Section.IMPLIED,
        "7": Section.PLANS,
    }


def test_the_order_given_is_kept_inside_a_section() -> None:
    digest = composed(lead("9"), lead("2"), lead("5"))
    assert [entry.lead.id for entry in digest.entries] == ["9", "2", "5"]


def test_a_missing_deadline_is_neither_over_nor_urgent() -> None:
    assert composed(lead(deadline=None)).entries[0].section is Section.NEW


def test_a_lead_told_before_and_unchanged_is_not_told_again() -> None:
    told = lead("a")
    assert composed(told, a=shown(told)).entries == ()


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("verdict", Verdict.CHECK, "verdict"),
        ("phase", Phase.CANCELLED, "state"),
        ("gone", True, "state"),
        ("deadline", None, "deadline"),
        ("quantity", None, "quantity"),
        ("value", None, "value"),
    ],
)
def test_any_change_of_what_was_said_is_told(field: str, value: object, told: str) -> None:
    before = shown(lead("a"))
    entry = composed(lead("a", **{field: value}), a=before).entries[0]
    assert entry.changed == (told,)
    assert entry.before == before


def test_a_changed_unit_is_a_changed_quantity() -> None:
    entry = composed(lead("a", unit="kg"), a=shown(lead("a"))).entries[0]
    assert entry.changed == ("quantity",)


@pytest.mark.parametrize("phase", [Phase.CLOSED, Phase.CANCELLED, Phase.AWARDED])
def test_a_cancelled_or_closed_notice_nobody_heard_of_is_not_mailed(phase: Phase) -> None:
    assert composed(lead(phase=phase)).entries == ()


def test_a_lead_that_is_gone_is_told_only_to_whom_it_was_told() -> None:
    assert composed(lead("a", gone=True)).entries == ()
    entry = composed(lead("a", gone=True), a=shown(lead("a"))).entries[0]
    assert entry.section is Section.CHANGED


def test_a_deadline_passed_before_the_first_telling_is_not_mailed() -> None:
    assert composed(lead(deadline=datetime(2026, 11, 23, 3, 0, tzinfo=UTC))).entries == ()


def test_a_cancelled_works_tender_told_before_is_a_change_and_no_implied_demand() -> None:
    before = shown(lead("a", kind=NeedKind.IMPLIED))
    now = lead("a", kind=NeedKind.IMPLIED, phase=Phase.CANCELLED)
    assert composed(now, a=before).entries[0].section is Section.CHANGED


def test_a_replayed_lead_lives_in_the_day_its_portal_was_saved() -> None:
    then = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
    old = lead(deadline=datetime(2026, 3, 3, 6, 0, tzinfo=UTC), as_of=then)
    assert composed(old).entries[0].section is Section.CLOSING
    assert composed(replace(old, as_of=None)).entries == ()


def test_beyond_the_most_leads_the_rest_is_counted() -> None:
    digest = composed(*(lead(str(number)) for number in range(35)))
    assert (len(digest.entries), digest.beyond) == (30, 5)


def test_a_first_digest_tells_the_rest_by_its_number_once() -> None:
    leads = [lead(str(number)) for number in range(35)]
    digest = compose(OFFICIAL, DAY, leads, {}, start=None, end=NOW)
    assert (len(digest.entries), digest.beyond) == (30, 0)
    assert [(each.why, len(each.entries)) for each in digest.counted] == [("first", 5)]


def test_what_a_new_plant_or_rule_made_of_known_purchases_is_one_line() -> None:
    old = [lead(str(number), late_born=True) for number in range(4)]
    digest = composed(*old, lead("new"))
    assert [entry.lead.id for entry in digest.entries] == ["new"]
    assert [(each.why, len(each.entries)) for each in digest.counted] == [("old", 4)]
    assert len(composed(*old[:3]).entries) == 3
    urgent = [replace(each, deadline=NOW + timedelta(hours=20)) for each in old]
    assert len(composed(*urgent).entries) == 4


def test_works_without_a_quantity_are_one_line_a_region() -> None:
    vague = {"kind": NeedKind.IMPLIED, "quantity": None}
    leads = [lead(str(n), region="75", **vague) for n in range(3)]
    digest = composed(*leads, lead("3", region="10", **vague), lead("4", kind=NeedKind.IMPLIED))
    assert [entry.lead.id for entry in digest.entries] == ["3", "4"]
    assert [(each.why, each.region, len(each.entries)) for each in digest.counted] == [
        ("implied", "75", 3)
    ]


def test_a_winner_is_told_once_named_also_when_bidding_is_over() -> None:
    works = lead("a", kind=NeedKind.IMPLIED, phase=Phase.AWARDED, winner="ТОО «Строитель»")
    assert composed(works).entries[0].section is Section.WINNER
    before = shown(lead("a", kind=NeedKind.IMPLIED))
    told = composed(works, a=before).entries[0]
    assert (told.section, told.changed) == (Section.WINNER, ("state", "winner"))
    assert composed(works, a=shown(works)).entries == ()


def test_a_change_is_not_crowded_out_by_new_leads() -> None:
    old = lead("old", quantity=None)
    digest = composed(*(lead(str(n)) for n in range(5)), old, most=3, old=shown(lead("old")))
    assert [entry.lead.id for entry in digest.entries] == ["0", "1", "old"]


def test_a_flood_of_new_leads_hides_no_plan() -> None:
    plan = lead("plan", kind=NeedKind.PLAN, phase=Phase.PLAN)
    digest = composed(*(lead(str(number)) for number in range(40)), plan)
    assert len(digest.in_section(Section.NEW)) == 29
    assert [entry.lead.id for entry in digest.in_section(Section.PLANS)] == ["plan"]


def test_a_lead_given_twice_is_told_once() -> None:
    assert len(composed(lead("a"), lead("a")).entries) == 1


def test_sections_do_not_depend_on_the_order_of_leads() -> None:
    leads, earlier = all_kinds()
    first = compose(OFFICIAL, DAY, leads, earlier, start=None, end=NOW)
    second = compose(OFFICIAL, DAY, leads[::-1], earlier, start=None, end=NOW)
    assert {(e.lead.id, e.section) for e in first.entries} == {
        (e.lead.id, e.section) for e in second.entries
    }


def test_one_made_up_lead_makes_the_digest_a_sample_even_when_it_does_not_fit_in() -> None:
    assert composed(lead("1"), lead("2", sample=True), most=1).sample
    assert not composed(lead("1")).sample


def test_officials_get_a_sign_of_life_and_plants_get_silence() -> None:
    assert is_due(empty(OFFICIAL))
    assert not is_due(empty(PLANT))
    assert is_due(full(PLANT))
