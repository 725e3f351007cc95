"""Whatever the buyers do and however often the job runs, nothing is lost and nothing said twice."""

import json
import tempfile
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlmodel import col, select

from scrapers.records import Notice, Period
from service.clock import FixedClock
from service.config import Config, Digest
from service.jobs.digest import write_digests
from service.places import places
from service.store import open_store
from service.store.catalogue import save_catalogue
from service.store.tables import DeliveryRow, DigestItemRow
from service.store.tables.naming import Origin
from tests.service.digest.samples import NOW
from tests.service.digest.test_job import CATALOGUE, MILL, open_notice, requantify, save


class Days(RuleBasedStateMachine):
    """Purchases appear and change; the job runs once or several times a day, two leads a digest."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.config = Config(
            folder=Path(self.folder.name), recipients=(MILL,), digest=Digest(max_leads=2)
        )
        self.places = places(self.config)
        self.store = open_store(self.places.database_url)
        with self.store.writing() as session:
            save_catalogue(session, CATALOGUE, Origin.BUNDLED, NOW)
        self.hours = 0
        self.now_asked: dict[str, str] = {}

    @rule(quantity=st.sampled_from(["1", "2", "3"]))
    def a_purchase_appears(self, quantity: str) -> None:
        id_ = str(len(self.now_asked))
        save(self.store, self.asked(id_, quantity), "p1")
        self.now_asked[id_] = quantity

    @rule(which=st.integers(0, 5), quantity=st.sampled_from(["1", "2", "3"]))
    def a_quantity_changes(self, which: int, quantity: str) -> None:
        id_ = str(which)
        if id_ in self.now_asked:
            requantify(self.store, self.asked(id_, quantity))
            self.now_asked[id_] = quantity

    @rule(hours=st.sampled_from([1, 6, 24, 72]))
    def the_job_runs(self, hours: int) -> None:
        self.hours += hours
        write_digests(self.store, self.config, self.places, self.clock())

    def asked(self, id_: str, quantity: str) -> Notice:
        # Far away, so that no purchase closes before it could be told.
        period = Period(None, datetime(2030, 1, 1, tzinfo=UTC), "Asia/Almaty")
        return open_notice(id_, quantity, period=period)

    def clock(self) -> FixedClock:
        return FixedClock(NOW + timedelta(hours=self.hours))

    def said(self) -> dict[int, list[str]]:
        """What was said of each lead, in order."""
        with self.store.reading() as session:
            rows = session.exec(select(DigestItemRow).order_by(col(DigestItemRow.id))).all()
        found: dict[int, list[str]] = {}
        for row in rows:
            found.setdefault(row.lead_id, []).append(row.shown)
        return found

    @invariant()
    def nothing_is_said_twice(self) -> None:
        if hasattr(self, "store"):
            for said in self.said().values():
                assert all(one != next_ for one, next_ in pairwise(said))

    @invariant()
    def a_day_has_one_digest_and_its_file(self) -> None:
        if hasattr(self, "store"):
            with self.store.reading() as session:
                digests = session.exec(select(DeliveryRow)).all()
            assert len({digest.slot for digest in digests}) == len(digests)
            assert all(Path(digest.body_path).exists() for digest in digests)

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        for _ in range(len(self.now_asked) + 1):
            self.the_job_runs(24)
        try:
            self.all_was_told()
        finally:
            self.store.close()
            self.folder.cleanup()

    def all_was_told(self) -> None:
        """The last word on each purchase is what is asked for now."""
        last = [json.loads(said[-1])["quantity"] for said in self.said().values()]
        assert sorted(last) == sorted(self.now_asked.values())


TestDays = Days.TestCase
TestDays.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
