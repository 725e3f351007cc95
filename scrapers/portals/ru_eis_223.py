"""A notice and a plan of 223-FZ: purchaseNotice* and purchasePlan documents.

A plan is one notice of phase plan, each of its positions a lot with its own sum. The section for
small business repeats positions of the first one under the same guid: they are kept once. A lot of
a notice names its position by that guid; numbers of positions repeat between sections.
Times are naive, taken to be Moscow's.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from scrapers.ocds.values import Json, mapping, web_address
from scrapers.portal import Answer
from scrapers.portals.ru_eis_tree import (
    HOME,
    NAME,
    ZONE,
    changed,
    code,
    leaf,
    money,
    node,
    nodes,
    number,
    time,
    unit,
)
from scrapers.records import (
    Buyer,
    Code,
    Document,
    Item,
    Lot,
    Notice,
    Period,
    Phase,
    Place,
    Related,
    Relation,
)


def data_of(document: Json, suffix: str = "Data") -> Json:
    """The body's data, named after its kind: purchaseNoticeData, purchaseNoticeAEData…"""
    item = node(document, "body", "item")
    return next((mapping(part) for name, part in item.items() if name.endswith(suffix)), {})


def read_notice(document: Json, answer: Answer) -> Notice:
    """Read a notice. Raises `LayoutChanged` when it has no number, name or lots."""
    data = data_of(document)
    ident, title = leaf(data, "registrationNumber"), leaf(data, "name")
    found = nodes(data, "lots", "lot")
    if len(ident) != 11 or not ident.isdigit() or not title or not found:
        raise changed(answer, f"no number, name or lot in {ident!r}", "registrationNumber, lots")
    period = Period(None, time(data, "submissionCloseDateTime"), ZONE)
    read = [_lot(lot, place, answer) for place, lot in enumerate(found, 1)]
    lots = tuple({lot.id: lot for lot in reversed(read)}.values())[::-1]  # the first of equal ids
    over = period.end is not None and period.end <= answer.received_at
    phase = Phase.CLOSED if over else Phase.OPEN
    cancelled = all(lot.status == "cancelled" for lot in lots)
    published = time(data, "publicationDateTime")
    amended = time(data, "modificationDate")
    return Notice(
        portal=NAME,
        id=ident,
        url=f"{HOME}/223/purchase/public/purchase/info/common-info.html?regNumber={ident}",
        title=title,
        phase=Phase.CANCELLED if cancelled else phase,
        number=ident,
        language="ru",
        method=leaf(data, "purchaseCodeName") or None,
        buyer=_organisation(data, "customer"),
        procuring_entity=_organisation(data, "placer"),
        country="RU",
        published_at=published,
        amended_at=amended if amended != published else None,
        period=period if period.end else None,
        lots=lots,
        lots_stated=len(lots),
        documents=_documents(data),
    )


def _organisation(data: Json, role: str) -> Buyer | None:
    fields = node(data, role, "mainInfo")
    name, inn = leaf(fields, "fullName"), leaf(fields, "inn")
    if not name:
        return None
    ident = Code("RU-INN", inn) if inn.isdigit() else None
    return Buyer(name, ident, "RU", leaf(fields, "legalAddress") or None)


def _documents(data: Json) -> tuple[Document, ...]:
    found: dict[str, Document] = {}
    for one in nodes(data, "attachments", "document"):
        url, title = web_address(leaf(one, "url")), leaf(one, "fileName")
        if url and title:
            made = time(one, "createDateTime")
            found.setdefault(url, Document(title, url, None, "ru", made))
    return tuple(found.values())


def _lot(fields: Json, place: int, answer: Answer) -> Lot:
    data = node(fields, "lotData")
    subject = leaf(data, "subject")
    if not subject:
        raise changed(answer, f"lot {place} has no subject", "lot/lotData/subject")
    currency = leaf(data, "currency", "code")
    address = leaf(data, "deliveryPlace", "address")
    return Lot(
        id=leaf(fields, "guid") or str(place),
        title=subject,
        number=leaf(fields, "ordinalNumber") or None,
        status="cancelled" if leaf(fields, "cancelled") == "true" else None,
        value=money(data, "initialSum", currency=currency),
        items=_items(nodes(data, "lotItems", "lotItem"), subject),
        places=(Place("RU", address),) if address else (),
        related=_position_link(leaf(fields, "lotPlanInfo", "positionGuid")),
    )


def _position_link(guid: str) -> tuple[Related, ...]:
    return (Related(Relation.PLAN, guid.lower()),) if guid else ()


def _items(rows: list[Json], subject: str) -> tuple[Item, ...]:
    """Lines by their classes: a line states no name of its own but in `additionalInfo`."""
    found: dict[str, Item] = {}
    for place, row in enumerate(rows, 1):
        ident = leaf(row, "guid") or str(place)
        item = Item(
            id=ident,
            title=leaf(row, "additionalInfo") or leaf(row, "okpd2", "name") or subject,
            quantity=number(row, "qty"),
            unit=unit(node(row, "okei")),
            codes=(*code(node(row, "okpd2"), "OKPD2"), *code(node(row, "okved2"), "OKVED2")),
        )
        found.setdefault(ident, item)
    return tuple(found.values())


def read_plan(document: Json, answer: Answer) -> Notice:
    """Read a plan. Raises `LayoutChanged` when it has no number or positions."""
    data = data_of(document)
    ident = leaf(data, "registrationNumber")
    positions = nodes(data, "purchasePlanItems", "purchasePlanItem")
    positions += nodes(data, "purchasePlanItemsSMB", "purchasePlanItem")
    if not ident.isdigit() or not positions:
        raise changed(answer, f"no number or position in {ident!r}", "purchasePlanItem")
    lots: dict[str, Lot] = {}
    for place, position in enumerate(positions, 1):
        lot = _position(position, place, answer)
        lots.setdefault(lot.id, lot)
    years = " – ".join(filter(None, (leaf(data, "startDate"), leaf(data, "endDate"))))
    return Notice(
        portal=NAME,
        id=f"plan-{ident}",
        url=f"{HOME}/",
        title=f"План закупки {ident}" + (f" ({years})" if years else ""),
        phase=Phase.PLAN,
        number=ident,
        language="ru",
        buyer=_organisation(data, "customer"),
        procuring_entity=_organisation(data, "placer"),
        country="RU",
        published_at=time(data, "publicationDateTime"),
        lots=tuple(lots.values()),
        lots_stated=len(lots),
        documents=_documents(data),
    )


def _position(fields: Json, place: int, answer: Answer) -> Lot:
    subject = leaf(fields, "contractSubject")
    if not subject:
        raise changed(answer, f"position {place} has no subject", "contractSubject")
    region, okato = leaf(fields, "region"), leaf(fields, "okato")
    ends = leaf(fields, "contractEndDate")
    month = _month(fields)
    return Lot(
        id=leaf(fields, "guid") or str(place),
        title=subject,
        number=leaf(fields, "ordinalNumber") or None,
        description=leaf(fields, "minimumRequirements"),
        value=money(fields, "maximumContractPrice", currency=leaf(fields, "currency", "code")),
        items=_items(nodes(fields, "purchasePlanDataItemRows", "purchasePlanRowItem"), subject),
        places=(Place("RU", region, Code("OKATO", okato) if okato else None),) if region else (),
        period=Period(month, None, ZONE) if month else None,
        delivery=f"до {ends}" if ends else None,
        related=_position_link(leaf(fields, "guid")),
    )


def _month(fields: Json) -> datetime | None:
    """The first moment of the month in which the purchase is to begin."""
    year, month = leaf(fields, "purchasePeriodYear"), leaf(fields, "purchasePeriodMonth")
    if not (year.isdigit() and month.isdigit() and 2000 <= int(year) < 2100):
        return None
    if not 1 <= int(month) <= 12:
        return None
    return datetime(int(year), int(month), 1, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
