"""A release (or compiled release) to a Notice. Never crashes on a wrong type: it is None."""

import re
from dataclasses import replace
from datetime import datetime

from scrapers.ocds.outcome import awards, contracts, related
from scrapers.ocds.parts import (
    category,
    documents,
    item,
    organisation,
    period,
    places,
    translations,
)
from scrapers.ocds.values import (
    Json,
    identifier,
    mapping,
    mappings,
    moment,
    money,
    text,
)
from scrapers.records import Document, Item, Lot, Money, Notice, Phase

SAMPLE_KEY = "x_sample"
"""Our extension of a release: `true` marks an invented notice."""

_PHASES = {
    "planning": Phase.PLAN,
    "planned": Phase.PLAN,
    "active": Phase.OPEN,
    "cancelled": Phase.CANCELLED,
    "withdrawn": Phase.CANCELLED,
    "unsuccessful": Phase.CLOSED,
    "complete": Phase.CLOSED,
}
_AWARD_TAGS = {"award", "awardUpdate", "contract", "contractUpdate", "contractAmendment"} | {
    "implementation",
    "implementationUpdate",
    "contractTermination",
}
_AMENDING_TAGS = {"tenderAmendment", "tenderUpdate"}


class NoTitle(ValueError):
    """A release without any id or any text to match; it is no notice anyone could act on."""


def notice_of(release: Json, *, portal: str, url: str = "", zone: str = "UTC") -> Notice:
    """Read a release. `url` is used when it names no page of its own; `zone` is the publisher's,
    for dates without an offset. Raises `NoTitle` when there is no id, or no text at all."""
    tender, planning = mapping(release.get("tender")), mapping(release.get("planning"))
    attached = documents(tender, zone)
    lots = _lots(tender, zone)
    tags = _tags(release)
    ident, title = process_id(release), _title(tender, planning, lots)
    if not ident or not title:
        raise NoTitle(f"a release without {'an id' if not ident else 'a title'}: {ident}")
    buyer = organisation(release.get("buyer"), release, "buyer")
    entity = organisation(tender.get("procuringEntity"), release, "procuringEntity")
    description = text(tender.get("description"))
    phase = _phase(release, tender, tags)
    return Notice(
        portal=portal,
        id=ident,
        url=_page(attached) or url,
        title=title,
        phase=phase,
        number=identifier(tender.get("tenderNumber")) or identifier(tender.get("id")) or None,
        description=description if description != title else "",
        language=_language(release),
        status=text(tender.get("statusDetails")) or _status(tender) or None,
        method=text(tender.get("procurementMethodDetails"))
        or text(tender.get("procurementMethod"))
        or None,
        category=category(tender),
        buyer=buyer,
        procuring_entity=entity if entity != buyer else None,
        country=(buyer and buyer.country) or (entity and entity.country) or None,
        value=_value(tender, planning),
        published_at=_published(release, tender, tags, zone),
        amended_at=_amended(release, tender, tags, zone),
        period=period(tender.get("tenderPeriod"), zone),
        lots=lots,
        documents=attached,
        translations=translations(tender),
        sample=release.get(SAMPLE_KEY) is True,
        awards=awards(release, zone),
        contracts=contracts(release, zone),
        related=tuple(one for one in related(release) if one.id != ident),
    )


def process_id(release: Json) -> str:
    """The contracting process; a publisher without ocids gives each release its own."""
    return identifier(release.get("ocid")) or identifier(release.get("id"))


def _language(release: Json) -> str | None:
    """ISO 639-1 of `ru` or `ru-KZ`; "English" (met in Canada) is no code."""
    code = re.split("[-_]", text(release.get("language")).lower())[0]
    return code if len(code) == 2 else None


def _title(tender: Json, planning: Json, lots: tuple[Lot, ...]) -> str:
    """The tender's title, else the best text there is."""
    return (
        text(tender.get("title"))
        or text(tender.get("description"))
        or next((one.title for lot in lots for one in lot.items if one.title), "")
        or text(mapping(planning.get("budget")).get("description"))
        or text(planning.get("rationale"))
    )


def _lots(tender: Json, zone: str) -> tuple[Lot, ...]:
    """The lots with their items; items without lots make the one lot "1"."""
    lines = _lines(tender)
    title = text(tender.get("title")) or text(tender.get("description"))
    stated: dict[str, Json] = {}
    for position, fields in enumerate(mappings(tender.get("lots")), start=1):
        # The first of a lot that is printed twice.
        stated.setdefault(identifier(fields.get("id")) or str(position), fields)
    if not stated:
        items = tuple(line for _, line in lines)
        if not items:
            return ()
        lot = Lot("1", title or items[0].title, items=items, delivery=_contract_days(tender))
        return (lot,)
    by_lot: dict[str, list[Item]] = {}
    only = next(iter(stated)) if len(stated) == 1 else ""
    for fields, line in lines:
        by_lot.setdefault(identifier(fields.get("relatedLot")) or only, []).append(line)
    attached: dict[str, list[Json]] = {}
    for document in mappings(tender.get("documents")):
        for lot_id in _related_lots(document):
            attached.setdefault(lot_id, []).append(document)
    lots = [
        _lot(ident, fields, tuple(by_lot.pop(ident, ())), attached.get(ident, []), tender, zone)
        for ident, fields in stated.items()
    ]
    # Items of no lot, or of one that is not listed, are asked for all the same.
    spare = tuple(line for part in by_lot.values() for line in part)
    if spare:
        lots.append(Lot("items", title or spare[0].title, items=spare))
    return tuple(lots)


def _lines(tender: Json) -> list[tuple[Json, Item]]:
    """Items with unique ids: the same line twice is one, another line under a used id gets its
    position added."""
    found: dict[str, tuple[Json, Item]] = {}
    for position, fields in enumerate(mappings(tender.get("items")), start=1):
        line = item(fields, position)
        older = found.get(line.id)
        if older is None:
            found[line.id] = (fields, line)
        elif older != (fields, line):
            line = replace(line, id=f"{line.id}-{position}")
            found.setdefault(line.id, (fields, line))
    return list(found.values())


def _lot(
    ident: str,
    fields: Json,
    items: tuple[Item, ...],
    attached: list[Json],
    tender: Json,
    zone: str,
) -> Lot:
    title = text(fields.get("title")) or text(fields.get("description"))
    description = text(fields.get("description"))
    return Lot(
        id=ident,
        title=title
        or (items[0].title if items else "")
        or text(tender.get("title"))
        or text(tender.get("description")),
        number=identifier(fields.get("lotNumber")) or None,
        description=description if description != title else "",
        status=text(fields.get("status")) or None,
        value=money(fields.get("value")),
        items=items,
        places=places(fields),
        period=period(fields.get("tenderPeriod"), zone),
        delivery=text(fields.get("deliveryDateDetails"))
        or text(fields.get("deliveryTerms"))
        or _contract_days(fields)
        or _contract_days(tender),
        documents=documents({"documents": attached}, zone),
        translations=translations(fields),
    )


def _contract_days(fields: Json) -> str | None:
    """The first and last day of `contractPeriod` as they are written, without the hour."""
    span = mapping(fields.get("contractPeriod"))
    days = [text(span.get(key))[:10] for key in ("startDate", "endDate")]
    return " – ".join(day or "…" for day in days) if any(days) else None


def _related_lots(document: Json) -> list[str]:
    related = document.get("relatedLots")
    return [identifier(one) for one in related] if isinstance(related, list) else []


def _status(tender: Json) -> str:
    """`status` of 1.0 and 1.1; `finalStatus` of the drafts of 1.2."""
    return text(tender.get("status")) or text(tender.get("finalStatus"))


def _tags(release: Json) -> set[str]:
    tag = release.get("tag")
    return {text(one) for one in tag} if isinstance(tag, list) else {text(tag)} - {""}


def _phase(release: Json, tender: Json, tags: set[str]) -> Phase:
    """From the tender's status, else from the release's tags, else from what is in it.

    Prozorro writes `active.tendering`, `active.auction`…: only the first two take offers. Whether
    the deadline has passed is for whoever has a clock to say.
    """
    status, _, detail = _status(tender).lower().partition(".")
    phase = _PHASES.get(status)
    if status == "active" and detail and detail not in {"tendering", "enquiries"}:
        phase = Phase.CLOSED
    awarded = bool(mappings(release.get("contracts"))) or any(
        text(award.get("status")) in {"", "active"} for award in mappings(release.get("awards"))
    )
    if phase is Phase.CLOSED:
        return Phase.AWARDED if awarded and status != "unsuccessful" else Phase.CLOSED
    if phase:
        return phase
    if "tenderCancellation" in tags:
        return Phase.CANCELLED
    if awarded or tags & _AWARD_TAGS:
        return Phase.AWARDED
    return Phase.PLAN if not tender or tags == {"planning"} else Phase.OPEN


def _value(tender: Json, planning: Json) -> Money | None:
    """The tender's value; for a plan, its budget when that is a single sum of money."""
    value = money(tender.get("value"))
    if value or tender:
        return value
    budget = mapping(planning.get("budget"))
    return money(budget.get("amount")) or money(budget.get("value"))


def _page(attached: tuple[Document, ...]) -> str:
    return next((one.url for one in attached if one.kind == "tenderNotice"), "")


def _published(release: Json, tender: Json, tags: set[str], zone: str) -> datetime | None:
    said = moment(tender.get("datePublished"), zone)
    first = tags <= {"planning", "tender"} and bool(tags)
    return said or (moment(release.get("date"), zone) if first else None)


def _amended(release: Json, tender: Json, tags: set[str], zone: str) -> datetime | None:
    """The last amendment; a release that only amends says so by its own date."""
    dates = [moment(one.get("date"), zone) for one in mappings(tender.get("amendments"))]
    known = [date for date in dates if date]
    if not known and tags & _AMENDING_TAGS and not tags & _AWARD_TAGS:
        return moment(release.get("date"), zone)
    return max(known, default=None)
