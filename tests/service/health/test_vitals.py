"""Signs of life of jobs that workers share."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from service.clock import FixedClock
from service.config import Config, Database
from service.health.vitals import vitals_of
from service.jobs.digest_parts import JOB
from service.jobs.runs import Report, claim, finish
from service.store import Store, open_store
from service.store.tables.naming import Outcome

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


def ran(store: Store, job: str, minutes: int, outcome: Outcome) -> None:
    at = NOW + timedelta(minutes=minutes)
    with store.writing() as session:
        held = claim(session, job, f"{at:%Y-%m-%dT%H:%M}", owner=store.owner, now=at)
        assert held is not None
        finish(session, held, Report(outcome, job), at)


def test_a_part_that_failed_since_its_job_last_ran_is_shown_with_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/vitals.db"
    config = Config(folder=tmp_path, database=Database(url=url))
    with open_store(url) as store:

        def digest() -> tuple[Outcome | None, str]:
            clock = FixedClock(NOW + timedelta(hours=3))
            jobs = vitals_of(config, "live", clock, store).jobs
            [found] = [each for each in jobs if each.name == "digest"]
            return found.outcome, found.reason

        ran(store, "digest", 0, Outcome.OK)
        ran(store, JOB, 1, Outcome.FAILED)
        ran(store, JOB, 2, Outcome.OK)
        assert digest() == (Outcome.FAILED, JOB)
        ran(store, "digest", 60, Outcome.OK)
        assert digest() == (Outcome.OK, "digest")
