"""Domain
    Prozorro, https://prozorro.gov.ua: all public purchases of Ukraine, by their central database.
    Feed of changed tenders, newest change first -> each tender; the same of plans, which tell what
    a buyer means to tender (phase plan).

Caveats
    - The feed promises ids only. It is asked for the fields a row needs (`opt_fields`), which
      working clients report to be answered; a row without a title goes by its number until its
      tender was read. Rows of the feed are unverified: the saved one is empty.
    - One request a tender, thousands of changes a day: a first run goes back `days`.
    - The tender is verified on one real tender and one example of the makers. It is nearly OCDS
      and read by the same code. Documents of the kind sign.p7s (signatures) are left out; of
      several versions of a document the last is kept. Bids, awards, contracts and the plans a
      tender names are read.
    - Plans are UNVERIFIED: written from the makers' description and examples. A plan is the notice
      `plan:ID`; plan and tender name each other. A plan that was cancelled or carried out without a
      tender is over; one that became a tender stays a plan, so that its leads go over to the
      tender. `period` says when the tender is to begin, `value` the budget.
    - «ДК021» is the national edition of CPV 2008 with the same numbers: given as CPV, without the
      check digit behind the dash. Units are UN/CEFACT Recommendation 20.
    - Statuses: only active.enquiries and active.tendering take offers. «active» alone is a report
      of a contract made without competition.
    - `dateModified` moves with every bid and question, not with the notice alone.

Terms
    Open data, free of charge. robots.txt: not seen. A User-Agent that is no browser's may be
    answered 412; ours says who we are and is not disguised.

API documentation
    https://prozorro-api-docs.readthedocs.io/. Settings under [portals.ua_prozorro.query]: `read`
    (of "tenders", "plans"), `days` (how far back a feed is read, 30), `limit` (rows a page, 100).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from scrapers.errors import LayoutChanged
from scrapers.json_body import read_json
from scrapers.ocds.release import NoTitle, notice_of
from scrapers.ocds.values import Json, identifier, mapping, mappings, moment, number, text
from scrapers.portal import Answer, Listing, Portal, Query, Request
from scrapers.portals import ua_prozorro_plan as plans
from scrapers.portals.ua_prozorro_parts import (
    HOST,
    IDENT,
    NAME,
    ZONE,
    documents,
    in_ukraine,
    lot_of,
)
from scrapers.records import Depth, Notice, Phase, Related, Relation

_TENDERS = f"https://{HOST}/api/2.5/tenders"
_FIELDS = (
    "status,tenderID,title,procuringEntity,value,tenderPeriod,procurementMethodType,"
    "mainProcurementCategory,items,lots"
)
_FEEDS = {"tenders": (_TENDERS, _FIELDS), "plans": (plans.PLANS, plans.FIELDS)}
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
    """Each feed of the settings from its newest change back."""
    limit, wanted = query.settings.get("limit", 100), query.settings.get("read", ["tenders"])
    size = str(limit) if isinstance(limit, int) and 0 < limit <= 1000 else "100"
    feeds = [_FEEDS[one] for one in (wanted if isinstance(wanted, list) else []) if one in _FEEDS]
    asked = {"descending": "1", "limit": size}
    return tuple(
        Request(f"{address}?{urlencode(asked | {'opt_fields': fields})}", expect="json")
        for address, fields in feeds
    )


def listing(answer: Answer, query: Query) -> Listing:
    """Read a page of the feed. A page without rows is its end. Raises `LayoutChanged`."""
    page = _body(answer)
    rows = page.get("data")
    if not isinstance(rows, list) or len(mappings(rows)) != len(rows):
        raise _changed(answer, "no list of changes", "data")
    of_plans = urlsplit(answer.request.url).path == urlsplit(plans.PLANS).path
    read: Callable[[Json, Answer], Notice] = _plan if of_plans else _notice
    found: dict[str, Notice] = {}
    for row in mappings(rows):
        notice = replace(read(row, answer), depth=Depth.LISTING)
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
    """The tender or plan itself, once."""
    if notice.depth is Depth.DETAIL:
        return ()
    prefix, _, plan = notice.id.partition(plans.PREFIX)
    return (_ask("tender", prefix) if prefix else _ask("plan", plan),)


def _ask(kind: str, ident: str) -> Request:
    address = plans.PLANS if kind == "plan" else _TENDERS
    return Request(f"{address}/{ident}", kind=kind, ref=ident, expect="json")


def detail(notice: Notice | None, answer: Answer) -> Notice:
    """Read a tender or plan, which says all that its row did. Raises `LayoutChanged`."""
    page, kind = _body(answer), answer.request.kind
    # Saved tenders often lack the wrapping.
    said = mapping(page.get("data")) or page
    read = _plan(said, answer) if kind == "plan" else _notice(said, answer)
    if read.number is None or (read.status is None and kind == "tender"):
        raise _changed(answer, f"a {kind} without status or number", "data.status, data.…ID")
    due = answer.request.ref if kind == "tender" else f"{plans.PREFIX}{answer.request.ref}"
    if read.id != due or (notice is not None and notice.id != read.id):
        raise _changed(answer, f"{kind} {read.id}, not {answer.request.ref}", "data.id")
    return read


def _plan(plan: Json, answer: Answer) -> Notice:
    try:
        return plans.plan_notice(plan)
    except plans.NoPlan as error:
        raise _changed(answer, str(error), error.field) from error


def _body(answer: Answer) -> Json:
    return mapping(read_json(answer.body, answer.content_type, portal=NAME, url=answer.url))


def _changed(answer: Answer, detail: str, selector: str) -> LayoutChanged:
    return LayoutChanged(detail, selector=selector, portal=NAME, url=answer.url)


def _notice(tender: Json, answer: Answer) -> Notice:
    ident, shown, status = (text(tender.get(key)) for key in ("id", "tenderID", "status"))
    phase = _phase(status)
    if not IDENT.fullmatch(ident):
        raise _changed(answer, f"{ident[:40]!r} is no tender's id", "id")
    if phase is None:
        raise _changed(answer, f"an unknown status {status[:40]!r}", "status")
    named = {**tender, "title": text(tender.get("title")) or shown or ident}
    named["documents"] = documents(tender)
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
        procuring_entity=in_ukraine(read.procuring_entity),
        country="UA",
        published_at=_published(tender),
        amended_at=moment(tender.get("dateModified"), ZONE),
        lots=tuple(lot_of(lot, lines) for lot in read.lots),
        related=tuple(
            Related(Relation.PLAN, plan)
            for one in mappings(tender.get("plans"))
            if IDENT.fullmatch(plan := text(one.get("id")))
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


def entry(pasted: str) -> Request | None:
    """A tender's id of 32 hexadecimal digits, or the address of a tender or plan in the API. The
    number people read (UA-2026-…) cannot be looked up there."""
    address, _, ident = pasted.strip().lower().rpartition("/")
    kind = {"": "tender", _TENDERS: "tender", plans.PLANS: "plan"}.get(address)
    return _ask(kind, ident) if kind and IDENT.fullmatch(ident) else None


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
