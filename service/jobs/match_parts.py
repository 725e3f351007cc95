"""Matching in parts that several processes share: ranges of keys of due notices."""

import threading
from dataclasses import dataclass, field

from catalog.family import load_families
from service.clock import Clock
from service.config import Config
from service.jobs.match import Matched, MatchRun
from service.jobs.parts import Taker, carry_part
from service.jobs.rematching import Brought, Made, bring_up, made_of, rules_of
from service.jobs.runs import Claim, Report
from service.store import Store
from service.store.matches import due_ranges
from service.store.standing import CatalogueChanged, standing
from service.store.tables.naming import Outcome

JOB = "match part"
SIZE = 512
"""Notices of a part: some seconds of work, so that little is done again after a kill."""


@dataclass(frozen=True, slots=True)
class Part:
    """The due notices with keys from `first` to `last`, to be matched on this `basis`
    (`Standing.name`)."""

    basis: str
    first: int
    last: int


@dataclass(slots=True)
class Prepared:
    """The catalogue made ready for matching, kept between parts: making it takes longer than
    matching a part. One process, one catalogue; threads wait for each other."""

    made: Made | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def made_for(self, basis: str, store: Store, config: Config) -> Made:
        """Give what a part is to be matched with.

        Raises CatalogueChanged where matches no longer rest on that, or on another matcher than
        this process has: that of a newer version, say.
        """
        with self.lock:
            if self.made is None or self.made.standing.name != basis:
                with store.reading() as session:
                    held = standing(session)
                if held is None or held.name != basis or held.rules != rules_of(config.match):
                    raise CatalogueChanged("the catalogue or the matcher has changed")
                self.made = made_of(store, Brought(held), load_families())
            return self.made


def parts(store: Store, config: Config, size: int = SIZE) -> list[Part]:
    """Divide what is due into parts, with what a change of the catalogue makes due."""
    brought = bring_up(store, config, load_families())
    if brought is None:
        return []
    held = brought.standing
    with store.reading() as session:
        return [
            Part(held.name, first, last) for first, last in due_ranges(session, held.basis, size)
        ]


def match_part(
    taker: Taker, config: Config, clock: Clock, part: Part, prepared: Prepared
) -> Report | None:
    """Match one part. None where another process is at it; SKIPPED where the catalogue is a newer
    one."""
    try:
        made = prepared.made_for(part.basis, taker.store, config)
    except CatalogueChanged as error:
        return Report(Outcome.SKIPPED, str(error))

    def do(held: Claim) -> Report:
        done = Matched()
        run = MatchRun(taker.store, config, clock, taker.wall, held, made)
        try:
            run.match_between(done, after=part.first - 1, until=part.last)
        except CatalogueChanged as error:
            done.outcome, done.reason = Outcome.SKIPPED, str(error)
        return done.report

    return carry_part(taker, JOB, f"{part.basis}:{part.first}-{part.last}", do)
