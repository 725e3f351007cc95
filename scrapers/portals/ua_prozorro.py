"""Domain
    Prozorro, https://prozorro.gov.ua: all public purchases of Ukraine, by their central database.
    Feed of changed tenders, newest change first -> each tender.

Caveats
    - The feed promises ids only. It is asked for the fields a row needs (`opt_fields`), which
      working clients report to be answered; a row without a title goes by its number until its
      tender was read. Rows of the feed are unverified: the saved one is empty.
    - One request a tender, thousands of changes a day: a first run goes back `days`.
    - The tender is verified on one real tender and one example of the makers. It is nearly OCDS
      and read by the same code. Documents of the kind sign.p7s (signatures) are left out; of
      several versions of a document the last is kept. Bids, awards, contracts and the points of
      plans a tender names are read; the feed of plans itself is not.
    - «ДК021» is the national edition of CPV 2008 with the same numbers: given as CPV, without the
      check digit behind the dash. Units are UN/CEFACT Recommendation 20.
    - Statuses: only active.enquiries and active.tendering take offers. «active» alone is a report
      of a contract made without competition.
    - `dateModified` moves with every bid and question, not with the notice alone.

Terms
    Open data, free of charge. robots.txt: not seen. A User-Agent that is no browser's may be
    answered 412; ours says who we are and is not disguised.

API documentation
    https://prozorro-api-docs.readthedocs.io/. Settings under [portals.ua_prozorro.query]: `days`
    (how far back a feed is read, 30), `limit` (rows a page, 100).
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from scrapers.errors import LayoutChanged
from scrapers.json_body import read_json
from scrapers.ocds.release import NoTitle, notice_of
from scrapers.ocds.values import Json, identifier, mapping, mappings, moment, number, text
from scrapers.portal import Answer, Listing, Portal, Query, Request
from scrapers.records import (
    Buyer,
    Code,
    Depth,
    Item,
    Lot,
    Notice,
    Phase,
    Place,
    Related,
    Relation,
    Unit,
)

NAME = "ua_prozorro"
ZONE = "Europe/Kyiv"
HOST = "public-api.prozorro.gov.ua"
_TENDERS = f"https://{HOST}/api/2.5/tenders"
_FIELDS = (
    "status,tenderID,title,procuringEntity,value,tenderPeriod,procurementMethodType,"
    "mainProcurementCategory,items,lots"
)
_ID = re.compile(r"[0-9a-f]{32}")
_SIGNATURE = re.compile(r"sign\.p7s", re.IGNORECASE)
UKRAINE = "Україна"  # as addresses name the country, which have no code of it
_CPV = re.compile(r"(\d{8})-\d")
_PHASES = {
    "": Phase.OPEN,  # a row that gives its id only: the tender will say
    "draft": Phase.PLAN,
    "active": Phase.CLOSED,
    "active.enquiries": Phase.OPEN,
    "active.tendering": Phase.OPEN,
    "active.awarded": Phase.AWARDED,
    "complete": Phase.AWARDED,
    "unsuccessful": Phase.CLOSED,
    "cancelled": Phase.CANCELLED,
}


def first(query: Query) -> tuple[Request, ...]:
    """The feed from its newest change back."""
    limit = query.settings.get("limit", 100)
    size = str(limit) if isinstance(limit, int) and 0 < limit <= 1000 else "100"
    asked = {"descending": "1", "limit": size, "opt_fields": _FIELDS}
    return (Request(f"{_TENDERS}?{urlencode(asked)}", expect="json"),)


def listing(answer: Answer, query: Query) -> Listing:
    """Read a page of the feed. A page without rows is its end. Raises `LayoutChanged`."""
    page = _body(answer)
    rows = page.get("data")
    if not isinstance(rows, list) or len(mappings(rows)) != len(rows):
        raise _changed(answer, "no list of changes", "data")
    found: dict[str, Notice] = {}
    for row in mappings(rows):
        notice = replace(_notice(row, answer), depth=Depth.LISTING)
        found.setdefault(notice.id, notice)
    changes = [notice.amended_at for notice in found.values() if notice.amended_at]
    if len(changes) != len(found):
        raise _changed(answer, "a change without its time", "data[].dateModified")
    days = query.settings.get("days", 30)
    oldest = query.now - timedelta(days=days if isinstance(days, int) else 30)
    named = mapping(page.get("next_page")).get("offset")
    offset = identifier(named) or str(number(named) or "")
    go_on = bool(changes) and max(changes) >= oldest and bool(offset)
    return Listing(tuple(found.values()), _next(answer, offset) if go_on else None)


def _next(answer: Answer, offset: str) -> Request:
    parts = urlsplit(answer.request.url)
    asked = dict(parse_qsl(parts.query)) | {"offset": offset[:100]}
    return replace(answer.request, url=urlunsplit(parts._replace(query=urlencode(asked))))


def details(notice: Notice) -> tuple[Request, ...]:
    """The tender itself, once."""
    return () if notice.depth is Depth.DETAIL else (_tender(notice.id),)


def _tender(ident: str) -> Request:
    return Request(f"{_TENDERS}/{ident}", kind="tender", ref=ident, expect="json")


def detail(notice: Notice | None, answer: Answer) -> Notice:
    """Read a tender, which says all that its row did. Raises `LayoutChanged`."""
    page = _body(answer)
    # Saved tenders often lack the wrapping.
    read = _notice(mapping(page.get("data")) or page, answer)
    if read.status is None or read.number is None:
        raise _changed(answer, "a tender without status or number", "data.status, data.tenderID")
    if read.id != answer.request.ref or (notice is not None and notice.id != read.id):
        raise _changed(answer, f"tender {read.id}, not {answer.request.ref}", "data.id")
    return read


def _body(answer: Answer) -> Json:
    return mapping(read_json(answer.body, answer.content_type, portal=NAME, url=answer.url))


def _changed(answer: Answer, detail: str, selector: str) -> LayoutChanged:
    return LayoutChanged(detail, selector=selector, portal=NAME, url=answer.url)


def _notice(tender: Json, answer: Answer) -> Notice:
    ident, shown, status = (text(tender.get(key)) for key in ("id", "tenderID", "status"))
    phase = _phase(status)
    if not _ID.fullmatch(ident):
        raise _changed(answer, f"{ident[:40]!r} is no tender's id", "id")
    if phase is None:
        raise _changed(answer, f"an unknown status {status[:40]!r}", "status")
    named = {**tender, "title": text(tender.get("title")) or shown or ident}
    named["documents"] = _documents(tender)
    try:
        outcome = {key: tender.get(key) for key in ("bids", "awards", "contracts")}
        read = notice_of({"ocid": ident, "tender": named, **outcome}, portal=NAME, zone=ZONE)
    except NoTitle as error:
        raise _changed(answer, str(error), "title") from error
    address = f"https://prozorro.gov.ua/tender/{shown}" if shown else f"{_TENDERS}/{ident}"
    lines = {identifier(one.get("id")): one for one in mappings(tender.get("items"))}
    over = read.period and read.period.end and read.period.end <= answer.received_at
    return replace(
        read,
        url=address,
        phase=Phase.CLOSED if phase is Phase.OPEN and over else phase,
        number=shown or None,
        language="uk",
        status=status or None,
        method=text(tender.get("procurementMethodType")) or read.method,
        procuring_entity=_in_ukraine(read.procuring_entity),
        country="UA",
        published_at=_published(tender),
        amended_at=moment(tender.get("dateModified"), ZONE),
        lots=tuple(_lot(lot, lines) for lot in read.lots),
        related=tuple(
            Related(Relation.PLAN, plan)
            for one in mappings(tender.get("plans"))
            if _ID.fullmatch(plan := text(one.get("id")))
        ),
    )


def _phase(status: str) -> Phase | None:
    """None for a status never heard of. A tender of several stages is in `active.stage2.…`."""
    if status in _PHASES:
        return _PHASES[status]
    head, dot, _ = status.partition(".")
    return {"draft": Phase.PLAN, "active": Phase.CLOSED}.get(head) if dot else None


def _published(tender: Json) -> datetime | None:
    """Questions may be asked from the publication on; `dateCreated` is that of the draft."""
    said = tender.get("noticePublicationDate")
    return moment(said or mapping(tender.get("enquiryPeriod")).get("startDate"), ZONE)


def _documents(tender: Json) -> list[Json]:
    """The last version of each document, a lot's own tied to it, without signatures."""
    found: dict[str, Json] = {}
    for one in mappings(tender.get("documents")):
        if text(one.get("format")) == "application/pkcs7-signature" or _SIGNATURE.fullmatch(
            text(one.get("title"))
        ):
            continue
        of_lot = one.get("documentOf") == "lot"
        tied = {**one, "relatedLots": [one.get("relatedItem")]} if of_lot else one
        found[identifier(one.get("id")) or str(len(found))] = tied
    return list(found.values())


def _in_ukraine(body: Buyer | None) -> Buyer | None:
    here = body is not None and body.country is None and UKRAINE in (body.address or "")
    return replace(body, country="UA") if body and here else body


def _lot(lot: Lot, lines: dict[str, Json]) -> Lot:
    days = dict.fromkeys(_days(lines.get(item.id, {})) for item in lot.items)
    return replace(
        lot,
        items=tuple(_item(item, lines.get(item.id, {})) for item in lot.items),
        delivery=lot.delivery or "; ".join(filter(None, days)) or None,
    )


def _days(line: Json) -> str:
    """The first and last day of delivery as they are written, without the hour."""
    span = mapping(line.get("deliveryDate"))
    days = [text(span.get(key))[:10] for key in ("startDate", "endDate")]
    return " – ".join(day or "…" for day in days) if any(days) else ""


def _item(item: Item, line: Json) -> Item:
    code = text(mapping(line.get("unit")).get("code"))
    unit = item.unit
    if unit and re.fullmatch("[A-Z0-9]{2,3}", code):
        unit = Unit(unit.name, Code("UNCEFACT", code))
    return replace(
        item,
        unit=unit,
        codes=tuple(dict.fromkeys(map(_code, item.codes))),
        places=tuple(map(_place, item.places)),
    )


def _code(code: Code) -> Code:
    if code.scheme not in {"ДК021", "CPV"}:
        return code
    match = _CPV.fullmatch(code.id)
    return Code("CPV", match[1] if match else code.id, code.name)


def _place(place: Place) -> Place:
    here = place.country is None and UKRAINE in place.text
    return replace(place, country="UA") if here else place


def entry(pasted: str) -> Request | None:
    """A tender's id of 32 hexadecimal digits or its address in the API. The number people read
    (UA-2026-…) cannot be looked up there."""
    ident = pasted.strip().rpartition("/")[2].lower()
    known = pasted.strip().lower() in {ident, f"{_TENDERS}/{ident}"}
    return _tender(ident) if known and _ID.fullmatch(ident) else None


PORTAL = Portal(
    name=NAME,
    title="Prozorro",
    country="UA",
    home="https://prozorro.gov.ua/",
    hosts=frozenset({HOST}),
    zone=ZONE,
    first=first,
    listing=listing,
    details=details,
    detail=detail,
    entry=entry,
)
