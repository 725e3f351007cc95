"""The zone for officials: idle capacity against open demand, where and when it comes from."""

from datetime import date

from babel.dates import format_date
from fastapi import APIRouter, Request
from starlette.responses import Response

from catalog.zone import read_zone, zone_names
from service.desk import charts
from service.desk.regions import region_names
from service.desk.sheets import Sheet, xlsx_of
from service.desk.zone import ZoneView, zone_view
from service.health.status import PortalStatus, portals_of
from service.store.tables.naming import LeadState
from service.texts import Language, language
from service.web.access import Official
from service.web.desk import Desk, desk_of
from service.web.files import XLSX, attachment
from service.web.naming import country_name, family_name
from service.web.pictures import picture
from service.web.rendering import page

router = APIRouter()


@router.get("/zone")
def zone(request: Request, viewer: Official) -> Response:
    """Show the zone."""
    desk = desk_of(request)
    lang = language(viewer.language)
    view, portals = _view(desk), _portals(desk)
    return page(
        request,
        viewer,
        "zone.html",
        view=view,
        views=view.plants,
        portals=portals,
        regions=region_rows(view, lang),
        months=month_labels(view.months, lang),
        families=family_names(view.months, lang),
        title=zone_title(desk, lang),
    )


@router.get("/zone/demand.svg")
def demand(request: Request, viewer: Official) -> Response:
    """Draw purchases by month and family."""
    desk, lang = desk_of(request), language(viewer.language)
    months = _view(desk).months
    svg = charts.by_month(
        months,
        month_labels(months, lang),
        family_names(months, lang),
        lang.text("lots a month"),
        width=430,
    )
    return picture(request, svg)


@router.get("/zone/regions.svg")
def regions(request: Request, viewer: Official) -> Response:
    """Draw open leads by region."""
    desk, lang = desk_of(request), language(viewer.language)
    rows = region_rows(_view(desk), lang)[:12]
    svg = charts.bars(
        [(str(row[0]), float(row[1])) for row in rows], lang.text("open leads"), width=320
    )
    return picture(request, svg)


@router.get("/zone/report.xlsx")
def report(request: Request, viewer: Official) -> Response:
    """Give the figures of the page as a workbook."""
    desk, lang = desk_of(request), language(viewer.language)
    view = _view(desk)
    return attachment(xlsx_of(zone_sheets(view, _portals(desk), lang)), "zone.xlsx", XLSX)


def _view(desk: Desk) -> ZoneView:
    """Reckon the zone once a minute: it looks at every lead, and page and charts ask for it."""
    return desk.kept.get("zone", lambda: _reckoned(desk))


def _reckoned(desk: Desk) -> ZoneView:
    with desk.store.reading() as session:
        return zone_view(session, desk.clock, desk.config.zone.timezone)


def _portals(desk: Desk) -> tuple[PortalStatus, ...]:
    return desk.kept.get("portals", lambda: portals_of(desk.config, desk.mode, desk.store))


def zone_title(desk: Desk, lang: Language) -> str:
    """Give the zone's own title in a language."""
    name = desk.config.zone.name
    if name not in zone_names():
        return lang.text("The zone")
    return read_zone(name).titles.get(lang.code, lang.text("The zone"))


def month_labels(months: object, lang: Language) -> dict[str, str]:
    """Word months: «ноя 2026»."""
    listed = months if isinstance(months, dict) else {}
    return {
        month: str(format_date(date.fromisoformat(f"{month}-01"), "LLL y", locale=lang.locale))
        for month in listed
    }


def family_names(months: object, lang: Language) -> dict[str, str]:
    """Name the families that occur in some month."""
    listed = months if isinstance(months, dict) else {}
    found = {family for each in listed.values() for family in each}
    return {
        family: family_name(family, lang) if family else lang.text("kind not known")
        for family in found
    }


def region_rows(view: ZoneView, lang: Language) -> list[tuple[str, int, float, int, str]]:
    """Give regions as rows: name, open leads, tonnes, tenge, the query of their list."""
    names = region_names(lang.code)
    rows = []
    for each in view.regions:
        if each.code:
            name, query = names[each.code], f"region={each.code}"
        elif each.country:
            country = country_name(each.country, lang)
            known = each.country == "KZ"
            name = (
                lang.text("%(country)s, region not stated", country=country) if known else country
            )
            query = f"country={each.country}"
        else:
            name, query = lang.text("Place not stated"), ""
        rows.append((name, each.leads, each.tonnes, each.tenge, query))
    return rows


def zone_sheets(view: ZoneView, portals: tuple[PortalStatus, ...], lang: Language) -> list[Sheet]:
    """Write the figures of the page as tables."""
    plants = Sheet(
        lang.text("Plants"),
        (
            *(lang.text("Plant"), lang.text("Idle, tonnes a year"), lang.text("Open leads")),
            *(lang.text("Would fill"), lang.text("Taken up"), lang.text("Won"), lang.text("Lost")),
        ),
        [
            (
                *(each.plant.name, each.idle_tonnes, each.open_leads, each.filled),
                *(each.states[LeadState.LOOKING] + each.states[LeadState.BIDDING],),
                *(each.states[LeadState.WON], each.states[LeadState.LOST]),
            )
            for each in view.plants
        ],
    )
    names = family_names(view.months, lang)
    demand_ = Sheet(
        lang.text("Demand by month"),
        (lang.text("Month"), lang.text("Kind of goods"), lang.text("Lots")),
        [(m, names[f], n) for m, each in view.months.items() for f, n in each.items()],
    )
    regions_ = Sheet(
        lang.text("Demand by region"),
        (lang.text("Region"), lang.text("Open leads"), lang.text("Tonnes"), lang.text("Tenge")),
        [row[:4] for row in region_rows(view, lang)],
    )
    due = Sheet(
        lang.text("Obligations overdue"),
        (
            *(lang.text("Plant"), lang.text("Obligation"), lang.text("Promised")),
            *(lang.text("By when"), lang.text("Days late"), lang.text("Source")),
        ),
        [
            (
                *(each.plant.name, lang.name("obligation", each.obligation.kind)),
                *(each.obligation.promised, each.obligation.due),
                *(each.days_late, each.obligation.source.text),
            )
            for each in view.overdue
        ],
    )
    read = Sheet(
        lang.text("Portals"),
        (lang.text("Portal"), lang.text("State"), lang.text("Notices"), lang.text("Last success")),
        [
            (
                each.title,
                _state(lang, each),
                each.notices,
                each.health.last_ok_at if each.health else None,
            )
            for each in portals
        ],
    )
    return [plants, demand_, regions_, due, read]


def _state(lang: Language, portal: PortalStatus) -> str:
    """How a portal was read last, or why nobody looks there."""
    if portal.health is not None:
        return lang.name("outcome", portal.health.outcome.value)
    return "" if portal.why is None else lang.told(portal.why, "why_not")
