"""Matching in parts, so that several processes share it. Parts are ranges of keys of due notices.

A part is a run of its own: a lease and a fencing number, as for any job. Carried out twice, the
second time finds nothing due.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.family import load_families
from matcher.offers import Offers
from service.clock import Clock
from service.config import Config
from service.jobs.heartbeat import heartbeat
from service.jobs.match import Matched, MatchRun, basis_of
from service.jobs.runs import LeaseLost, Report, claim, finish
from service.store import Store
from service.store.catalogue import stored_catalogue
from service.store.matches import ProductKeys, due_ranges, product_keys
from service.store.tables.naming import Outcome

JOB = "match part"
SIZE = 512
"""Notices of a part: some seconds of work, so that little is done again after a kill."""


@dataclass(frozen=True, slots=True)
class Part:
    """The due notices with keys from `first` to `last`, to be matched on this `basis`."""

    basis: str
    first: int
    last: int


@dataclass(slots=True)
class Prepared:
    """The catalogue made ready for matching, kept between parts: making it takes longer than
    matching a part. One process, one catalogue; threads wait for each other."""

    basis: str = ""
    offers: Offers | None = None
    keys: Mapping[str, ProductKeys] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def made_for(self, basis: str, store: Store, config: Config) -> Offers | None:
        """Give the offers for a basis; None where catalogue or matcher are no longer those."""
        with self.lock:
            if self.basis != basis:
                with store.reading() as session:
                    products = stored_catalogue(session).products
                    self.keys = product_keys(session)
                self.offers = Offers.build(products, load_families())
                self.basis = basis_of(products, config)
            return self.offers if self.basis == basis else None


def parts(store: Store, config: Config, size: int = SIZE) -> list[Part]:
    """Divide what is due into parts."""
    with store.reading() as session:
        products = stored_catalogue(session).products
        if not products:
            return []
        basis = basis_of(products, config)
        return [Part(basis, first, last) for first, last in due_ranges(session, basis, size)]


def match_part(
    store: Store, config: Config, clock: Clock, part: Part, prepared: Prepared
) -> Matched:
    """Match one part. SKIPPED where another process is at it, or the catalogue is a newer one."""
    wall = store.wall()
    offers = prepared.made_for(part.basis, store, config)
    if offers is None:
        return Matched(Outcome.SKIPPED, "the catalogue has changed since")
    with store.writing() as session:
        held = claim(
            session,
            JOB,
            f"{part.basis}:{part.first}-{part.last}",
            owner=store.owner,
            now=wall.now(),
            alone=store.alone,
            again=True,
        )
    if held is None:
        return Matched(Outcome.SKIPPED, "another process is at it")
    done = Matched()
    run = MatchRun(store, config, clock, wall, held, offers, prepared.keys)
    try:
        with heartbeat(store, held, wall):
            run.match_between(part.basis, done, after=part.first - 1, until=part.last)
        with store.writing() as session:
            told = Report(done.outcome, done.reason, read=done.notices, new=done.new_leads)
            finish(session, held, told, wall.now())
    except LeaseLost as error:
        return Matched(Outcome.SKIPPED, str(error))
    return done
