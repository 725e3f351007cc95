"""A notice of 44-FZ: the documents of the family epNotification*2020.

KTRU characteristics become readable text of the item («Наружный диаметр: ≥ 530 и ≤ 1420 мм»): the
signs say whether an end is inside, and must reach the reader of specifications.
"""

from typing import Literal

from scrapers.ocds.values import Json, web_address
from scrapers.portal import Answer
from scrapers.portals.ru_eis_tree import (
    HOME,
    NAME,
    changed,
    code,
    leaf,
    money,
    node,
    nodes,
    number,
    time,
    unit,
    zone,
)
from scrapers.records import Buyer, Code, Document, Item, Lot, Notice, Period, Phase, Place

Category = Literal["goods", "works", "services"]

_SIGNS = {"greater": ">", "greaterOrEqual": "≥", "less": "<", "lessOrEqual": "≤"}
_CATEGORIES: dict[str, Category] = {"PRODUCT": "goods", "WORK": "works", "SERVICE": "services"}
# «Описание объекта закупки», «Проект контракта»
_KINDS = {"POD": "technicalSpecifications", "CP": "contractDraft"}


def read_notice(document: Json, answer: Answer) -> Notice:
    """Read a notice. Raises `LayoutChanged` when it has no number or name, or an unknown sign."""
    common, info = node(document, "commonInfo"), node(document, "notificationInfo")
    ident, title = leaf(common, "purchaseNumber"), leaf(common, "purchaseObjectInfo")
    if len(ident) != 19 or not ident.isdigit() or not title:
        raise changed(answer, f"no number or object in {ident!r}", "commonInfo/purchaseNumber")
    collecting = node(info, "procedureInfo", "collectingInfo")
    period = Period(
        time(collecting, "startDT"), time(collecting, "endDT"), zone(collecting, "endDT")
    )
    objects = nodes(info, "purchaseObjectsInfo", "notDrugPurchaseObjectsInfo", "purchaseObject")
    prices = node(info, "contractConditionsInfo", "maxPriceInfo")
    currency = leaf(prices, "currency", "code") or "RUB"
    buyer, entity = _parties(document)
    lot = Lot(
        "1",
        title,
        items=_items(objects, currency, answer),
        places=_places(info),
        codes=_planned(info),
        delivery=_delivery(info),
    )
    over = period.end is not None and period.end <= answer.received_at
    return Notice(
        portal=NAME,
        id=ident,
        url=web_address(leaf(common, "href"))
        or f"{HOME}/epz/order/notice/printForm/view.html?regNumber={ident}",
        title=title,
        phase=Phase.CLOSED if over else Phase.OPEN,
        number=ident,
        language="ru",
        method=leaf(common, "placingWay", "name") or None,
        category=_category(objects),
        buyer=buyer,
        procuring_entity=entity,
        country="RU",
        value=money(prices, "maxPrice", currency=currency),
        published_at=time(common, "publishDTInEIS"),
        period=period,
        lots=(lot,),
        lots_stated=1,
        documents=_documents(document),
        codes=lot.codes,
    )


def _parties(document: Json) -> tuple[Buyer | None, Buyer | None]:
    """The customer, if there is only one, and who places the order. Only the latter has an INN."""
    placer = node(document, "purchaseResponsibleInfo", "responsibleOrgInfo")
    entity = _organisation(placer)
    customers = [
        node(one, "customer")
        for one in nodes(
            document, "notificationInfo", "customerRequirementsInfo", "customerRequirementInfo"
        )
    ]
    if len(customers) != 1:
        return None, entity
    registered = leaf(customers[0], "regNum")
    same = bool(registered) and registered == leaf(placer, "regNum")
    return (entity if same else _organisation(customers[0])), entity


def _organisation(fields: Json) -> Buyer | None:
    name, inn = leaf(fields, "fullName"), leaf(fields, "INN")
    if not name:
        return None
    ident = Code("RU-INN", inn) if inn.isdigit() else None
    return Buyer(name, ident, "RU", leaf(fields, "factAddress") or None)


def _customers(info: Json) -> list[Json]:
    found = nodes(info, "customerRequirementsInfo", "customerRequirementInfo")
    return [node(one, "contractConditionsInfo") for one in found]


def _places(info: Json) -> tuple[Place, ...]:
    found = [
        leaf(place, "deliveryPlace")
        for customer in _customers(info)
        for place in nodes(customer, "deliveryPlacesInfo", "deliveryPlaceInfo")
    ]
    return tuple(Place("RU", place) for place in dict.fromkeys(found) if place)


def _planned(info: Json) -> tuple[Code, ...]:
    """OKPD2 of the plan's position, coarser than that of the items."""
    found = [
        one
        for customer in _customers(info)
        for okpd in nodes(customer, "IKZInfo", "OKPD2Info", "OKPD2")
        for one in code(okpd, "OKPD2", "OKPDCode", "OKPDName")
    ]
    return tuple(dict.fromkeys(found))


def _delivery(info: Json) -> str | None:
    """When the contract runs, of the first customer."""
    terms = node(
        next(iter(_customers(info)), {}),
        "contractExecutionPaymentPlan",
        "contractExecutionTermsInfo",
        "notRelativeTermsInfo",
    )
    # Days with an offset: 2024-01-01+03:00.
    start, end = leaf(terms, "startDate")[:10], leaf(terms, "endDate")[:10]
    if start and end:
        return f"{start} – {end}"
    return f"до {end}" if end else None


def _documents(document: Json) -> tuple[Document, ...]:
    found: dict[str, Document] = {}
    for one in nodes(document, "attachmentsInfo", "attachmentInfo"):
        url = web_address(leaf(one, "url"))
        title = leaf(one, "fileName") or leaf(one, "docDescription")
        if url and title:
            kind = _KINDS.get(leaf(one, "docKindInfo", "code"))
            made = time(one, "docDate")
            found.setdefault(url, Document(title, url, kind, "ru", made))
    return tuple(found.values())


def _category(objects: list[Json]) -> Category | None:
    kinds = {_CATEGORIES.get(leaf(one, "type")) for one in objects}
    return kinds.pop() if len(kinds) == 1 else None


def _items(objects: list[Json], currency: str, answer: Answer) -> tuple[Item, ...]:
    """The objects; one printed twice is kept once."""
    found: dict[str, Item] = {}
    for place, one in enumerate(objects, 1):
        item = _item(one, place, currency, answer)
        found.setdefault(item.id, item)
    return tuple(found.values())


def _item(fields: Json, place: int, currency: str, answer: Answer) -> Item:
    name, ktru = leaf(fields, "name"), node(fields, "KTRU")
    if not name:
        raise changed(answer, f"object {place} has no name", "purchaseObject/name")
    okpd = node(fields, "OKPD2") or node(ktru, "OKPD2")
    return Item(
        id=leaf(fields, "sid") or str(place),
        title=name,
        description=characteristics(ktru, answer),
        quantity=number(fields, "quantity", "value"),
        unit=unit(node(fields, "OKEI")),
        unit_price=money(fields, "price", currency=currency),
        value=money(fields, "sum", currency=currency),
        codes=(*code(okpd, "OKPD2", "OKPDCode", "OKPDName"), *code(ktru, "KTRU")),
    )


def characteristics(ktru: Json, answer: Answer) -> str:
    """The characteristics of a KTRU position, one a line: «Длина: ≥ 10 и < 12 м»."""
    branch = node(ktru, "characteristics")
    found = nodes(branch, "characteristicsUsingReferenceInfo")
    found += nodes(branch, "characteristicsUsingTextForm")
    lines = []
    for one in found:
        values = [_value(value, answer) for value in nodes(one, "values", "value")]
        stated = ", ".join(filter(None, values))
        if leaf(one, "name") and stated:
            lines.append(f"{leaf(one, 'name')}: {stated}")
    return "\n".join(lines)


def _value(value: Json, answer: Answer) -> str:
    """A word, a number or a range, with its unit."""
    ranges = [_range(one, answer) for one in nodes(value, "rangeSet", "valueRange")]
    numbers = [leaf(value, "valueSet", "concreteValue")]
    stated = ", ".join(filter(None, (leaf(value, "qualityDescription"), *numbers, *ranges)))
    measure = leaf(value, "OKEI", "nationalCode") or leaf(value, "OKEI", "name")
    return f"{stated} {measure}".strip() if stated else ""


def _range(fields: Json, answer: Answer) -> str:
    ends = []
    for end in ("min", "max"):
        limit = leaf(fields, end)
        sign = _SIGNS.get(leaf(fields, f"{end}MathNotation"))
        if limit and sign is None:
            # Without its sign a limit would read as the wanted value itself.
            raise changed(answer, f"a limit {limit} without a sign", f"{end}MathNotation")
        if limit:
            ends.append(f"{sign} {limit}")
    return " и ".join(ends)
