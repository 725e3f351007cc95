"""Awards, contracts and plans of one purchase, from the page to the lead."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from matcher.records import NeedKind
from scrapers.records import (
    Award,
    AwardStatus,
    Code,
    Contract,
    Item,
    Lot,
    Money,
    Notice,
    Party,
    Period,
    Phase,
    Related,
    Relation,
    Unit,
)
from service.clock import FixedClock
from service.config import Config
from service.jobs.match import match
from service.store import Store, open_store
from service.store.awarded import similar_awards
from service.store.catalogue import save_catalogue
from service.store.lead_work import Work, change_work
from service.store.leads import Lead, leads_for
from service.store.notices import save_page
from service.store.outcomes import Outcomes, joined
from service.store.tables import (
    AwardRow,
    ContractRow,
    LeadRow,
    MatchRow,
    NoticeRow,
    PurchaseLinkRow,
)
from service.store.tables.naming import LeadState, Origin
from tests.service.notices import DEADLINE, NOON, pipe_notice
from tests.service.test_match_job import CATALOGUE

BUILDER = Party("ТОО «Строитель»", Code("KZ-BIN", "000000000022"), telephone="+7 700 000 00 00")
CODE = Code("KZ-ENSTRU", "242013.900.000001")
TITLE = "Труба стальная электросварная прямошовная 820х10"
AFTER = FixedClock(DEADLINE + timedelta(days=1))


def works(id_: str = "17", *, phase: Phase = Phase.CLOSED, plan: str = "555") -> Notice:
    item = Item("1", TITLE, "", Decimal(120), Unit("Тонна"), codes=(CODE,))
    lot = Lot("1", TITLE, items=(item,), related=(Related(Relation.PLAN, plan),))
    return pipe_notice(id_, lots=(lot,), phase=phase)


SIGNED = replace(
    pipe_notice("contract:9", lots=(), phase=Phase.AWARDED, title="Договор 9/26"),
    contracts=(
        Contract(
            "9",
            "9/26",
            suppliers=(BUILDER,),
            value=Money(480_000_00, "KZT"),
            signed_at=DEADLINE,
            period=Period(None, DEADLINE + timedelta(days=100), "Asia/Almaty"),
        ),
    ),
    related=(Related(Relation.NOTICE, "17"), Related(Relation.PLAN, "555")),
)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with open_store(store_url) as store:
        with store.writing() as session:
            save_catalogue(session, CATALOGUE, Origin.BUNDLED, NOON)
        yield store


def save(store: Store, *notices: Notice) -> None:
    with store.writing() as session:
        save_page(session, notices, NOON)


def matched(store: Store, *, kind: NeedKind = NeedKind.STATED) -> None:
    clock = FixedClock(NOON)
    match(store, Config(), clock, wall=clock)
    with store.writing() as session:
        session.execute(update(MatchRow).values(kind=kind.value))


def leads(store: Store, clock: FixedClock) -> list[Lead]:
    with store.reading() as session:
        return leads_for(session, None, clock)


def key(session: Session, external: str) -> int:
    found = session.exec(select(NoticeRow.id).where(NoticeRow.external_id == external)).one()
    assert found is not None
    return found


def test_rows_follow_what_a_notice_says_of_its_outcome(store: Store) -> None:
    award = Award("1", ("1",), (BUILDER,), Money(7, "KZT"), NOON, AwardStatus.ACTIVE)
    save(store, replace(works(), awards=(award,)), SIGNED)
    save(store, replace(works(), awards=(replace(award, status=AwardStatus.CANCELLED),)))
    with store.reading() as session:
        (row,) = session.exec(select(AwardRow))
        assert (row.supplier_code, row.value_minor, row.status) == ("000000000022", 7, "cancelled")
        (signed,) = session.exec(select(ContractRow))
        assert (signed.number, signed.ends_at) == ("9/26", DEADLINE + timedelta(days=100))
        links = session.exec(select(PurchaseLinkRow).order_by(col(PurchaseLinkRow.id))).all()
        assert sorted((link.lot, link.relation, link.code) for link in links) == [
            ("", "notice", "17"),
            ("", "plan", "555"),
            ("1", "plan", "555"),
        ]


def test_the_winner_of_a_notice_is_named_by_its_contract(store: Store) -> None:
    save(store, works(), SIGNED, works("18", plan="777"))
    with store.reading() as session:
        ids = {name: key(session, name) for name in ("17", "18", "contract:9")}
        outcomes = Outcomes(session, list(ids.values()))
        found = outcomes.winner(ids["17"], works(), "1")
        assert found is not None
        assert (found.name, found.bin, found.value) == (
            "ТОО «Строитель»",
            "000000000022",
            Money(480_000_00, "KZT"),
        )
        assert outcomes.winner(ids["18"], works("18", plan="777"), "1") is None
        groups = joined(session, list(ids.values()))
        assert groups[ids["17"]] == {ids["17"], ids["contract:9"]}
        assert groups[ids["18"]] == {ids["18"]}


def test_an_implied_lead_stays_open_after_the_deadline_while_its_winner_builds(
    store: Store,
) -> None:
    save(store, works(phase=Phase.OPEN))
    matched(store, kind=NeedKind.IMPLIED)
    assert leads(store, AFTER) == []
    save(store, SIGNED)
    (lead,) = leads(store, AFTER)
    assert (lead.takes_bids, lead.winner_named, lead.is_open) == (False, True, True)
    assert lead.winner is not None
    assert lead.winner.contacts == ("+7 700 000 00 00",)
    assert leads(store, FixedClock(DEADLINE + timedelta(days=101))) == []


def test_before_its_deadline_a_lead_with_a_winner_is_a_bid_and_no_call(store: Store) -> None:
    save(store, works(phase=Phase.OPEN), SIGNED)
    matched(store, kind=NeedKind.IMPLIED)
    (lead,) = leads(store, FixedClock(NOON))
    assert (lead.takes_bids, lead.winner_named) == (True, False)


def test_a_bought_good_is_no_lead_once_it_is_awarded(store: Store) -> None:
    save(store, works(phase=Phase.OPEN), SIGNED)
    matched(store)
    assert leads(store, AFTER) == []


def test_a_contract_makes_no_lead_beside_that_of_its_announcement(store: Store) -> None:
    signed = replace(SIGNED, title=TITLE)
    save(store, signed)
    matched(store, kind=NeedKind.IMPLIED)
    (lead,) = leads(store, AFTER)
    assert (lead.notice.id, lead.winner_named) == ("contract:9", True)
    save(store, works())
    matched(store, kind=NeedKind.IMPLIED)
    (moved,) = leads(store, AFTER)
    assert (moved.id, moved.notice.id) == (lead.id, "17")


def plan() -> Notice:
    return replace(works("plan:555", phase=Phase.PLAN), period=None)


def test_the_lead_of_a_plan_moves_to_its_notice_with_its_state(store: Store) -> None:
    save(store, plan())
    matched(store)
    (first,) = leads(store, FixedClock(NOON))
    with store.writing() as session:
        bidding = Work(LeadState.BIDDING, owner="anna@example.org")
        change_work(session, first.id, bidding, 1, NOON, actor="anna@example.org", person_id=None)
    save(store, works(phase=Phase.OPEN))
    matched(store)
    (moved,) = leads(store, FixedClock(NOON))
    assert (moved.id, moved.notice.id) == (first.id, "17")
    assert (moved.state, moved.owner) == (LeadState.BIDDING, "anna@example.org")


def test_a_notice_whose_lead_is_taken_keeps_it_and_the_plan_ends(store: Store) -> None:
    save(store, works(phase=Phase.OPEN))
    matched(store)
    (own,) = leads(store, FixedClock(NOON))
    with store.writing() as session:
        change_work(
            session,
            own.id,
            Work(LeadState.BIDDING),
            1,
            NOON,
            actor="anna@example.org",
            person_id=None,
        )
    save(store, plan())
    matched(store)
    assert [lead.id for lead in leads(store, FixedClock(NOON))] == [own.id]
    with store.reading() as session:
        assert len(session.exec(select(LeadRow)).all()) == 2


def test_a_plan_of_another_point_keeps_its_lead(store: Store) -> None:
    save(store, plan(), works("18", phase=Phase.OPEN, plan="777"))
    matched(store)
    found = {lead.notice.id for lead in leads(store, FixedClock(NOON))}
    assert found == {"plan:555", "18"}


def test_similar_awards_tell_winner_and_price_a_unit(store: Store) -> None:
    save(store, works(), SIGNED, works("18", plan="777"))
    with store.reading() as session:
        (found,) = similar_awards(session, codes=["242013.900"], limit=5)
        assert (found.winner.name, found.notice.id) == ("ТОО «Строитель»", "17")
        # 480 000 tenge for the 120 tonnes of the only lot.
        assert (found.unit_price, found.unit) == (Money(4_000_00, "KZT"), "Тонна")
        assert found.reckoned
        assert similar_awards(session, codes=["302013"], limit=5) == []


def test_similar_awards_are_found_by_family(store: Store) -> None:
    save(store, works(), SIGNED)
    matched(store)
    with store.reading() as session:
        assert len(similar_awards(session, family="steel_pipe_large", limit=5)) == 1
        assert similar_awards(session, family="paint", limit=5) == []
