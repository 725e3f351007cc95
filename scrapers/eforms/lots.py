"""The lots of an eForms notice, or the parts a prior information notice is planned in."""

from scrapers.eforms.fields import (
    EXTENSION,
    ZONE,
    Element,
    all_of,
    amount,
    cpv_codes,
    decimal,
    language,
    moment_at,
    one,
    places,
    texts,
    value,
)
from scrapers.ocds.values import web_address
from scrapers.records import Code, Document, Item, Lot, Period, Unit

# Groups of lots (GLO-…) sum up lots and are none themselves.
_GROUP = "LotsGroup"

# What has to be handed in first: a request to take part, then an offer, then mere interest.
_DEADLINES = (
    "cac:ParticipationRequestReceptionPeriod",
    "cac:TenderSubmissionDeadlinePeriod",
    f"{EXTENSION}/efac:InterestExpressionReceptionPeriod",
)

# UN/ECE Recommendation 20: codes of goods that are counted, weighed or measured. Others keep their
# code as name.
_UNITS = {
    "C62": "piece",
    "EA": "piece",
    "H87": "piece",
    "KGM": "kilogram",
    "KMT": "kilometre",
    "LTR": "litre",
    "MTK": "square metre",
    "MTQ": "cubic metre",
    "MTR": "metre",
    "SET": "set",
    "TNE": "tonne",
}


def lots_of(root: Element, main: str) -> tuple[Lot, ...]:
    """Every lot or part, in the order of the document. `main` is the notice's language."""
    return tuple(
        _lot(element, main)
        for element in all_of(root, "cac:ProcurementProjectLot")
        if not _is_group(element)
    )


def _is_group(element: Element) -> bool:
    ident = one(element, "cbc:ID")
    return ident is not None and (
        ident.get("schemeName") == _GROUP or (ident.text or "").strip().startswith("GLO-")
    )


def _lot(element: Element, main: str) -> Lot:
    ident = value(element, "cbc:ID")
    project = one(element, "cac:ProcurementProject")
    if project is None:
        return Lot(id=ident, title="", number=ident, period=_period(element))
    title, others = texts(project, "cbc:Name", main)
    description, described = texts(project, "cbc:Description", main)
    return Lot(
        id=ident,
        title=title,
        number=ident,
        description=description,
        value=amount(one(project, "cac:RequestedTenderTotal/cbc:EstimatedOverallContractAmount")),
        items=_items(project, title),
        places=places(project),
        codes=cpv_codes(project),
        period=_period(element),
        delivery=_planned(project),
        documents=_documents(element),
        translations=others + described,
    )


def _items(project: Element, title: str) -> tuple[Item, ...]:
    """One line where the lot states a quantity (BT-25) and its unit (BT-625, UN/ECE Rec. 20)."""
    stated = one(project, "cbc:EstimatedOverallContractQuantity")
    quantity = decimal((stated.text or "").strip()) if stated is not None else None
    if stated is None or quantity is None:
        return ()
    unit = (stated.get("unitCode") or "").strip()
    measured = Unit(_UNITS.get(unit, unit), Code("UNECE-REC20", unit)) if unit else None
    return (Item("1", title, quantity=quantity, unit=measured, codes=cpv_codes(project)),)


_SPANS = {"DAY": "days", "WEEK": "weeks", "MONTH": "months", "YEAR": "years"}


def _planned(project: Element) -> str | None:
    """How long the contract runs: its days (BT-536, BT-537), its length (BT-36), or that it has
    none (BT-538)."""
    planned = one(project, "cac:PlannedPeriod")
    if planned is None:
        return None
    days = [value(planned, f"cbc:{kind}Date")[:10] for kind in ("Start", "End")]
    if any(days):
        return " – ".join(day or "…" for day in days)
    measure = one(planned, "cbc:DurationMeasure")
    length = decimal((measure.text or "").strip()) if measure is not None else None
    if measure is None or length is None:
        unlimited = value(planned, "cbc:DescriptionCode") == "UNLIMITED"
        return "unlimited" if unlimited else None
    unit = (measure.get("unitCode") or "").strip()
    return f"{length} {_SPANS.get(unit, unit)}".strip()


def _period(element: Element) -> Period | None:
    process = one(element, "cac:TenderingProcess")
    if process is None:
        return None
    for path in _DEADLINES:
        end = moment_at(one(process, path), "End", end=True)
        if end:
            return Period(None, end, ZONE)
    return None


def _documents(element: Element) -> tuple[Document, ...]:
    """Procurement documents that can be fetched; each address once."""
    found: dict[str, Document] = {}
    for reference in all_of(element, "cac:TenderingTerms/cac:CallForTendersDocumentReference"):
        address = web_address(value(reference, "cac:Attachment/cac:ExternalReference/cbc:URI"))
        if address and address not in found:
            found[address] = Document(
                title=value(reference, "cbc:ID") or address,
                url=address,
                kind="biddingDocuments",
                language=language(value(reference, "cbc:LanguageID")),
            )
    return tuple(found.values())
