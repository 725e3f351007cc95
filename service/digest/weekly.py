"""The officials' week: a table of plants, and its figures as pictures for any mail client."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

import vl_convert

from service.desk.charts import bars
from service.digest.cleaning import cut
from service.digest.formats import day, percent
from service.digest.messages import Attachment
from service.digest.records import Addresses
from service.digest.rendering import Rendered, templates
from service.digest.wording import BRAND, LONGEST_NAME
from service.texts import Language

COLUMNS = ("found", "handed", "taken", "offered", "won", "unanswered")
_SCALE = 2  # sharp on screens of twice the density
_WIDTH = 420


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A plant's week: how many leads were found, told, taken…, and the part of its idle capacity
    that open leads would fill, None where that is not known."""

    plant: str
    counts: Mapping[str, int]
    filled: float | None = None
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the zone, both days counted."""

    first: date
    last: date
    rows: tuple[WeekRow, ...]

    @property
    def sample(self) -> bool:
        """Whether anything in it is made up."""
        return any(row.sample for row in self.rows)


def render_week(
    week: Week, reader: str, lang: Language, links: Addresses
) -> tuple[Rendered, tuple[Attachment, ...]]:
    """Word the mail of a week and draw its pictures."""
    titles = {
        "found": lang.text("Found"),
        "handed": lang.text("Told by mail"),
        "taken": lang.text("Taken"),
        "offered": lang.text("Bids made"),
        "won": lang.text("Won"),
        "unanswered": lang.text("Not answered"),
    }
    label = lang.text("SAMPLE") + " · " if week.sample else ""
    told = lang.text(
        "The week to %(day)s — %(whom)s", day=day(week.last, lang), whom=cut(reader, LONGEST_NAME)
    )
    pictures = _pictures(week, lang)
    values = {
        "t": lang.text,
        "language": lang.code,
        "brand": BRAND,
        "ours": links,
        "reader": cut(reader, LONGEST_NAME),
        "subject": f"{label}{BRAND}: {told}".replace("\u00a0", " "),
        "period": lang.text(
            "The week from %(first)s to %(last)s",
            first=day(week.first, lang),
            last=day(week.last, lang, year=True),
        ),
        "columns": [(name, titles[name]) for name in COLUMNS],
        "rows": [
            (cut(row.plant, LONGEST_NAME), row.counts, _filled(row, lang)) for row in week.rows
        ],
        "total": {name: sum(row.counts.get(name, 0) for row in week.rows) for name in COLUMNS},
        "pictures": [(each.cid, alternative) for each, alternative in pictures],
        "banner": lang.text("SAMPLE") if week.sample else None,
    }
    html = templates().get_template("weekly.html").render(values)
    text = templates().get_template("weekly.txt").render(values)
    body = Rendered(str(values["subject"]), text, html)
    return body, tuple(each for each, _ in pictures)


def _filled(row: WeekRow, lang: Language) -> str | None:
    if row.filled is None:
        return None
    share = percent(Decimal(str(row.filled)), lang)
    return lang.text("Open leads would fill %(share)s of its idle capacity", share=share)


def _pictures(week: Week, lang: Language) -> list[tuple[Attachment, str]]:
    """Draw what was found, and how much of the idle capacity open leads fill. Each has a text for
    readers who see none; the numbers of both stand in the table too."""
    found = [(cut(row.plant, 40), float(row.counts.get("found", 0))) for row in week.rows]
    filled = [(cut(row.plant, 40), row.filled) for row in week.rows if row.filled is not None]
    drawn = []
    if any(value for _, value in found):
        drawn.append(("found", found, lang.text("Found in the week, by plant")))
    if filled:
        title = lang.text("Part of the idle capacity that open leads would fill, per cent")
        drawn.append(("filled", [(name, round(part * 100, 1)) for name, part in filled], title))
    return [
        (Attachment(f"{name}.png", "image/png", _png(tuple(rows)), cid=f"{name}@suranys"), title)
        for name, rows, title in drawn
    ]


@lru_cache(maxsize=8)
def _png(rows: tuple[tuple[str, float], ...]) -> bytes:
    """Give a picture on white: on a dark page it stays as it is. Its title stands above it, so that
    readers of every language get the same, drawn once."""
    svg = bars(list(rows), "", width=_WIDTH)
    ground = svg.index("</style>") + len("</style>")
    white = '<rect width="100%" height="100%" fill="#ffffff"/>'
    return bytes(vl_convert.svg_to_png(svg[:ground] + white + svg[ground:], scale=_SCALE))
