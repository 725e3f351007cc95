"""Why not? Paste a number or an address: the one gate that closed a purchase."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from matcher.records import Row
from scrapers.portals import PORTALS
from service.desk.entering import PORTAL as ENTERED
from service.desk.tracing import Trace, trace
from service.digest.reasons import why
from service.digest.records import LeadLine
from service.matching.explaining import Explained
from service.texts import Language, language
from service.web.access import Reader
from service.web.desk import desk_of
from service.web.naming import portal_name
from service.web.rendering import page

router = APIRouter()


@router.get("/why-not")
def why_not(request: Request, viewer: Reader, q: str = "") -> Response:
    """Show the trace of a notice."""
    desk, lang = desk_of(request), language(viewer.language)
    asked = q.encode("utf-8", "replace").decode().strip()
    with desk.store.reading() as session:
        found = trace(session, viewer.scope, asked)
    portals = {name: portal_name(name, lang) for name in (*PORTALS, ENTERED)}
    lots = [_lot(each, found, lang) for each in found.lots]
    return page(request, viewer, "why.html", q=asked[:500], found=found, lots=lots, portals=portals)


def _lot(lot: Explained, found: Trace, lang: Language) -> dict[str, object]:
    """Word one lot: what closed it, and the best row of each plant with its evidence."""
    rows = lot.rows or ((lot.nearest,) if lot.nearest else ())
    return {
        "title": lot.lot.title,
        "id": lot.lot.lot,
        "closed_by": lang.name("stage", lot.closed_by) if lot.closed_by else "",
        "rows": [
            {
                "plant": found.plants[row.plant].name if row.plant in found.plants else "",
                "product": found.products[row.product].name if row.product else "",
                "verdict": row.verdict,
                "facts": why(_line(row), lang),
            }
            for row in rows
            if row.product is None or row.product in found.products
        ],
    }


def _line(row: Row) -> LeadLine:
    return LeadLine(
        id="",
        title="",
        url="",
        portal="",
        plant="",
        product="",
        verdict=row.verdict,
        evidence=row.evidence,
    )
