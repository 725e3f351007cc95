"""Matching what is stored: only what changed, keys and states of leads kept."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import select

from catalog.records import (
    Capability,
    Catalogue,
    FamilyName,
    Plant,
    PlantId,
    Product,
    ProductCode,
    Source,
    Span,
)
from matcher.records import Verdict
from scrapers.records import Depth, Item, Lot, Notice, Phase, Unit
from service.clock import FixedClock
from service.config import Config
from service.config import Match as MatchTable
from service.jobs.match import Matched, match
from service.store import Store, open_store
from service.store.catalogue import save_catalogue
from service.store.health import counts
from service.store.lead_work import Work, change_work
from service.store.leads import Lead, lead_counts, leads_for
from service.store.notices import mark_gone, note_rows, save_page
from service.store.tables import LeadRow, LotRow, MatchRow, NoticeRow
from service.store.tables.naming import LeadState, Origin
from tests.service.notices import DEADLINE, NOON, pipe_notice

MILL = PlantId("sample-mill")
SAID = Source("завод")
PIPE = Product(
    code=ProductCode("007"),
    name="Труба стальная электросварная прямошовная",
    plant=MILL,
    family=FamilyName("steel_pipe_large"),
    capabilities=(
        Capability("outer_diameter_mm", SAID, spans=(Span(530, 1420),)),
        Capability("wall_mm", SAID, spans=(Span(6, 25),)),
    ),
    unit="t",
)
CATALOGUE = Catalogue((Plant(MILL, "Завод-образец", sample=True),), (PIPE,))
CLOCK = FixedClock(NOON)


def lot(id_: str = "1", size: str = "820х10") -> Lot:
    title = f"Труба стальная электросварная прямошовная {size}"
    return Lot(id_, title, items=(Item("1", title, "", Decimal(120), Unit("Тонна")),))


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with open_store(store_url) as store:
        with store.writing() as session:
            save_catalogue(session, CATALOGUE, Origin.BUNDLED, NOON)
        yield store


def save(store: Store, *notices: Notice) -> None:
    with store.writing() as session:
        save_page(session, notices, NOON)
        ids = [notice.id for notice in notices]
        note_rows(session, "testportal", ids, {}, reader="testportal", now=NOON)


def matched(store: Store, config: Config | None = None) -> Matched:
    return match(store, config or Config(), CLOCK, wall=CLOCK)


def leads(store: Store, clock: FixedClock = CLOCK, *, also: tuple[int, ...] = ()) -> list[Lead]:
    with store.reading() as session:
        return leads_for(session, None, clock, also=also)


def test_a_fitting_lot_becomes_a_lead_with_its_evidence(store: Store) -> None:
    save(store, pipe_notice(lots=(lot(),)))
    done = matched(store)
    assert (done.outcome, done.notices, done.lots, done.new_leads) == ("OK", 1, 1, 1)
    (lead,) = leads(store)
    assert (lead.plant.id, lead.product, lead.lot) == (MILL, PIPE, lot())
    assert lead.verdict in {Verdict.CAN, Verdict.CHECK}
    assert {"outer_diameter_mm", "wall_mm"} <= {each.attribute for each in lead.evidence}
    assert lead.quantity.tonnes == Decimal(120)
    assert (lead.state, lead.as_of) == (LeadState.NEW, NOON)


def test_a_wrong_size_is_kept_as_a_match_but_is_no_lead(store: Store) -> None:
    save(store, pipe_notice(lots=(lot(size="2220х20"),)))
    done = matched(store)
    assert done.verdicts == {MILL: Counter({Verdict.CANNOT: 1})}
    assert leads(store) == []
    with store.reading() as session:
        assert session.exec(select(MatchRow)).one().verdict == "cannot"
        assert session.exec(select(LotRow)).one().closed_by == "dimensions"


def test_what_shares_nothing_with_the_catalogue_leaves_only_the_gate(store: Store) -> None:
    food = Lot("1", "Молоко пастеризованное 2,5%")
    save(store, pipe_notice(lots=(food,), title="Молоко"))
    matched(store)
    with store.reading() as session:
        assert session.exec(select(MatchRow)).all() == []
        assert session.exec(select(LotRow)).one().closed_by in {"relevance", "family"}


def test_only_what_changed_is_matched_again(store: Store) -> None:
    save(store, pipe_notice("a", lots=(lot(),)), pipe_notice("b", lots=(lot(),)))
    assert matched(store).notices == 2
    assert matched(store).notices == 0
    save(store, pipe_notice("b", lots=(lot(size="820х12"),)))
    done = matched(store)
    assert (done.notices, done.new_leads) == (1, 0)


def test_a_changed_catalogue_means_matching_all_again(store: Store) -> None:
    save(store, pipe_notice(lots=(lot(),)))
    matched(store)
    narrow = replace(
        PIPE, capabilities=(Capability("outer_diameter_mm", SAID, spans=(Span(1020, 1420),)),)
    )
    with store.writing() as session:
        save_catalogue(session, Catalogue((), (narrow,)), Origin.EDITED, NOON)
    assert matched(store).notices == 1
    assert leads(store) == []


def test_a_lead_keeps_its_state_when_its_lot_changes(store: Store) -> None:
    save(store, pipe_notice(lots=(lot(),)))
    matched(store)
    (before,) = leads(store)
    with store.writing() as session:
        looking = Work(LeadState.LOOKING, owner="Айгуль")
        change_work(session, before.id, looking, 1, NOON, actor="Айгуль", person_id=None)
    save(store, pipe_notice(lots=(lot(size="2220х20"),)))
    matched(store)
    assert leads(store) == []
    (told,) = leads(store, also=(before.id,))
    assert (told.verdict, told.state) == (Verdict.CANNOT, LeadState.LOOKING)
    save(store, pipe_notice(lots=(lot(),)))
    matched(store)
    (after,) = leads(store)
    assert (after.id, after.state, after.owner) == (before.id, LeadState.LOOKING, "Айгуль")


def test_a_notice_without_lots_is_its_lot_1_until_it_has_some(store: Store) -> None:
    title = "Труба стальная электросварная прямошовная 820х10"
    save(store, pipe_notice(depth=Depth.LISTING, lots=(), title=title))
    matched(store)
    (lead,) = leads(store)
    assert (lead.lot_id, lead.lot, lead.gone_at) == ("1", None, None)
    save(store, pipe_notice(lots=(lot("77"),), title=title))
    matched(store)
    assert [each.lot_id for each in leads(store)] == ["77"]


def test_closed_gone_and_overdue_leads_are_not_offered(store: Store) -> None:
    save(store, *(pipe_notice(id_, lots=(lot(),)) for id_ in ("open", "gone", "cancelled")))
    matched(store)
    ids = {lead.notice.id: lead.id for lead in leads(store)}
    save(store, pipe_notice("cancelled", lots=(lot(),), phase=Phase.CANCELLED))
    later = NOON + timedelta(days=1)
    with store.writing() as session:
        save_page(session, [pipe_notice("open", lots=(lot(),))], later)
        session.exec(
            select(NoticeRow).where(NoticeRow.external_id == "cancelled")
        ).one().last_seen_at = later
        assert mark_gone(session, "testportal", began_at=later, since=None, now=later) == 1
    assert [lead.notice.id for lead in leads(store)] == ["open"]
    assert {lead.id for lead in leads(store, also=tuple(ids.values()))} == set(ids.values())
    assert leads(store, FixedClock(DEADLINE)) == []


def test_leads_are_counted_by_plant_and_verdict(store: Store) -> None:
    save(store, pipe_notice(lots=(lot("1"), lot("2"), lot("3", size="2220х20"))))
    done = matched(store)
    with store.reading() as session:
        by_plant = lead_counts(session, CLOCK)
        held = counts(session)
    assert sum(by_plant[MILL].values()) == 2
    assert done.verdicts[MILL][Verdict.CANNOT] == 1
    assert (held.notices, held.lots, held.matches, held.leads) == ({"testportal": 1}, 3, 3, 2)


def test_a_score_below_the_least_is_stored_but_no_lead(store: Store) -> None:
    save(store, pipe_notice(lots=(lot(),)))
    done = matched(store, Config(match=MatchTable(min_score=1)))
    assert done.new_leads == 0
    with store.reading() as session:
        assert len(session.exec(select(MatchRow)).all()) == 1
        assert session.exec(select(LeadRow)).all() == []
    assert matched(store, Config(match=MatchTable(min_score=0))).new_leads == 1


def test_two_portals_with_the_same_id_are_not_mixed_up(store: Store) -> None:
    save(
        store,
        pipe_notice("1", portal="one", lots=(lot(),)),
        pipe_notice("1", portal="two", lots=(lot(size="2220х20"),)),
    )
    matched(store)
    assert [lead.notice.portal for lead in leads(store)] == ["one"]


def test_a_notice_that_cannot_be_matched_does_not_keep_the_others_unmatched(store: Store) -> None:
    save(store, *(pipe_notice(id_, lots=(lot(),)) for id_ in ("a", "b", "c")))
    with store.writing() as session:
        broken = session.exec(select(NoticeRow).where(NoticeRow.external_id == "b")).one()
        whole, broken.record = broken.record, '{"damaged":1}'
    done = matched(store)
    assert (done.outcome, done.notices, done.failed, done.new_leads) == ("PARTIAL", 2, 1, 2)
    with store.writing() as session:
        session.exec(select(NoticeRow).where(NoticeRow.external_id == "b")).one().record = whole
    done = matched(store)
    assert (done.outcome, done.notices, done.failed) == ("OK", 1, 0)


def test_an_empty_catalogue_is_said(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/empty.db") as store:
        save(store, pipe_notice())
        done = matched(store)
    assert (done.outcome, done.reason) == ("SKIPPED", "the catalogue is empty")
