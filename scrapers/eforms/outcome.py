"""Results of an award notice: who won which lot, what was offered, which contracts were settled.

The parts of `efac:NoticeResult` refer to one another by id: a LotResult to the tenders received and
the contracts settled, a SettledContract to the tenders that won, a LotTender to its TenderingParty,
that to organisations. (eForms SDK, docs.ted.europa.eu/eforms/latest/schema: competition results)
"""

import re
from dataclasses import dataclass

from scrapers.eforms.fields import (
    EXTENSION,
    ZONE,
    Element,
    all_of,
    amount,
    country,
    moment_at,
    one,
    texts,
    value,
)
from scrapers.records import (
    Award,
    AwardStatus,
    Bid,
    Code,
    Contract,
    Money,
    Party,
    Period,
    Related,
    Relation,
)

_RESULTS = {
    "selec-w": AwardStatus.ACTIVE,
    "clos-nw": AwardStatus.UNSUCCESSFUL,
    "open-nw": AwardStatus.PENDING,
}
_NUMBER = re.compile(r"0*([1-9]\d{0,7}-\d{4})")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a notice says of its result, and of which procedure it is."""

    awards: tuple[Award, ...] = ()
    contracts: tuple[Contract, ...] = ()
    related: tuple[Related, ...] = ()


@dataclass(frozen=True, slots=True)
class _Tender:
    lots: tuple[str, ...]
    parties: tuple[Party, ...]
    value: Money | None
    rank: int | None


def outcome_of(root: Element, main: str) -> Outcome:
    """The awards, contracts and relations of a notice; `main` is its language."""
    result = one(root, f"{EXTENSION}/efac:NoticeResult")
    if result is None:
        return Outcome(related=_related(root))
    tenders = _tenders(result, _organisations(root, main))
    settled = {
        ident: part
        for part in all_of(result, "efac:SettledContract")
        if (ident := value(part, "cbc:ID"))
    }
    awards = {
        award.id: award
        for part in all_of(result, "efac:LotResult")
        if (award := _award(part, tenders, settled)).id
    }
    by_contract = {
        reference: value(part, "cbc:ID")
        for part in all_of(result, "efac:LotResult")
        for reference in _references(part, "efac:SettledContract")
    }
    contracts = tuple(
        _contract(root, ident, part, tenders, by_contract.get(ident))
        for ident, part in settled.items()
    )
    return Outcome(tuple(awards.values()), contracts, _related(root))


def _references(element: Element, path: str) -> tuple[str, ...]:
    found = (value(part, "cbc:ID") for part in all_of(element, path))
    return tuple(dict.fromkeys(one for one in found if one))


def _organisations(root: Element, main: str) -> dict[str, Party]:
    found: dict[str, Party] = {}
    path = f"{EXTENSION}/efac:Organizations/efac:Organization/efac:Company"
    for company in all_of(root, path):
        ident = value(company, "cac:PartyIdentification/cbc:ID")
        name, _ = texts(company, "cac:PartyName/cbc:Name", main)
        if not ident or not name:
            continue
        nation = country(value(company, "cac:PostalAddress/cac:Country/cbc:IdentificationCode"))
        register = value(company, "cac:PartyLegalEntity/cbc:CompanyID")
        lines = (
            value(company, f"cac:PostalAddress/cbc:{part}")
            for part in ("StreetName", "PostalZone", "CityName")
        )
        found[ident] = Party(
            name,
            Code(f"{nation or 'EU'}-ORG", register) if register else None,
            nation,
            ", ".join(filter(None, lines)) or None,
            value(company, "cac:Contact/cbc:Name") or None,
            value(company, "cac:Contact/cbc:Telephone") or None,
            value(company, "cac:Contact/cbc:ElectronicMail") or None,
            value(company, "cbc:WebsiteURI") or None,
        )
    return found


def _tenders(result: Element, organisations: dict[str, Party]) -> dict[str, _Tender]:
    parties = {
        value(part, "cbc:ID"): tuple(
            organisations[ident]
            for ident in _references(part, "efac:Tenderer")
            if ident in organisations
        )
        for part in all_of(result, "efac:TenderingParty")
    }
    found: dict[str, _Tender] = {}
    for part in all_of(result, "efac:LotTender"):
        rank = value(part, "cbc:RankCode")
        found[value(part, "cbc:ID")] = _Tender(
            lots=_references(part, "efac:TenderLot"),
            parties=parties.get(value(part, "efac:TenderingParty/cbc:ID"), ()),
            value=amount(one(part, "cac:LegalMonetaryTotal/cbc:PayableAmount")),
            rank=int(rank) if rank.isdecimal() and len(rank) < 4 else None,
        )
    return found


def _award(part: Element, tenders: dict[str, _Tender], settled: dict[str, Element]) -> Award:
    lots = _references(part, "efac:TenderLot")
    received = [tenders[one] for one in _references(part, "efac:LotTender") if one in tenders]
    contracts = [
        settled[one] for one in _references(part, "efac:SettledContract") if one in settled
    ]
    winning = [
        tender
        for contract in contracts
        for ident in _references(contract, "efac:LotTender")
        if (tender := tenders.get(ident)) and (not lots or set(lots) & set(tender.lots))
    ]
    status = _RESULTS.get(value(part, "cbc:TenderResultCode"))
    if not winning and status is AwardStatus.ACTIVE:
        first = [tender for tender in received if tender.rank == 1]
        winning = first or (received if len(received) == 1 else [])
    dates = [at for contract in contracts if (at := moment_at(contract, "Award"))]
    return Award(
        id=value(part, "cbc:ID"),
        lots=lots,
        suppliers=tuple(dict.fromkeys(p for tender in winning for p in tender.parties)),
        value=_sum(winning),
        awarded_at=min(dates, default=None),
        status=status,
        bids=tuple(
            Bid(tender.parties[0], tender.value, rank=tender.rank, lots=tender.lots)
            for tender in received
            if tender.parties
        ),
    )


def _sum(tenders: list[_Tender]) -> Money | None:
    """The sum of a single tender; several winners of a framework share one in ways not told."""
    return tenders[0].value if len(tenders) == 1 else None


def _contract(
    root: Element, ident: str, part: Element, tenders: dict[str, _Tender], award: str | None
) -> Contract:
    won = [tenders[one] for one in _references(part, "efac:LotTender") if one in tenders]
    lots = tuple(dict.fromkeys(lot for tender in won for lot in tender.lots))
    end = _end(root, lots[0]) if len(lots) == 1 else None
    number = value(part, "efac:ContractReference/cbc:ID")
    return Contract(
        id=ident,
        number=number if any(map(str.isalnum, number)) else None,
        award=award,
        lots=lots,
        suppliers=tuple(dict.fromkeys(p for tender in won for p in tender.parties)),
        value=_sum(won),
        signed_at=moment_at(part, "Issue"),
        period=end,
    )


def _end(root: Element, lot: str) -> Period | None:
    """The planned term of a lot, which the award notice repeats."""
    for part in all_of(root, "cac:ProcurementProjectLot"):
        if value(part, "cbc:ID") == lot:
            span = one(part, "cac:ProcurementProject/cac:PlannedPeriod")
            start, end = moment_at(span, "Start"), moment_at(span, "End", end=True)
            return Period(start, end, ZONE) if end else None
    return None


def _related(root: Element) -> tuple[Related, ...]:
    """The procedure, and notices published before by their numbers."""
    folder = value(root, "cbc:ContractFolderID").lower()
    found = [Related(Relation.PROCEDURE, folder)] if re.fullmatch(r"[0-9a-f-]{36}", folder) else []
    for path in (
        "cac:TenderingProcess/cac:NoticeDocumentReference/cbc:ID",
        f"{EXTENSION}/efac:Changes/efbc:ChangedNoticeIdentifier",
    ):
        for reference in all_of(root, path):
            match = _NUMBER.fullmatch((reference.text or "").strip())
            found += [Related(Relation.NOTICE, match[1])] if match else []
    return tuple(dict.fromkeys(found))
