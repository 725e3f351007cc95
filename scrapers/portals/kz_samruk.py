"""Domain
    zakup.sk.kz: purchases of Samruk-Kazyna and its companies (railway, oil, gas, power).
    A listing of adverts -> an advert -> its lots, as JSON; a listing of plan items.

Caveats
    - Whether the data is open is not settled: one recording shows plain answers without a log-in,
      others report that every call needs a signature made by the site's script, and a captcha at
      times. Only the plain call is made here. A refusal is `Blocked`; no signature is computed and
      no captcha solved. What a person saved is read by `suranys run --replay DIR`.
    - `4dv3rts` in the addresses is the portal's own spelling. Pages above 10 rows are refused.
    - A listing names no customer and does not count its rows; an advert does not count its lots but
      in its title: «(13 лотов)».
    - Sums are without VAT by their name (sumTruNoNds); price x count gives them.
    - `kato` is the place of the tender, `deliveryKato` that of delivery: only the second is read as
      a place. `durationMonth` is the month of the purchase, not of delivery.
    - Tender types and statuses are the portal's codes (OT, CPP, OTOU…); their names are in a
      dictionary that was not saved. A status never met is taken to be open until the deadline.
    - Verified on two adverts and two lots (works) of May 2026. Never seen, and read from the field
      lists of working clients: lotStatus, lotDocuments, goodsAttributeList, briefDescriptionRu,
      addAttributeRu, schedule, incoterms. A unit of measure was not seen and is not read.
    - Plan items are UNVERIFIED: see `kz_samruk_plan`. A plan item is the notice `plan:ID`; nothing
      is known that would join it to the advert it becomes.

Terms
    robots.txt and terms of use: not seen. Disabled until the open path is known to answer.

API documentation
    None published. Settings under [portals.kz_samruk.query]: `words` (list: one query each),
    `subjects` (list of GOODS, WORKS, SERVICES; empty: all), `read` (of "adverts", "plans").
"""

import json
import re
from dataclasses import replace
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from scrapers.errors import Blocked, LayoutChanged
from scrapers.json_body import read_json
from scrapers.parsing.objects import Fields, objects
from scrapers.portal import Answer, Listing, Portal, Query, Request
from scrapers.portals import kz_samruk_lot as lots_of
from scrapers.portals import kz_samruk_plan as plans
from scrapers.records import Buyer, Code, Depth, Notice, Period, Phase, Text, Vat

NAME = "kz_samruk"
ZONE = "Asia/Almaty"
HOME = "https://zakup.sk.kz"
_ADVERTS = f"{HOME}/eprocsearch/api/external/4dv3rts"
_SIZE = 10
_REGISTERS: dict[str, tuple[str, dict[str, object]]] = {
    "adverts": (_ADVERTS, {"advertStatus": "PUBLISHED", "lotStatus": "PUBLISHED"}),
    "plans": (plans.PLANS, {}),
}
_RUSSIAN = (("language", "ru"),)
_LOTS_STATED = re.compile(r"\((\d{1,4}) лот(?:а|ов)?\)$")
_REFUSALS = re.compile(
    r"captcha|капч|unauthori[sz]ed|forbidden|access.{0,3}denied|signature|\btor\b|\b40[13]\b",
    re.IGNORECASE,
)
ADVICE = (
    "The portal answers only its own signed calls, which are not imitated: save the answers you "
    "need in a browser and read them with `suranys run --replay DIR`, or ask for access."
)


def first(query: Query) -> tuple[Request, ...]:
    """One listing of each register per word of the settings, one in all without any."""
    sought, subjects = query.settings.get("words", []), query.settings.get("subjects", ["GOODS"])
    wanted = query.settings.get("read", ["adverts"])
    words = sought if isinstance(sought, list) else [str(sought)]
    kinds = {"tenderSubjectTypes": subjects} if isinstance(subjects, list) and subjects else {}
    asked = []
    for name in wanted if isinstance(wanted, list) else []:
        address, fixed = _REGISTERS.get(name, ("", {}))
        bodies = [{**kinds, **fixed, **own} for own in [{"query": word} for word in words] or [{}]]
        asked += [_page(address, _written(body), 0) for body in bodies if address]
    return tuple(asked)


def _written(body: dict[str, object]) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True)


def _page(register: str, body: str, page: int) -> Request:
    address = f"{register}/filter?size={_SIZE}&page={page}&sort=lastModifiedDate,desc"
    return Request(address, method="POST", json=body, headers=_RUSSIAN, expect="json")


def listing(answer: Answer, _query: Query) -> Listing:
    """Read a page of adverts or plan items; a full one has a next."""
    rows = objects(_body(answer, list), "$", NAME, answer.url)
    shown = parse_qs(urlsplit(answer.request.url).query).get("page", [""])[0]
    following, register = None, answer.request.url.partition("/filter")[0]
    if len(rows) >= _SIZE and shown.isdecimal():
        following = _page(register, answer.request.json or "{}", int(shown) + 1)
    if register != plans.PLANS:
        return Listing(tuple(_notice(row, answer) for row in rows), following)
    return Listing(tuple(_plan(row) for row in rows), following)


def _plan(row: Fields) -> Notice:
    buyer = _organisation(row.part("customer"))
    return plans.plan_notice(row, portal=NAME, zone=ZONE, buyer=buyer)


def _body(answer: Answer, kind: type) -> object:
    """The JSON of an answer. Raises `Blocked` for a refusal written as JSON."""
    value = read_json(answer.body, answer.content_type, portal=NAME, url=answer.url)
    if isinstance(value, dict) and "id" not in value:
        said = json.dumps(value, ensure_ascii=False, default=str)[:300]
        if _REFUSALS.search(said):
            raise Blocked(f"a refusal in place of data: {said}", portal=NAME, url=answer.url)
    if not isinstance(value, kind):
        due = "a list" if kind is list else "an object"
        raise LayoutChanged(f"not {due}", selector="$", portal=NAME, url=answer.url)
    return value


def _notice(row: Fields, answer: Answer) -> Notice:
    ident, russian, kazakh = row.ident("id"), row.text("nameRu"), row.text("nameKk")
    if not (russian or kazakh):
        raise row.changed("an advert without a name", "nameRu")
    stated = _LOTS_STATED.search(russian)
    status = row.text("advertStatus")
    period = Period(
        row.moment("acceptanceBeginDateTime", ZONE), row.moment("acceptanceEndDateTime", ZONE), ZONE
    )
    return Notice(
        portal=NAME,
        id=ident,
        url=f"{HOME}/#/ext(popup:item/{ident}/advert)",
        title=russian or kazakh,
        phase=_phase(status, period, answer),
        number=row.text("number") or None,
        language="ru" if russian else "kk",
        status=status or None,
        method=row.text("tenderType") or None,
        country="KZ",
        value=row.money("sumTruNoNds", "KZT", Vat.EXCLUDED),
        period=period,
        lots_stated=int(stated[1]) if stated else None,
        translations=(Text("kk", kazakh),) if russian and kazakh else (),
        depth=Depth.LISTING,
    )


def _phase(status: str, period: Period, answer: Answer) -> Phase:
    if re.search("CANCEL|REFUS|REJECT", status):
        return Phase.CANCELLED
    over = period.end is not None and period.end <= answer.received_at
    if over or re.search("COMPLET|FINISH|CLOSED|SUMM", status):
        return Phase.CLOSED
    return Phase.OPEN


def details(notice: Notice) -> tuple[Request, ...]:
    """The advert, then the pages of its lots until one is not full."""
    if notice.id.startswith(plans.PREFIX):
        return ()
    if notice.depth is Depth.LISTING:
        return (_advert(notice.id),) if notice.phase is Phase.OPEN else ()
    pages = len(notice.lots) // _SIZE + 1
    return tuple(
        Request(
            f"{_ADVERTS}/lots/{notice.id}?size={_SIZE}&page={page}",
            kind="lots",
            ref=notice.id,
            headers=_RUSSIAN,
            expect="json",
        )
        for page in range(pages)
    )


def _advert(ident: str) -> Request:
    address = f"{_ADVERTS}/{ident}"
    return Request(address, kind="advert", ref=ident, headers=_RUSSIAN, expect="json")


def detail(notice: Notice | None, answer: Answer) -> Notice:
    """Deepen by the advert's own answer or a page of its lots."""
    if answer.request.kind == "lots":
        return _with_lots(notice, answer)
    body = _body(answer, dict)
    row = Fields(body if isinstance(body, dict) else {}, "$", NAME, answer.url)
    read = _notice(row, answer)
    if read.id != answer.request.ref or (notice is not None and notice.id != read.id):
        raise row.changed(f"advert {read.id}, not {answer.request.ref}", "id")
    return replace(
        read,
        buyer=_organisation(row.part("customer")),
        procuring_entity=_organisation(row.part("organizer")),
        documents=lots_of.documents(row, "documents"),
        lots=notice.lots if notice else (),
        category=notice.category if notice else None,
        depth=Depth.DETAIL,
    )


def _organisation(row: Fields) -> Buyer | None:
    name = row.text("nameRu") or row.text("nameKk")
    if not name:
        return None
    number, seat = row.text("bin") or row.text("identifier"), row.part("legalAddress")
    parts = [seat.text(key) for key in ("katoFullNameRu", "street", "building", "flat")]
    known = Code("KZ-BIN", number) if re.fullmatch(r"\d{12}", number) else None
    return Buyer(name, known, "KZ", ", ".join(filter(None, parts)) or None)


def _with_lots(notice: Notice | None, answer: Answer) -> Notice:
    rows = objects(_body(answer, list), "$", NAME, answer.url)
    if notice is None or notice.id != answer.request.ref:
        raise LayoutChanged("lots of no known advert", selector="$", portal=NAME, url=answer.url)
    read = {lot.id: lot for lot in (*notice.lots, *map(lots_of.lot, rows))}
    kinds: set[Literal["goods", "works", "services"] | None] = {
        lots_of.category(row) for row in rows
    }
    if notice.lots:
        kinds.add(notice.category)
    category = kinds.pop() if len(kinds) == 1 else None
    return replace(
        notice, lots=tuple(read.values()), category=category if rows else notice.category
    )


def entry(text: str) -> Request | None:
    """An advert's number, or its address."""
    match = re.fullmatch(
        r"(?:https?://zakup\.sk\.kz/.{0,200}?item/)?(\d{5,9})(?:/advert\S{0,20})?", text.strip()
    )
    return _advert(match[1]) if match else None


PORTAL = Portal(
    name=NAME,
    title="Самрук-Қазына (zakup.sk.kz)",
    country="KZ",
    home=HOME,
    hosts=frozenset({"zakup.sk.kz"}),
    zone=ZONE,
    first=first,
    listing=listing,
    details=details,
    detail=detail,
    entry=entry,
    when_blocked=ADVICE,
)
