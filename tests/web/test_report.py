"""The Friday report tells what happened in the week, whatever became of the leads after."""

from datetime import UTC, datetime, timedelta

from sqlmodel import select

from service.desk.report import PlantReport, plant_report, week_of
from service.store.lead_work import Work, change_work, work_of
from service.store.tables import PlantRow
from service.store.tables.naming import DeclineReason, LeadState
from tests.web.seeding import CLOCK, PLANT, Seeded, a_lead

TUESDAY = datetime(2026, 11, 17, 6, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


def turn(desk: Seeded, lead: int, work: Work, at: datetime) -> None:
    with desk.store.writing() as session:
        _, version, _ = work_of(session, lead)
        change_work(session, lead, work, version, at, actor="test", person_id=None)


def report(desk: Seeded, day: datetime) -> PlantReport:
    with desk.store.reading() as session:
        plant = session.exec(select(PlantRow.id).where(PlantRow.code == PLANT)).one()
        assert plant is not None
        return plant_report(session, plant, week_of(day.date()), CLOCK, "Asia/Almaty")


def lengths(made: PlantReport) -> dict[str, int]:
    told = {name: len(cards) for name, cards in made.lists}
    return {name: told[name] for name in ("taken", "offered", "won", "lost", "declined")}


def test_a_lead_looked_at_and_lost_in_a_week_is_in_each_column_once(desk: Seeded) -> None:
    lead = a_lead(desk.store)
    turn(desk, lead, Work(LeadState.LOOKING, "a@b.kz"), TUESDAY)
    turn(desk, lead, Work(LeadState.BIDDING, "a@b.kz"), TUESDAY + timedelta(hours=3))
    turn(desk, lead, Work(LeadState.LOST, "a@b.kz", remark="цена"), TUESDAY + timedelta(days=2))
    made = report(desk, TUESDAY + timedelta(days=3))
    assert lengths(made) == {"taken": 1, "offered": 1, "won": 0, "lost": 1, "declined": 0}
    assert [(card.id, said) for card, said in made.remarks] == [(lead, "цена")]


def test_a_week_keeps_its_numbers_after_the_next_one(desk: Seeded) -> None:
    lead = a_lead(desk.store)
    turn(desk, lead, Work(LeadState.LOOKING, "a@b.kz"), TUESDAY)
    turn(desk, lead, Work(LeadState.WON, "a@b.kz"), TUESDAY + WEEK)
    first, second = report(desk, TUESDAY + timedelta(days=3)), report(desk, TUESDAY + 10 * WEEK / 7)
    assert lengths(first) == {"taken": 1, "offered": 0, "won": 0, "lost": 0, "declined": 0}
    assert lengths(second) == {"taken": 0, "offered": 1, "won": 1, "lost": 0, "declined": 0}


def test_a_declined_lead_that_was_taken_back_still_tells_its_reason(desk: Seeded) -> None:
    lead = a_lead(desk.store)
    turn(desk, lead, Work(LeadState.DECLINED, reason=DeclineReason.PRICE), TUESDAY)
    turn(desk, lead, Work(LeadState.LOOKING, "a@b.kz"), TUESDAY + timedelta(hours=1))
    made = report(desk, TUESDAY + timedelta(days=3))
    assert lengths(made) == {"taken": 1, "offered": 0, "won": 0, "lost": 0, "declined": 1}
    assert made.reasons == (("price", 1),)
