"""Count which fields the parsers found in the saved pages, by page and field.

    .venv/bin/python -m tests.scrapers.portals.payload_fields

prints the known ones; `docs/reference/portal-fields.md` holds them with what is absent or not read.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from scrapers.eforms.notice import read_eforms
from scrapers.ocds.package import json_documents, processes
from scrapers.ocds.release import notice_of
from scrapers.portal import Answer, Query, Request
from scrapers.portals import PORTALS
from scrapers.records import Item, Lot, Money, Notice, Vat

FOLDER = Path(__file__).resolve().parents[3].parent / "shared" / "payloads"
NOW = datetime(2026, 5, 12, 9, tzinfo=UTC)
QUERY = Query(NOW)


def _taxed(value: Money | None) -> bool:
    return value is not None and value.vat is not Vat.UNKNOWN


NOTICE: dict[str, Callable[[Notice], object]] = {
    "number": lambda n: n.number,
    "title": lambda n: n.title,
    "description": lambda n: n.description,
    "status": lambda n: n.status,
    "method": lambda n: n.method,
    "category": lambda n: n.category,
    "buyer": lambda n: n.buyer,
    "buyer id": lambda n: n.buyer and n.buyer.id,
    "procuring entity": lambda n: n.procuring_entity,
    "procuring entity id": lambda n: n.procuring_entity and n.procuring_entity.id,
    "value, currency": lambda n: n.value,
    "VAT flag": lambda n: _taxed(n.value),
    "published": lambda n: n.published_at,
    "tenders from": lambda n: n.period and n.period.start,
    "deadline": lambda n: n.period and n.period.end,
    "codes": lambda n: n.codes,
    "documents": lambda n: n.documents,
}
LOT: dict[str, Callable[[Lot], object]] = {
    "number": lambda lot: lot.number,
    "title": lambda lot: lot.title,
    "description": lambda lot: lot.description,
    "status": lambda lot: lot.status,
    "value, currency": lambda lot: lot.value,
    "VAT flag": lambda lot: _taxed(lot.value),
    "deadline": lambda lot: lot.period and lot.period.end,
    "codes": lambda lot: lot.codes,
    "places": lambda lot: lot.places,
    "place code": lambda lot: any(place.code for place in lot.places),
    "delivery": lambda lot: lot.delivery,
    "documents": lambda lot: lot.documents,
}
ITEM: dict[str, Callable[[Item], object]] = {
    "title": lambda item: item.title,
    "description": lambda item: item.description,
    "quantity": lambda item: item.quantity is not None,
    "unit": lambda item: item.unit,
    "unit price": lambda item: item.unit_price,
    "value, currency": lambda item: item.value,
    "VAT flag": lambda item: _taxed(item.value),
    "codes": lambda item: item.codes,
    "places": lambda item: item.places,
    "place code": lambda item: any(place.code for place in item.places),
    "place quantity": lambda item: any(p.quantity is not None for p in item.places),
}


Counts = dict[str, tuple[int, int]]
_Record = TypeVar("_Record", Notice, Lot, Item)


def counted() -> dict[str, Counts]:
    """Give (known, all) by page and by `notice: field`, `lot: field`, `item: field`."""
    return {page: _count(notices) for page, notices in pages().items()}


def _count(notices: list[Notice]) -> Counts:
    lots = [lot for notice in notices for lot in notice.lots]
    items = [item for lot in lots for item in lot.items]
    found = {f"notice: {name}": _known(notices, has) for name, has in NOTICE.items()}
    found |= {f"lot: {name}": _known(lots, has) for name, has in LOT.items()}
    return found | {f"item: {name}": _known(items, has) for name, has in ITEM.items()}


def _known(records: list[_Record], has: Callable[[_Record], object]) -> tuple[int, int]:
    return sum(bool(has(record)) for record in records), len(records)


def pages() -> dict[str, list[Notice]]:
    """Each saved page read by itself: what a listing said is not there for a notice's own page."""
    return {
        "goszakup search": _listed("kz_goszakup", "goszakup_kz/lots_search_page.html"),
        "goszakup announcement": _opened(
            "kz_goszakup", "17013627-1", "goszakup_kz/announce_17013627.html"
        ),
        "goszakup lot": _opened("kz_goszakup", "81610885-ОК2", "goszakup_kz/lot_modal.html"),
        "Mitwork listing": _listed("kz_mitwork", "mitwork/listing.html"),
        "Mitwork announcement": _opened("kz_mitwork", "192049", "mitwork/buy_192049.html"),
        "National Bank listing": _listed("kz_national_bank", "national_bank/listing.html"),
        "National Bank lot": _opened("kz_national_bank", "228344", "national_bank/lot_228344.html"),
        "Samruk listing": _listed("kz_samruk", "samruk_sk_kz/listing.json"),
        "Samruk advert": [_advert("1220290")],
        "UZEX trade": _opened("uz_etender", "482604", "uzex_etender/detail_482604.json"),
        "xt-xarid row": _listed("uz_xt_xarid", "xt_xarid/listing.json")[:1],  # the others: invented
        "etender.gov.az list": _listed("az_etender", "az_etender/events_page1.json"),
        "etender.gov.az event": [_event("355920")],
        "EIS feed": _saved("ru_eis", "ru_eis/rss.xml"),
        "EIS notice 44-FZ": _saved("ru_eis", "ru_eis/ef2020_notices.json"),
        "EIS notice 223-FZ": _saved("ru_eis", "ru_eis/notice_223fz.xml"),
        "EIS plan 223-FZ": _saved("ru_eis", "ru_eis/plan_223fz.xml"),
        "TED search": _listed("eu_ted", "ted_api/search_2026-06.json"),
        "TED notice": [
            read_eforms(path.read_bytes(), portal="eu_ted")
            for path in sorted((FOLDER / "ted_eforms_real").glob("*.xml"))
        ],
        "OCDS": _packages("record_package_sample", "seven_releases", "badfile"),
    }


def _answer(file: str, request: Request) -> Answer:
    kind = "application/json" if file.endswith("json") else "text/html; charset=utf-8"
    body = (FOLDER / file).read_bytes()
    return Answer(request, request.url, 200, {"content-type": kind}, body, NOW)


def _listed(name: str, file: str) -> list[Notice]:
    portal = PORTALS[name]
    return list(portal.listing(_answer(file, portal.first(QUERY)[0]), QUERY).notices)


def _opened(name: str, entry: str, file: str) -> list[Notice]:
    portal = PORTALS[name]
    request = portal.entry(entry) if portal.entry else None
    if request is None or portal.detail is None:
        raise ValueError(f"{name} opens nothing by {entry}")
    return [portal.detail(None, _answer(file, request))]


def _advert(ident: str) -> Notice:
    """An advert of Samruk with the answer that has its lots."""
    portal = PORTALS["kz_samruk"]
    (notice,) = _opened(portal.name, ident, f"samruk_sk_kz/advert_{ident}.json")
    (request,) = portal.details(notice)
    if portal.detail is None:
        raise ValueError("the portal opens nothing")
    return portal.detail(notice, _answer(f"samruk_sk_kz/lots_{ident}.json", request))


def _event(ident: str) -> Notice:
    """An event of Azerbaijan with the two pages of its bill that were saved."""
    portal = PORTALS["az_etender"]
    (notice,) = _opened(portal.name, ident, f"az_etender/event_{ident}.json")
    for page in (1, 2):
        (request,) = portal.details(notice)
        if portal.detail is None:
            raise ValueError("the portal opens nothing")
        bill = f"az_etender/event_{ident}_bomlines_page{page}.json"
        notice = portal.detail(notice, _answer(bill, request))
    return notice


def _saved(name: str, file: str) -> list[Notice]:
    """A document that its portal tells by what is in it."""
    portal = PORTALS[name]
    return list(portal.listing(_answer(file, Request(f"{portal.home}/saved")), QUERY).notices)


def _packages(*names: str) -> list[Notice]:
    found = {}
    for name in names:
        body = (FOLDER / "ocds" / f"{name}.json").read_bytes()
        for document in json_documents(body):
            for release in processes(document):
                notice = notice_of(release, portal="ocds")
                found[notice.id] = notice
    return list(found.values())


def main() -> None:
    """Print the counts, a field a line."""
    for page, counts in counted().items():
        for field, (known, of) in counts.items():
            sys.stdout.write(f"{page}\t{field}\t{known}\t{of}\n")


if __name__ == "__main__":
    main()
