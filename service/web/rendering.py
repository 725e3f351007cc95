"""Lay out pages: templates with every value escaped, words and numbers in the reader's language."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from scrapers.records import Money
from service.digest import formats
from service.digest.cleaning import clean, cut, safe_link
from service.texts import LANGUAGES, Language, Spoken, language
from service.web.desk import desk_of
from service.web.viewer import Viewer

STATIC = Path(__file__).parent / "static"
BRAND = "Сұраныс"
LANGUAGE_NAMES = {"ru": "Русский", "kk": "Қазақша", "en": "English"}
PAGES = (
    ("/leads", "Leads", "all"),
    ("/plant", "My plant", "plant"),
    ("/zone", "Zone", "zone"),
    ("/plants", "Plants", "zone"),
    ("/report", "Report", "all"),
    ("/tasks", "Tasks", "zone"),
    ("/why-not", "Why not?", "all"),
    ("/add", "Add a purchase", "all"),
    ("/portals", "Portals", "zone"),
    ("/people", "People", "admin"),
)
"""The navigation: address, phrase, and who is shown it (a role, all, or zone: who sees it whole).
A page that is not there yet is simply left out of the tuple."""


@dataclass(frozen=True, slots=True)
class Words:
    """Numbers, sums and times as a reader writes them, for templates (`w`). `home` is the zone of
    the reader."""

    lang: Language
    home: str

    def name(self, context: str, key: str, otherwise: str | None = None) -> str:
        """Name a key: a phase, a verdict, a unit."""
        return self.lang.name(context, key, otherwise)

    def told(self, spoken: Spoken, context: str = "input") -> str:
        """Say a sentence that keeps its values apart."""
        return self.lang.told(spoken, context)

    def number(self, value: Decimal | float) -> str:
        return formats.number(Decimal(str(value)), self.lang)

    def percent(self, share: Decimal | float) -> str:
        return formats.percent(Decimal(str(share)), self.lang)

    def money(self, value: Money) -> str:
        return formats.money(value, self.lang)

    def quantity(self, value: Decimal | float, unit: str | None, *, estimated: bool = False) -> str:
        return formats.quantity(Decimal(str(value)), unit, self.lang, estimated=estimated)

    def day(self, value: date, *, year: bool = False) -> str:
        return formats.day(value, self.lang, year=year)

    def moment(self, value: datetime, zone: str | None = None) -> str:
        """Write a moment with its day and zone, in the reader's zone where none is given."""
        return formats.moment(value, zone or self.home, self.lang)

    def on_day(self, value: datetime) -> str:
        """Write the day of a moment in the reader's zone, with the year."""
        return formats.day(value.astimezone(ZoneInfo(self.home)).date(), self.lang, year=True)

    def until(self, now: datetime, end: datetime | None, zone: str) -> str:
        """Write a deadline: «до 18:00, 27 ноября (время Астаны), осталось 3 рабочих дня»."""
        return formats.deadline(now, end, zone, self.home, self.lang)

    def left(self, now: datetime, end: datetime, zone: str) -> str:
        """Say how long is left: «осталось 3 рабочих дня»."""
        return formats.time_left(now, end, zone, self.lang)


@cache
def stylesheet() -> str:
    """Give the address of the style sheet, with a mark of its content so that caches keep it."""
    mark = hashlib.sha256((STATIC / "desk.css").read_bytes()).hexdigest()[:12]
    return f"/static/desk.css?{mark}"


def navigation(viewer: Viewer) -> list[tuple[str, str]]:
    """Give the pages a viewer may go to: address and phrase, in the order of a day's work."""
    return [
        (address, phrase)
        for address, phrase, whom in PAGES
        if whom == "all" or (whom == "zone" and viewer.is_zone) or (whom == viewer.role)
    ]


@cache
def templates() -> Environment:
    """The templates. `|clean` and `|cut(n)` take what reorders or hides text out of scraped words;
    `|links(hosts)` gives an address only where it leads to the portal."""
    environment = Environment(
        loader=PackageLoader("service.web", "templates"),
        # By name: the text of a mail must not read «ТОО &#34;Завод&#34;».
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
        undefined=StrictUndefined,
        auto_reload=False,  # templates change with the program; a look at each file costs
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(clean=clean, cut=cut, links=safe_link)
    environment.globals.update(brand=BRAND, languages=LANGUAGES, language_names=LANGUAGE_NAMES)
    environment.globals.update(navigation=navigation)
    return environment


def page(
    request: Request,
    viewer: Viewer | None,
    template: str,
    *,
    status: int = 200,
    lang: str | None = None,
    **values: object,
) -> HTMLResponse:
    """Answer with a page. `viewer` is None on pages that need no sign-in; they name `lang`.

    In templates: `_("phrase", name=value)`, `_n("one", "many", n)`, `w` (`Words`), `viewer`,
    `now` (UTC), `here` (the path) and `query` (its query part).
    """
    desk = desk_of(request)
    spoken = language(lang or (viewer.language if viewer else desk.config.digest.language))
    html = (
        templates()
        .get_template(template)
        .render(
            {
                "_": spoken.text,
                "_n": spoken.plural,
                "w": Words(spoken, viewer.zone if viewer else desk.config.zone.timezone),
                "lang": spoken.code,
                "viewer": viewer,
                "now": desk.now(),
                "here": request.url.path,
                "query": request.url.query,
                "stylesheet": stylesheet(),
                "sample": desk.mode == "sample",
                **values,
            }
        )
    )
    return HTMLResponse(html, status_code=status)
