"""The Friday report: one page per plant and week, for the screen, for paper, as DOCX."""

import io
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from docx import Document
from fastapi import APIRouter, Request
from starlette.responses import Response

from service.desk.plants import PlantView, plant_views
from service.desk.report import Period, PlantReport, plant_report, week_of
from service.digest import formats
from service.digest.cleaning import cut
from service.purchases.joining import Winner
from service.texts import Language, language
from service.web.access import NotThere, Reader
from service.web.desk import Desk, desk_of
from service.web.files import DOCX, attachment
from service.web.rendering import page
from service.web.viewer import Viewer

router = APIRouter()
_LONGEST_PERIOD = timedelta(days=366)


@router.get("/report")
def report(
    request: Request, viewer: Reader, plant: str = "", first: str = "", last: str = ""
) -> Response:
    """Show the report of a plant, or of the first one."""
    desk = desk_of(request)
    views, view, made = _made(desk, viewer, plant, first, last)
    return page(
        request,
        viewer,
        "report.html",
        views=views,
        view=view,
        report=made,
        query=f"plant={view.plant.id}&first={made.period.first}&last={made.period.last}",
    )


@router.get("/report.docx")
def as_docx(
    request: Request, viewer: Reader, plant: str = "", first: str = "", last: str = ""
) -> Response:
    """Give the report as DOCX."""
    desk, lang = desk_of(request), language(viewer.language)
    _, view, made = _made(desk, viewer, plant, first, last)
    name = f"report-{view.plant.id}-{made.period.last}.docx"
    return attachment(docx_of(view, made, lang), name, DOCX)


def _made(
    desk: Desk, viewer: Viewer, plant: str, first: str, last: str
) -> tuple[list[PlantView], PlantView, PlantReport]:
    today = desk.now().astimezone(ZoneInfo(desk.config.zone.timezone)).date()
    period = period_of(first, last, today)
    with desk.store.reading() as session:
        views = plant_views(session, viewer.scope, desk.clock)
        view = next((each for each in views if plant in {"", each.plant.id}), None)
        if view is None:
            raise NotThere
        zone = desk.config.zone.timezone
        return views, view, plant_report(session, view.key, period, desk.clock, zone)


def period_of(first: str, last: str, today: date) -> Period:
    """Read the ends of a period; nonsense is the week that ends on the last Friday."""
    try:
        found = Period(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        return week_of(today)
    good = timedelta(0) <= found.last - found.first <= _LONGEST_PERIOD
    return found if good and 1990 <= found.first.year <= 2200 else week_of(today)


def docx_of(view: PlantView, made: PlantReport, lang: Language) -> bytes:
    """Write the report as DOCX: the figures, then the leads behind each."""
    paper = Document()
    paper.add_heading(cut(view.plant.name, 200), level=1)
    paper.add_paragraph(period_words(made.period, lang))
    table = paper.add_table(rows=0, cols=2)
    table.style = "Light Grid Accent 1"
    for name, cards in made.lists:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = lang.name("report", name), str(len(cards))
    won = made.results
    paper.add_paragraph(
        lang.text(
            "Won: %(tonnes)s t, %(tenge)s ₸. Contracts: %(contracts)s",
            tonnes=formats.number(won.tonnes, lang),
            tenge=formats.number(won.tenge, lang),
            contracts=cut(", ".join(won.contracts), 300) or "—",
        )
    )
    for name, cards in made.lists:
        if not cards:
            continue
        paper.add_heading(lang.name("report", name), level=2)
        for card in cards:
            number = f"№ {cut(card.number, 60)}: " if card.number else ""
            said = number + cut(card.title, 240)
            if name == "missed" and card.id in made.winners:
                said += f" — {lang.text('Winner')}: {_won(made.winners[card.id], lang)}"
            paper.add_paragraph(said, style="List Bullet")
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _won(winner: Winner, lang: Language) -> str:
    value = f", {formats.money(winner.value, lang)}" if winner.value else ""
    return cut(winner.name, 160) + value


def period_words(period: Period, lang: Language) -> str:
    """Word a period: «14 ноября — 20 ноября 2026 г.»."""
    first = formats.day(period.first, lang, year=period.first.year != period.last.year)
    return f"{first} — {formats.day(period.last, lang, year=True)}"
