"""Matching the stored notices with the stored catalogue, only where something changed."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from catalog.family import Family, load_families
from catalog.records import FamilyName, PlantId
from matcher.affecting import kin_of
from matcher.matching import tell_lots
from matcher.records import Row, Verdict
from scrapers.canonical import load_notice
from scrapers.records import Notice
from service.clock import Clock
from service.config import Config
from service.desk.cards import Cards, fill_missing, note_gone
from service.jobs.heartbeat import heartbeat
from service.jobs.rematching import Brought, Made, bring_up, made_of
from service.jobs.runs import Claim, Report, claim, day_slot, finish, renew
from service.logs import log
from service.matching.attaching import documented_lots
from service.matching.fingerprint import matcher_version
from service.store import Store
from service.store.documents import attached
from service.store.matches import (
    Answered,
    Due,
    count_due,
    count_shown,
    due_notices,
    is_match,
    save_matches,
)
from service.store.moving import move_leads
from service.store.outcomes import joined
from service.store.standing import CatalogueChanged, share
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
    could not be matched and stay due. `reason` says what went wrong, else why notices were matched
    again that had not changed."""

    outcome: Outcome = Outcome.OK
    reason: str = ""
    notices: int = 0
    lots: int = 0
    new_leads: int = 0
    failed: int = 0
    verdicts: dict[PlantId | None, Counter[Verdict]] = field(default_factory=dict)

    @property
    def report(self) -> Report:
        """What the run table says of it."""
        return Report(
            self.outcome, self.reason, read=self.notices, new=self.new_leads, failed=self.failed
        )

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
    everything: bool = False,
) -> Matched:
    """Match every notice that changed since its last match, or that a change of the catalogue can
    affect; all when the matcher changed, or with `everything`.

    Each batch is stored as a whole; a run that is broken off goes on with what is still due.
    """
    real = wall or store.wall()
    slot = day_slot(clock.now(), config.zone.timezone)
    with store.writing() as session:
        held = lent or claim(
            session, JOB, slot, owner=store.owner, now=real.now(), alone=store.alone, again=True
        )
        if held is None:
            return Matched(Outcome.SKIPPED, "another process is matching")
    done = Matched()
    known = load_families() if families is None else families
    try:
        with heartbeat(store, held, real):
            brought = bring_up(store, config, known, everything=everything)
            made = None if brought is None else _made(store, brought, known)
        if made is not None:
            MatchRun(store, config, clock, real, held, made).match_all(done, on_progress)
        _say(store, done, brought)
    except CatalogueChanged as error:
        done.outcome, done.reason = Outcome.PARTIAL, str(error)
    settle(store, clock)
    with store.writing() as session:
        finish(session, held, done.report, real.now())
    return done


def _made(store: Store, brought: Brought, families: Mapping[FamilyName, Family]) -> Made | None:
    """Make the catalogue ready; None where nothing is due, because that takes longest of all."""
    with store.reading() as session:
        due = count_due(session, brought.standing.basis)
    return made_of(store, brought, families) if due else None


def _say(store: Store, done: Matched, brought: Brought | None) -> None:
    """Say how many notices a change had matched again, where nothing worse is to be said."""
    if brought is None:
        done.outcome, done.reason = Outcome.SKIPPED, "the catalogue is empty"
    elif brought.why and not done.reason:
        with store.reading() as session:
            shown = count_shown(session)
        done.reason = f"matched {done.notices:,} of {shown:,} notices: {brought.why}"


def settle(store: Store, clock: Clock) -> None:
    """Bring leads and their cards to what the matches now are."""
    with store.writing() as session:
        Cards(session, clock).fill(move_leads(session, clock.now()))
        note_gone(session, clock)
        fill_missing(session, clock)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the matcher said of one notice, by lot id."""

    due: Due
    notice: Notice
    rows: dict[str, Sequence[Row]] = field(default_factory=dict)
    families: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MatchRun:
    """One matching run: what it works with."""

    store: Store
    config: Config
    clock: Clock
    wall: Clock
    held: Claim
    made: Made

    def match_all(self, done: Matched, on_progress: Progress = _silent) -> None:
        """Match batch after batch, counting in `done`.

        Raises CatalogueChanged where another process has put another catalogue in place.
        """
        with self.store.reading() as session:
            total = count_due(session, self.made.standing.basis)
        self.match_between(done, on_progress=on_progress, total=total)

    def match_between(
        self,
        done: Matched,
        *,
        after: int = 0,
        until: int | None = None,
        total: int = 0,
        on_progress: Progress = _silent,
    ) -> None:
        """Match the due notices whose keys are beyond `after`, to `until` with it.

        Raises CatalogueChanged where another process has put another catalogue in place.
        """
        basis = self.made.standing.basis
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
            share(session, self.made.standing)
            done.new_leads += save_matches(
                session,
                [
                    Answered(each.due, each.rows, self.clock.now(each.notice.portal), each.families)
                    for each in answered
                ],
                self.made.keys,
                version=matcher_version(),
                min_score=self.config.match.min_score,
            )
            # An award or a contract changes the leads of the notice it belongs to.
            concerned = joined(session, [each.due.notice_id for each in answered]).values()
            Cards(session, self.clock).fill(sorted(frozenset().union(*concerned)))
        for each in answered:
            done.count(each.rows)

    def _answer(self, batch: Sequence[Due]) -> list[_Answer]:
        """Ask the matcher about every lot of the batch at once."""
        answered = [_Answer(due, load_notice(due.record)) for due in batch]
        with self.store.reading() as session:
            files = attached(session, [due.notice_id for due in batch])
        owned = [
            (each, lot)
            for each in answered
            for lot in documented_lots(each.notice, files.get(each.due.notice_id, ()))
        ]
        answers = tell_lots([lot for _, lot in owned], self.made.offers, top=self.config.match.top)
        for (each, lot), told in zip(owned, answers, strict=True):
            each.rows[lot.lot] = told.rows
            each.families[lot.lot] = kin_of(told.needs)
        return answered
