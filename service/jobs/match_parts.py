"""Matching in parts that several processes share: ranges of keys of due notices."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.family import load_families
from matcher.offers import Offers
from service.clock import Clock
from service.config import Config
from service.jobs.match import Matched, MatchRun, basis_of
from service.jobs.parts import Taker, carry_part
from service.jobs.runs import Claim, Report
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
    taker: Taker, config: Config, clock: Clock, part: Part, prepared: Prepared
) -> Report | None:
    """Match one part. None where another process is at it; SKIPPED where the catalogue is a newer
    one."""
    offers = prepared.made_for(part.basis, taker.store, config)
    if offers is None:
        return Report(Outcome.SKIPPED, "the catalogue has changed since")

    def do(held: Claim) -> Report:
        done = Matched()
        run = MatchRun(taker.store, config, clock, taker.wall, held, offers, prepared.keys)
        run.match_between(part.basis, done, after=part.first - 1, until=part.last)
        return Report(
            done.outcome, done.reason, read=done.notices, new=done.new_leads, failed=done.failed
        )

    return carry_part(taker, JOB, f"{part.basis}:{part.first}-{part.last}", do)
