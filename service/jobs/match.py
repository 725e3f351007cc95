"""Matching the stored notices with the stored catalogue, only where something changed."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from catalog.family import Family, load_families
from catalog.records import FamilyName, PlantId, Product
from matcher.matching import match_lots
from matcher.offers import Offers
from matcher.records import Row, Verdict
from scrapers.canonical import load_notice
from scrapers.records import Notice
from service.attaching import documented_lots
from service.clock import Clock, SystemClock
from service.config import Config
from service.desk.cards import Cards, fill_missing, note_gone
from service.fingerprint import matcher_version
from service.jobs.runs import Claim, Report, claim, day_slot, finish, renew
from service.logs import log
from service.store import Store
from service.store.catalogue import catalogue_hash, stored_catalogue
from service.store.documents import attached
from service.store.matches import (
    Answered,
    Due,
    ProductKeys,
    count_due,
    due_notices,
    is_match,
    product_keys,
    save_matches,
)
from service.store.moving import move_leads
from service.store.outcomes import joined
from service.store.tables.naming import Outcome

JOB = "match"
BATCH = 64

Progress = Callable[[int, int], None]
"""Called after each batch: notices matched, notices due in all."""


def _silent(_done: int, _total: int) -> None:
    """Report progress to nobody."""


@dataclass(slots=True)
class Matched:
    """What a matching run did. `verdicts` counts rows by plant and verdict, those that a gate
    refused left out; `new_leads` the leads that were not there before; `failed` the notices that
    could not be matched and stay due."""

    outcome: Outcome = Outcome.OK
    reason: str = ""
    notices: int = 0
    lots: int = 0
    new_leads: int = 0
    failed: int = 0
    verdicts: dict[PlantId | None, Counter[Verdict]] = field(default_factory=dict)

    def count(self, answers: Mapping[str, Sequence[Row]]) -> None:
        """Count one notice's rows by lot."""
        self.notices += 1
        self.lots += len(answers)
        for row in (row for rows in answers.values() for row in rows if is_match(row)):
            self.verdicts.setdefault(row.plant, Counter())[row.verdict] += 1

    def fail(self, due: Due, error: Exception) -> None:
        """Count a notice on which the matcher broke: a fault of ours, never of the notice."""
        self.failed += 1
        self.outcome = Outcome.PARTIAL
        self.reason = f"{self.failed} notices could not be matched, at last by {error!r:.200}"
        log.error("unmatched", notice_id=due.notice_id, exc_info=error)


def match(
    store: Store,
    config: Config,
    clock: Clock,
    *,
    families: Mapping[FamilyName, Family] | None = None,
    on_progress: Progress = _silent,
    wall: Clock | None = None,
    lent: Claim | None = None,
) -> Matched:
    """Match every notice that changed since its last match, or all when catalogue or matcher did.

    Each batch is stored as a whole; a run that is broken off goes on with what is still due.
    """
    real = wall or SystemClock()
    slot = day_slot(clock.now(), config.zone.timezone)
    with store.writing() as session:
        held = lent or claim(
            session, JOB, slot, owner=store.owner, now=real.now(), alone=store.alone, again=True
        )
        if held is None:
            return Matched(Outcome.SKIPPED, "another process is matching")
        products = stored_catalogue(session).products
        keys = product_keys(session)
    done = Matched()
    if products:
        known = load_families() if families is None else families
        run = MatchRun(store, config, clock, real, held, Offers.build(products, known), keys)
        run.match_all(basis_of(products, config), done, on_progress)
    else:
        done.outcome, done.reason = Outcome.SKIPPED, "the catalogue is empty"
    settle(store, clock)
    with store.writing() as session:
        report = Report(
            done.outcome,
            done.reason,
            read=done.notices,
            new=done.new_leads,
            failed=done.failed,
        )
        finish(session, held, report, real.now())
    return done


def settle(store: Store, clock: Clock) -> None:
    """Bring leads and their cards to what the matches now are."""
    with store.writing() as session:
        Cards(session, clock).fill(move_leads(session, clock.now()))
        note_gone(session, clock)
        fill_missing(session, clock)


def basis_of(products: Sequence[Product], config: Config) -> str:
    """Fingerprint what an answer depends on besides the notice."""
    parts = (catalogue_hash(products), matcher_version(), config.match.model_dump_json())
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class MatchRun:
    """One matching run: what it works with."""

    store: Store
    config: Config
    clock: Clock
    wall: Clock
    held: Claim
    offers: Offers
    keys: Mapping[str, ProductKeys]

    def match_all(self, basis: str, done: Matched, on_progress: Progress = _silent) -> None:
        """Match batch after batch, counting in `done`."""
        with self.store.reading() as session:
            total = count_due(session, basis)
        self.match_between(basis, done, on_progress=on_progress, total=total)

    def match_between(
        self,
        basis: str,
        done: Matched,
        *,
        after: int = 0,
        until: int | None = None,
        total: int = 0,
        on_progress: Progress = _silent,
    ) -> None:
        """Match the due notices whose keys are beyond `after`, to `until` with it."""
        while True:
            with self.store.reading() as session:
                batch = due_notices(session, basis, after=after, until=until, limit=BATCH)
            if not batch:
                return
            after = batch[-1].notice_id
            self._match_batch(batch, done)
            on_progress(done.notices + done.failed, total)

    def _match_batch(self, batch: Sequence[Due], done: Matched) -> None:
        try:
            answered = self._answer(batch)
        except Exception as error:
            if len(batch) > 1:
                for due in batch:
                    self._match_batch([due], done)
                return
            done.fail(batch[0], error)
            return
        with self.store.writing() as session:
            renew(session, self.held, self.wall.now())
            done.new_leads += save_matches(
                session,
                [
                    Answered(due, answers, self.clock.now(notice.portal))
                    for due, notice, answers in answered
                ],
                self.keys,
                version=matcher_version(),
                min_score=self.config.match.min_score,
            )
            # An award or a contract changes the leads of the notice it belongs to.
            concerned = joined(session, [due.notice_id for due, _, _ in answered]).values()
            Cards(session, self.clock).fill(sorted(frozenset().union(*concerned)))
        for _, _, answers in answered:
            done.count(answers)

    def _answer(self, batch: Sequence[Due]) -> list[tuple[Due, Notice, dict[str, list[Row]]]]:
        """Ask the matcher about every lot of the batch at once; rows by lot id."""
        answered = [(due, load_notice(due.record), dict[str, list[Row]]()) for due in batch]
        with self.store.reading() as session:
            files = attached(session, [due.notice_id for due in batch])
        # Two portals may use one id, so lots carry the row's key on their way through the matcher.
        lots = [
            replace(lot, notice=str(due.notice_id))
            for due, notice, _ in answered
            for lot in documented_lots(notice, files.get(due.notice_id, ()))
        ]
        rows_of = {str(due.notice_id): rows for due, _, rows in answered}
        for lot in lots:
            rows_of[lot.notice][lot.lot] = []
        for row in match_lots(lots, self.offers, top=self.config.match.top):
            rows_of[row.notice][row.lot].append(row)
        return answered
