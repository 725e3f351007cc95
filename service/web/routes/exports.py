"""The list of leads as files for other programs; the filters are those of the page."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.responses import Response

from service.desk.exports import MOST, calendar_of, leads_sheet
from service.desk.filters import Sort
from service.desk.leads import Card, all_leads
from service.desk.sheets import csv_of, xlsx_of
from service.texts import language
from service.web.access import Reader
from service.web.desk import desk_of
from service.web.files import CSV, ICS, XLSX, attachment
from service.web.query import asked_for
from service.web.viewer import Viewer

router = APIRouter()


@router.get("/leads.xlsx")
def as_xlsx(request: Request, viewer: Reader) -> Response:
    """Give the list as a workbook."""
    sheet = leads_sheet(_cards(request, viewer), language(viewer.language), viewer.zone)
    return attachment(xlsx_of([sheet]), "leads.xlsx", XLSX)


@router.get("/leads.csv")
def as_csv(request: Request, viewer: Reader) -> Response:
    """Give the list as CSV."""
    sheet = leads_sheet(_cards(request, viewer), language(viewer.language), viewer.zone)
    return attachment(csv_of(sheet), "leads.csv", CSV)


@router.get("/leads.ics")
def as_calendar(request: Request, viewer: Reader) -> Response:
    """Give the deadlines of the list as a calendar."""
    desk = desk_of(request)
    host = urlsplit(desk.config.desk.address).hostname or "suranys"
    cards = _cards(request, viewer)
    content = calendar_of(cards, language(viewer.language), host, desk.now())
    return attachment(content, "leads.ics", ICS)


def _cards(request: Request, viewer: Viewer) -> list[Card]:
    desk, asked = desk_of(request), asked_for(request.query_params)
    sort = asked.sort or (Sort.IDLE if viewer.is_zone else Sort.BEST)
    with desk.store.reading() as session:
        return all_leads(session, viewer.scope, asked.filters, sort, desk.clock, MOST)
