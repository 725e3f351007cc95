"""`/health` and `/metrics`: what they say when all is well, and when the schedule is not."""

from datetime import timedelta

from starlette.testclient import TestClient

from service.health.vitals import PULSE
from service.store.tables import RunRow
from tests.web.seeding import CLOCK, Seeded

HERE, ELSEWHERE = ("127.0.0.1", 50_000), ("203.0.113.7", 50_000)


def client(desk: Seeded, where: tuple[str, int] = HERE) -> TestClient:
    return TestClient(desk.app, base_url="http://127.0.0.1:8000", client=where)


def beat(desk: Seeded, minutes_ago: int) -> None:
    moment = CLOCK.now() - timedelta(minutes=minutes_ago)
    run = RunRow(
        job=PULSE,
        slot=f"{moment:%Y-%m-%dT%H:%M}Z",
        state="ended",
        outcome="OK",
        started_at=moment,
        ended_at=moment,
        attempt=1,
        fencing=1,
        lease_owner="test",
        lease_until=moment,
    )
    with desk.store.writing() as session:
        session.add(run)


def test_without_a_schedule_the_desk_is_well(desk: Seeded) -> None:
    answer = client(desk, ELSEWHERE).get("/health")
    assert (answer.status_code, answer.json()) == (
        200,
        {"database": "ok", "schedule": "never started"},
    )


def test_a_schedule_that_fell_asleep_is_unwell(desk: Seeded) -> None:
    beat(desk, 11)
    answer = client(desk).get("/health")
    assert (answer.status_code, answer.json()["schedule"]) == (503, "asleep")
    beat(desk, 1)
    assert client(desk).get("/health").json()["schedule"] == "awake"


def test_figures_are_for_this_machine_only(desk: Seeded) -> None:
    assert client(desk, ELSEWHERE).get("/metrics").status_code == 404


def test_figures_count_what_is_stored(desk: Seeded) -> None:
    beat(desk, 1)
    answer = client(desk).get("/metrics")
    assert answer.status_code == 200
    lines = answer.text.splitlines()
    assert "suranys_schedule_awake 1.0" in lines
    (notices,) = [line for line in lines if line.startswith('suranys_notices{portal="sample"}')]
    assert float(notices.split()[1]) > 5
    assert any(line.startswith("suranys_disk_free_bytes ") for line in lines)
