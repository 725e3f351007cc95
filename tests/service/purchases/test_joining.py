"""Joining the records of one purchase and naming the winner of a lot."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scrapers.records import (
    Award,
    AwardStatus,
    Code,
    Contract,
    ContractStatus,
    Lot,
    Money,
    Notice,
    Party,
    Period,
    Phase,
    Related,
    Relation,
)
from service.purchases.joining import hands_over, keys_of, purchases, successors, winner

NOON = datetime(2026, 5, 4, 7, tzinfo=UTC)
BUILDER = Party("ТОО «Строитель»", Code("KZ-BIN", "000000000022"), telephone="+7 700 000 00 00")
OTHER = Party("ТОО «Другой»", Code("KZ-BIN", "000000000033"))


def point(number: str) -> tuple[Related, ...]:
    return (Related(Relation.PLAN, number),)


def lot(id_: str, plan: str = "") -> Lot:
    return Lot(id_, f"Ремонт {id_}", related=point(plan) if plan else ())


def record(id_: str, *lots: Lot, phase: Phase = Phase.AWARDED) -> Notice:
    return Notice("p", id_, f"https://p.invalid/{id_}", "Ремонт школы", phase, lots=lots)


NOTICE = record("7", lot("A", "10"), lot("B", "20"), phase=Phase.CLOSED)


def contract(plan: str, supplier: Party = BUILDER, **told: object) -> Notice:
    """A contract published by itself, for the plan point of one lot."""
    own = Contract("c", "1/26", suppliers=(supplier,), signed_at=NOON, **told)  # type: ignore[arg-type]  # a builder
    signed = record(f"contract:{plan}:{supplier.name}")
    return replace(signed, contracts=(own,), related=(Related(Relation.NOTICE, "7"), *point(plan)))


def test_records_are_joined_by_any_key_and_through_others() -> None:
    plan = replace(record("plan:10", phase=Phase.PLAN), related=point("10"))
    signed = replace(record("c"), related=(Related(Relation.NOTICE, "7"),))
    apart = record("8", lot("A", "30"))
    keys = {id_: keys_of(one) for id_, one in enumerate((plan, NOTICE, signed, apart))}
    assert sorted(map(sorted, purchases(keys))) == [[0, 1, 2], [3]]


def test_ids_of_two_portals_join_nothing() -> None:
    elsewhere = replace(NOTICE, portal="q")
    assert len(purchases({1: keys_of(NOTICE), 2: keys_of(elsewhere)})) == 2


def test_the_contract_of_one_lot_names_the_winner_of_that_lot_alone() -> None:
    signed = contract("10")
    found = winner(NOTICE, "A", [signed])
    assert found is not None
    assert (found.name, found.bin, found.contract) == (BUILDER.name, "000000000022", "1/26")
    assert found.contacts == ("+7 700 000 00 00",)
    assert winner(NOTICE, "B", [signed]) is None


def test_a_purchase_announced_again_does_not_lend_its_winner_to_another_lot() -> None:
    again = record("9", lot("B", "20"), lot("C", "30"), phase=Phase.CLOSED)
    others = [NOTICE, contract("10")]
    assert winner(again, "B", others) is None
    assert winner(again, "C", others) is None


def test_an_award_without_lots_of_a_notice_with_several_is_for_all_of_them() -> None:
    awarded = replace(NOTICE, awards=(Award("1", suppliers=(BUILDER,)),))
    assert [winner(awarded, id_) is not None for id_ in "AB"] == [True, True]


def test_what_a_contract_of_unknown_lots_says_is_not_claimed_for_one_of_several() -> None:
    signed = replace(contract("10"), related=(Related(Relation.NOTICE, "7"),))
    assert winner(NOTICE, "A", [signed]) is None
    alone = replace(NOTICE, lots=NOTICE.lots[:1])
    assert winner(alone, "A", [signed]) is not None


def test_the_notices_of_one_procedure_number_their_lots_alike() -> None:
    told = record("8", lot("A"), lot("B"))
    told = replace(told, awards=(Award("1", ("B",), (OTHER,)),))
    asked = replace(NOTICE, lots=(lot("A"), lot("B")))
    assert winner(asked, "A", [told]) is None
    found = winner(asked, "B", [told])
    assert found is not None
    assert found.name == OTHER.name


@pytest.mark.parametrize(
    "status", [AwardStatus.CANCELLED, AwardStatus.UNSUCCESSFUL, AwardStatus.PENDING]
)
def test_an_award_that_does_not_stand_names_nobody(status: AwardStatus) -> None:
    awarded = replace(NOTICE, awards=(Award("1", ("A",), (BUILDER,), status=status),))
    assert winner(awarded, "A") is None


def test_a_cancelled_contract_names_nobody_and_a_later_one_replaces_an_earlier() -> None:
    undone = contract("10", OTHER, status=ContractStatus.CANCELLED)
    assert winner(NOTICE, "A", [undone]) is None
    over = winner(NOTICE, "A", [contract("10", OTHER, status=ContractStatus.TERMINATED)])
    assert over is not None
    assert over.ended
    later = contract("10")
    moved = tuple(replace(one, signed_at=NOON + timedelta(days=9)) for one in later.contracts)
    found = winner(NOTICE, "A", [contract("10", OTHER), replace(later, contracts=moved)])
    assert found is not None
    assert found.name == BUILDER.name


def test_a_contract_says_sum_and_end_and_its_award_the_contacts() -> None:
    bare = replace(BUILDER, telephone=None)
    ends = NOON + timedelta(days=200)
    signed = contract("10", bare, value=Money(500, "KZT"), period=Period(None, ends, "Asia/Almaty"))
    awarded = replace(NOTICE, awards=(Award("1", ("A",), (BUILDER,), awarded_at=NOON),))
    found = winner(awarded, "A", [signed])
    assert found is not None
    assert (found.value, found.ends_at, found.awarded_at) == (Money(500, "KZT"), ends, NOON)
    assert found.supplier == BUILDER


def test_a_plan_becomes_the_lot_of_its_own_point() -> None:
    plan = replace(record("plan:20", lot("1", "20"), phase=Phase.PLAN))
    assert successors(plan, "1", NOTICE) == ("B",)
    assert successors(plan, "1", record("8", lot("A", "30"))) == ()
    assert successors(plan, "1", plan) == ()


def test_a_plan_without_points_becomes_the_notice_that_names_it() -> None:
    plan = record("plan:x", phase=Phase.PLAN)
    assert successors(plan, "1", record("8", lot("A"), lot("B"))) == ("A", "B")
    assert successors(plan, "1", record("8")) == ("1",)
    several = record("plan:y", lot("1"), lot("2"), phase=Phase.PLAN)
    assert successors(several, "1", record("8", lot("A"))) == ()


def test_a_contract_published_apart_belongs_to_its_announcement() -> None:
    signed = contract("10")
    assert hands_over(signed)
    assert successors(signed, "1", NOTICE) == ("A",)
    unknown = replace(signed, related=(Related(Relation.NOTICE, "7"),))
    assert successors(unknown, "1", NOTICE) == ("A", "B")
    assert successors(signed, "1", record("8", lot("A", "10"))) == ()
    assert not hands_over(replace(NOTICE, awards=(Award("1"),)))
