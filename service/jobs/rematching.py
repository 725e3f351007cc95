"""What is to be matched again when the catalogue changed: what the change can affect, or all.

All, where nothing was matched before, the matcher or its settings changed, so many products have
other words that the weights of words must be learned anew, or `matcher.affecting` cannot compare
the two catalogues. Else the notices that the change can affect become due, in the same transaction
in which the store takes the new catalogue for the one its matches rest on: broken off before it,
the next run looks again; after it, the next run goes on with what is due.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.family import Family
from catalog.records import FamilyName, Product
from matcher import hierarchy
from matcher.affecting import Change, IncomparableError
from matcher.frozen import Statistics, statistics
from matcher.offers import Offers, texts
from matcher.records import LotText
from matcher.vocabulary import Learned, learn
from scrapers.canonical import load_notice
from service.config import Config
from service.config import Match as MatchSettings
from service.logs import log
from service.matching.attaching import documented_lots
from service.matching.fingerprint import matcher_version
from service.store import Store
from service.store.catalogue import catalogue_hash
from service.store.codec import load_product
from service.store.documents import Attached, attached
from service.store.matches import ProductKeys, product_keys
from service.store.standing import (
    CatalogueChanged,
    Settled,
    Standing,
    begin_anew,
    families_of_lots,
    go_on,
    kept_products,
    offered_records,
    settled,
    standing,
)

BATCH = 128
TRIES = 3
"""How often to look again where another process changes what matches rest on at the same time."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What matches rest on now; `why` says what made notices due that were matched before. `offers`
    are its products ready for matching, where they had to be made for that."""

    standing: Standing
    why: str = ""
    offers: Offers | None = None


@dataclass(frozen=True, slots=True)
class _Looked:
    """What stands in the store before anything is matched."""

    held: Standing | None
    records: Mapping[int, str]
    """Of the products offered now, by key."""
    matched: Mapping[int, str]
    learned: Mapping[int, str]
    catalogue: str


def bring_up(
    store: Store,
    config: Config,
    families: Mapping[FamilyName, Family],
    *,
    everything: bool = False,
) -> Brought | None:
    """Make due what the present catalogue means matching again; None where it is empty.

    Raises CatalogueChanged where other processes keep changing it meanwhile.
    """
    for attempt in range(1, TRIES + 1):
        looked = _look(store)
        if not looked.records:
            return None
        try:
            return _bring(store, config, families, looked, everything=everything)
        except CatalogueChanged:
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable")


@dataclass(frozen=True, slots=True)
class Made:
    """The products that matches rest on, ready for matching."""

    standing: Standing
    offers: Offers
    keys: Mapping[str, ProductKeys]


def made_of(store: Store, brought: Brought, families: Mapping[FamilyName, Family]) -> Made:
    """Make the products ready that matches rest on.

    Raises CatalogueChanged where matches no longer rest on them.
    """
    offers = brought.offers
    if offers is None:
        looked = _look(store)
        if looked.held != brought.standing:
            raise CatalogueChanged("the catalogue has changed since; the next run matches with it")
        offers = _Weights.of(looked).offers(looked.matched, families)
    with store.reading() as session:
        return Made(brought.standing, offers, product_keys(session))


def _look(store: Store) -> _Looked:
    with store.reading() as session:
        held = standing(session)
        records = offered_records(session)
        kept = kept_products(session)
    return _Looked(
        held,
        records,
        {each.product_id: each.matched for each in kept if each.matched is not None},
        {each.product_id: each.learned for each in kept if each.learned is not None},
        catalogue_hash(_products(records)),
    )


def _bring(
    store: Store,
    config: Config,
    families: Mapping[FamilyName, Family],
    looked: _Looked,
    *,
    everything: bool,
) -> Brought:
    rules = rules_of(config.match)
    held = looked.held
    if held is None:
        why = ""
    elif everything:
        why = "asked for"
    elif held.rules != rules:
        why = "the matcher or its settings changed"
    elif held.catalogue == looked.catalogue:
        return Brought(held)
    else:
        try:
            return _bring_affected(store, config, families, held, looked)
        except IncomparableError as error:
            why = str(error)
    with store.writing() as session:
        fresh = begin_anew(session, held, rules, looked.catalogue, looked.records)
    return Brought(fresh, why)


@dataclass(frozen=True, slots=True)
class _Weights:
    """The weights of words in use, with the products they were learned of."""

    records: Mapping[int, str]
    terms: Learned
    known: Statistics

    @classmethod
    def of(cls, looked: _Looked) -> "_Weights":
        products = _products(looked.learned)
        above = hierarchy.above([each.code for each in products])
        terms = learn(texts(products, above))
        return cls(looked.learned, terms, statistics(terms))

    def offers(self, records: Mapping[int, str], families: Mapping[FamilyName, Family]) -> Offers:
        terms = [self.terms] if records == self.records else []
        return Offers.build(_products(records), families, terms, self.known)


def _bring_affected(
    store: Store,
    config: Config,
    families: Mapping[FamilyName, Family],
    held: Standing,
    looked: _Looked,
) -> Brought:
    """Make due what the change can affect. Raises IncomparableError where that cannot be told, or
    words are to be weighed anew."""
    if (strange := _strange(looked)) > _most(config.match, len(looked.learned)):
        raise IncomparableError(f"{strange} products have other words")
    weights = _Weights.of(looked)
    before = weights.offers(looked.matched, families)
    after = weights.offers(looked.records, families)
    unaffected = _unaffected(store, held, Change.between(before, after))
    with store.writing() as session:
        fresh = go_on(session, held, looked.catalogue, looked.records, unaffected)
    differing = {
        id_
        for id_ in looked.matched.keys() | looked.records.keys()
        if looked.matched.get(id_) != looked.records.get(id_)
    }
    products = "product" if len(differing) == 1 else "products"
    return Brought(fresh, f"{len(differing)} {products} changed", after)


def _unaffected(store: Store, held: Standing, change: Change) -> set[int]:
    """Give the keys of matched notices none of whose lots a change affects."""
    found: set[int] = set()
    after = 0
    while True:
        with store.reading() as session:
            batch = settled(session, held, after=after, limit=BATCH)
            keys = [each.notice_id for each in batch]
            files = attached(session, keys)
            families = families_of_lots(session, keys)
        if not batch:
            return found
        after = batch[-1].notice_id
        lots = {each.notice_id: _lots(each, files.get(each.notice_id, ())) for each in batch}
        asked = [(id_, lot) for id_, known in lots.items() if known for lot in known]
        told = change.affected(
            [lot for _, lot in asked], [families.get((id_, lot.lot)) for id_, lot in asked]
        )
        affected = {id_ for (id_, _), so in zip(asked, told, strict=True) if so}
        found.update(id_ for id_, known in lots.items() if known and id_ not in affected)


def _lots(settled_one: Settled, files: Sequence[Attached]) -> list[LotText] | None:
    """Give the lots of a notice as they are matched; None where they cannot be read any more,
    which matching it again will tell."""
    try:
        return list(documented_lots(load_notice(settled_one.record), files))
    except Exception as error:
        log.error("unreadable", notice_id=settled_one.notice_id, exc_info=error)
        return None


def _strange(looked: _Looked) -> int:
    """Count the products of which other words are offered now than weights were learned of."""
    return sum(
        _words(looked.learned.get(id_)) != _words(looked.records.get(id_))
        for id_ in looked.learned.keys() | looked.records.keys()
    )


def _words(record: str | None) -> object:
    if record is None:
        return None
    product = load_product(record)
    return product.name, product.description, product.codes


def _most(settings: MatchSettings, learned: int) -> int:
    return max(settings.relearn_products, int(settings.relearn_share * learned))


def rules_of(settings: MatchSettings) -> str:
    """Fingerprint what an answer depends on besides notice and catalogue."""
    told = f"{matcher_version()}|{settings.top}|{settings.min_score}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _products(records: Mapping[int, str]) -> list[Product]:
    return [load_product(record) for record in records.values()]
