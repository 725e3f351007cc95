"""Plans of Prozorro: what a buyer means to tender, before any tender and joined to it afterwards.

UNVERIFIED: written from the makers' description and examples (docs/source/standard/plan.rst and
docs/source/planning of ProzorroUKR/openprocurement.api); no answer of the portal was at hand.
"""

from dataclasses import replace

from scrapers.ocds.parts import codes
from scrapers.ocds.release import NoTitle, notice_of
from scrapers.ocds.values import Json, identifier, mapping, mappings, moment, text
from scrapers.portals.ua_prozorro_parts import (
    HOST,
    IDENT,
    NAME,
    ZONE,
    cpv,
    documents,
    in_ukraine,
    lot_of,
)
from scrapers.records import Notice, Period, Phase, Related, Relation

PLANS = f"https://{HOST}/api/2.5/plans"
FIELDS = "status,planID,budget,classification,tender,procuringEntity,datePublished,items,tender_id"
PREFIX = "plan:"
_PHASES = {
    "": Phase.PLAN,  # plans made before plans had a status, and rows that give their id only
    "draft": Phase.PLAN,
    "scheduled": Phase.PLAN,
    "complete": Phase.CLOSED,
    "cancelled": Phase.CANCELLED,
}


class NoPlan(ValueError):
    """What is no plan: an id or status nobody has heard of. `field` is where it stands."""

    def __init__(self, detail: str, field: str) -> None:
        super().__init__(detail)
        self.field = field


def plan_notice(plan: Json) -> Notice:
    """Read a plan, or its row in the feed. Raises `NoPlan`."""
    ident, shown, status = (text(plan.get(key)) for key in ("id", "planID", "status"))
    if not IDENT.fullmatch(ident):
        raise NoPlan(f"{ident[:40]!r} is no plan's id", "id")
    if status not in _PHASES:
        raise NoPlan(f"an unknown status {status[:40]!r} of a plan", "status")
    read = _release(plan, shown or ident)
    planned = mapping(plan.get("tender"))
    tender = text(plan.get("tender_id"))
    became = (Related(Relation.NOTICE, tender),) if IDENT.fullmatch(tender) else ()
    lines = {identifier(one.get("id")): one for one in mappings(plan.get("items"))}
    return replace(
        read,
        id=f"{PREFIX}{ident}",
        url=f"https://prozorro.gov.ua/plan/{shown}" if shown else f"{PLANS}/{ident}",
        # A plan that became a tender stays one, for its leads are handed over to the tender.
        phase=Phase.PLAN if became and status == "complete" else _PHASES[status],
        number=shown or None,
        language="uk",
        status=status or None,
        method=text(planned.get("procurementMethodType")) or None,
        buyer=in_ukraine(read.buyer),
        procuring_entity=in_ukraine(read.procuring_entity),
        country="UA",
        published_at=moment(plan.get("datePublished"), ZONE),
        amended_at=moment(plan.get("dateModified"), ZONE),
        period=_expected(planned),
        lots=tuple(lot_of(lot, lines) for lot in read.lots),
        codes=tuple(dict.fromkeys(map(cpv, codes(plan)))),
        related=(Related(Relation.PLAN, ident), *became),
    )


def _release(plan: Json, number: str) -> Notice:
    """Read a plan by the code for OCDS, which knows its parts by other names. Raises `NoPlan`."""
    budget = mapping(plan.get("budget"))
    about = text(mapping(plan.get("classification")).get("description"))
    named = {
        "title": text(budget.get("description")) or about or number,
        "value": budget,  # amount and currency stand in it as in a value
        "items": plan.get("items"),
        "documents": documents(plan),
        "procuringEntity": plan.get("procuringEntity"),
    }
    buyers = mappings(plan.get("buyers"))
    bought_by = buyers[0] if len(buyers) == 1 else None
    try:
        return notice_of(
            {"ocid": text(plan.get("id")), "tender": named, "buyer": bought_by}, portal=NAME
        )
    except NoTitle as error:
        raise NoPlan(str(error), "budget.description") from error


def _expected(planned: Json) -> Period | None:
    """When the tender is to begin. An end of it, where one is stated, ends no plan."""
    start = moment(mapping(planned.get("tenderPeriod")).get("startDate"), ZONE)
    return Period(start, None, ZONE) if start else None
