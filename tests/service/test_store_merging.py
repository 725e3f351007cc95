"""Merging what is known of a notice with what its outcome says."""

from dataclasses import replace

from scrapers.records import (
    Award,
    AwardStatus,
    Contract,
    Depth,
    Lot,
    Notice,
    Party,
    Phase,
    Related,
    Relation,
)
from service.store.merging import changes, merge

WON = Award("1", ("A",), (Party("ТОО «Образец»"),), status=AwardStatus.ACTIVE)
READ = Notice(
    "p", "7", "", "Труба", Phase.CLOSED, lots=(Lot("A", "Труба"),), related=(
        Related(Relation.NOTICE, "7-1"),
    )
)  # fmt: skip


def test_a_page_without_awards_takes_no_award_away() -> None:
    known = merge(READ, replace(READ, awards=(WON,), phase=Phase.AWARDED))
    assert merge(known, READ).awards == (WON,)
    row = replace(READ, depth=Depth.LISTING, lots=(), related=())
    assert merge(known, row).awards == (WON,)
    assert merge(known, row).related == READ.related


def test_a_listing_row_that_brings_a_contract_keeps_the_rest_of_the_detail_page() -> None:
    signed = Contract("c", "12/26", suppliers=WON.suppliers)
    row = replace(READ, title="Договор", depth=Depth.LISTING, lots=(), contracts=(signed,))
    merged = merge(READ, row)
    assert merged == replace(READ, contracts=(signed,))


def test_an_award_that_is_taken_back_replaces_the_one_before_and_is_told_as_a_change() -> None:
    undone = replace(WON, status=AwardStatus.CANCELLED)
    before = replace(READ, awards=(WON,))
    merged = merge(before, replace(READ, awards=(undone,)))
    assert merged.awards == (undone,)
    assert changes(before, merged) == [("awards[1].status", '"active"', '"cancelled"')]
