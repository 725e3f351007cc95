"""A store as large as a year of portals makes it: 200,000 notices, 5,000 leads. Made once, kept."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from catalog.family import load_families
from catalog.zone import load_zone
from matcher.matching import match_lots
from matcher.offers import Offers
from scrapers.records import Code, Item, Lot, Notice, Phase, Place, Unit
from service.bench.ingest import SEEN, made, pages
from service.bench.quality import Step
from service.clock import FixedClock
from service.desk.cards import Cards
from service.matching.lots import lot_texts
from service.store import Store, open_store
from service.store.catalogue import save_catalogue
from service.store.matches import Answered, due_notices, product_keys, save_matches
from service.store.migrations import head
from service.store.notices import save_page
from service.store.tables.naming import Origin

NOTICES = 200_000
LEADS = 5_000
NOW = SEEN + timedelta(hours=6)
CLOCK = FixedClock(NOW)
PAGE = 500
_SIZES = ("530х8", "630х10", "720х10", "820х10", "1020х12", "1220х14", "1420х16")
_GRADES = ("Ст3сп", "09Г2С", "17Г1С", "Ст20")
_REGIONS = ("75", "71", "19", "35", "63", "55", "15", "47", "79", "10")


def built(folder: Path, step: Step, *, notices: int = NOTICES, leads: int = LEADS) -> Path:
    """Give the database, made where none of today's schema is there yet."""
    path = folder / f"desk-{notices}-{leads}-{head()}.db"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    for leftover in folder.glob(f"{partial.name}*"):
        leftover.unlink()
    with open_store(f"sqlite:///{partial}") as store:
        _fill(store, step, notices, leads)
    partial.rename(path)
    return path


def _fill(store: Store, step: Step, notices: int, leads: int) -> None:
    with store.writing() as session:
        save_catalogue(session, load_zone("sample"), Origin.BUNDLED, SEEN)
    listed = [_wanted(number) for number in range(leads)]
    for number, page in enumerate(pages(listed, PAGE)):
        step("notices of leads", number, leads // PAGE)
        with store.writing() as session:
            save_page(session, page, SEEN)
    _match(store, step, leads)
    rest = made(notices - leads)
    for number, page in enumerate(pages(rest, PAGE)):
        step("notices", number, len(rest) // PAGE)
        with store.writing() as session:
            save_page(session, page, SEEN)


def _match(store: Store, step: Step, leads: int) -> None:
    offers = Offers.build(load_zone("sample").products, load_families())
    with store.reading() as session:
        keys = product_keys(session)
    after, done = 0, 0
    while True:
        step("leads", done, leads)
        with store.writing() as session:
            batch = due_notices(session, "bench", after=after, limit=64)
            if not batch:
                return
            answered = []
            for due in batch:
                notice = _wanted_again(due.record)
                lots = list(lot_texts(notice))
                rows = {lot.lot: list(match_lots([lot], offers)) for lot in lots}
                answered.append(Answered(due, rows, NOW))
            save_matches(session, answered, keys, version="bench", min_score=0)
            Cards(session, CLOCK).fill([due.notice_id for due in batch])
        after, done = batch[-1].notice_id, done + len(batch)


def _wanted_again(record: str) -> Notice:
    from scrapers.canonical import load_notice  # noqa: PLC0415 - only here

    return load_notice(record)


def _wanted(number: int) -> Notice:
    """Make a notice that the sample's pipe plant could serve, open for some days from now."""
    chance = random.Random(number)  # noqa: S311 - made-up purchases, no secret
    size, grade = chance.choice(_SIZES), chance.choice(_GRADES)
    title = f"Труба стальная электросварная прямошовная {size} {grade} ГОСТ 10704-91"
    place = Place("KZ", "Вымышленный адрес", Code("KZ-KATO", f"{chance.choice(_REGIONS)}1010000"))
    item = Item("1", title, title, Decimal(chance.randint(1, 900)), Unit("Тонна"), places=(place,))
    name = f"{70_000_000 + number}"
    base = made(1)[0]
    assert base.period is not None and base.period.start is not None  # noqa: S101, PT018 - made so
    ends = NOW + timedelta(days=chance.randint(1, 40), hours=chance.randint(0, 20))
    return replace(
        base,
        id=name,
        number=f"{name}-1",
        url=f"https://bench.invalid/{name}",
        title=f"Закуп: {title}",
        phase=Phase.OPEN,
        period=replace(base.period, end=ends),
        published_at=NOW - timedelta(days=chance.randint(0, 300)),
        lots=(Lot(f"{name}-1", title, number=f"{name}-ОК1", value=base.value, items=(item,)),),
    )


def arriving(number: int) -> Iterator[Notice]:
    """Give the next page of a portal: fifty notices nobody has seen."""
    for place, notice in enumerate(made(50)):
        name = f"9{number:05}{place:03}"
        yield replace(notice, id=name, number=f"{name}-1", url=f"https://bench.invalid/{name}")
