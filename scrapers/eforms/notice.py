"""A contract notice, prior information notice or award notice to a Notice."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Literal

from lxml import etree

from scrapers.eforms.document import parse
from scrapers.eforms.fields import (
    EXTENSION,
    ZONE,
    Element,
    all_of,
    amount,
    country,
    cpv_codes,
    instant,
    language,
    moment_at,
    one,
    places,
    texts,
    value,
)
from scrapers.eforms.lots import lots_of
from scrapers.eforms.outcome import outcome_of
from scrapers.errors import LayoutChanged
from scrapers.records import Buyer, Code, Lot, Notice, Period, Phase

_PHASES = {
    "ContractNotice": Phase.OPEN,
    "PriorInformationNotice": Phase.PLAN,
    "ContractAwardNotice": Phase.AWARDED,
}
_CATEGORIES: dict[str, Literal["goods", "works", "services"]] = {
    "supplies": "goods",
    "works": "works",
    "services": "services",
}


def read_eforms(
    body: bytes, content_type: str = "", *, portal: str, url: str = "", ident: str = ""
) -> Notice:
    """Read one eForms document.

    `ident` is the publication number by which the notice was asked for; without it the document's
    own is used. Raises what `parse` raises, and `LayoutChanged` when a field is missing that every
    notice has.
    """
    root = parse(body, content_type, portal=portal, url=url)
    kind = etree.QName(root).localname
    project = one(root, "cac:ProcurementProject")
    if kind not in _PHASES:
        raise LayoutChanged(f"no notice but a {kind}", selector="/", portal=portal, url=url)
    if project is None:
        raise LayoutChanged("no project", selector="cac:ProcurementProject", portal=portal, url=url)
    notice = _notice(root, project, portal, ident or publication_number(root))
    if not notice.title or not notice.id:
        missing = "cbc:ID" if notice.title else "cbc:Name"
        raise LayoutChanged("a mandatory field is gone", selector=missing, portal=portal, url=url)
    return replace(notice, url=url, phase=_phase(root, kind))


def _notice(root: Element, project: Element, portal: str, ident: str) -> Notice:
    main = value(root, "cbc:NoticeLanguageCode")
    lots = lots_of(root, main)
    title, others = texts(project, "cbc:Name", main)
    description, described = texts(project, "cbc:Description", main)
    buyer = _buyer(root, main)
    outcome = outcome_of(root, main)
    return Notice(
        portal=portal,
        id=ident,
        url="",
        title=title or next((lot.title for lot in lots if lot.title), ""),
        phase=Phase.OPEN,
        number=ident,
        description=description,
        language=language(main),
        status=value(root, "cbc:NoticeTypeCode") or None,
        method=value(root, "cac:TenderingProcess/cbc:ProcedureCode") or None,
        category=_CATEGORIES.get(value(project, "cbc:ProcurementTypeCode")),
        buyer=buyer,
        country=(buyer.country if buyer else None)
        or next((place.country for place in places(project) if place.country), None),
        value=amount(one(project, "cac:RequestedTenderTotal/cbc:EstimatedOverallContractAmount")),
        published_at=_published(root),
        amended_at=_amended(root),
        period=_period(lots),
        lots=lots,
        lots_stated=len(lots) or None,
        codes=cpv_codes(project),
        translations=others + described,
        awards=outcome.awards,
        contracts=outcome.contracts,
        related=tuple(one for one in outcome.related if one.id != ident),
    )


_PUBLISHED_AS = re.compile(r"0*([1-9]\d{0,7}-\d{4})")


def publication_number(root: Element) -> str:
    """`383667-2026` of `00383667-2026`; the notice's own identifier where it has no such number.

    Notices converted from the older forms write `n.a.`, or `2023/S 193-601506`, which is the number
    of the notice before them (seen in award notices of 2022 and 2023), so neither is taken.
    """
    path = f"{EXTENSION}/efac:Publication/efbc:NoticePublicationID"
    match = _PUBLISHED_AS.fullmatch(value(root, path))
    return match.group(1) if match else value(root, "cbc:ID")


def _phase(root: Element, kind: str) -> Phase:
    """By the kind of notice; a result without any winner closed the procedure without an award."""
    results = [
        (code.text or "").strip()
        for code in all_of(
            root, f"{EXTENSION}/efac:NoticeResult/efac:LotResult/cbc:TenderResultCode"
        )
    ]
    if results and all(code == "clos-nw" for code in results):
        return Phase.CLOSED
    return _PHASES[kind]


def _buyer(root: Element, main: str) -> Buyer | None:
    """The first contracting party, found by its reference among the organisations."""
    reference = value(root, "cac:ContractingParty/cac:Party/cac:PartyIdentification/cbc:ID")
    path = f"{EXTENSION}/efac:Organizations/efac:Organization/efac:Company"
    for company in all_of(root, path):
        if value(company, "cac:PartyIdentification/cbc:ID") != reference:
            continue
        name, _ = texts(company, "cac:PartyName/cbc:Name", main)
        if not name:
            return None
        nation = country(value(company, "cac:PostalAddress/cac:Country/cbc:IdentificationCode"))
        register = value(company, "cac:PartyLegalEntity/cbc:CompanyID")
        return Buyer(
            name,
            id=Code(f"{nation or 'EU'}-ORG", register) if register else None,
            country=nation,
            address=_address(company) or None,
        )
    return None


def _address(company: Element) -> str:
    parts = [
        value(company, f"cac:PostalAddress/cbc:{name}")
        for name in ("StreetName", "PostalZone", "CityName")
    ]
    return ", ".join(part for part in parts if part)


def _issued(root: Element) -> datetime | None:
    return moment_at(root, "Issue")


def _published(root: Element) -> datetime | None:
    day = value(root, f"{EXTENSION}/efac:Publication/efbc:PublicationDate")
    return instant(day, "") or _issued(root)


def _amended(root: Element) -> datetime | None:
    """A change notice names the notice it changes; it was made when it was issued."""
    changes = value(root, f"{EXTENSION}/efac:Changes/efbc:ChangedNoticeIdentifier")
    return _issued(root) if changes else None


def _period(lots: tuple[Lot, ...]) -> Period | None:
    """Open as long as any lot is: the last of the lots' deadlines."""
    ends = [lot.period.end for lot in lots if lot.period and lot.period.end]
    return Period(None, max(ends), ZONE) if ends else None
