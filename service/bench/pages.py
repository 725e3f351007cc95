"""Listing pages of fifty rows, grown from our own fixtures of each portal.

A row is repeated with its numbers moved on, so that every row is another record; the counts under
the table are set to what is then there. Nothing is fetched and nothing of a real page is used.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapers.portal import Answer, Portal, Query, Request
from scrapers.portals import PORTALS
from service.bench.figures import ROOT, BenchError
from service.replay import load_maps

FIXTURES = ROOT / "tests" / "fixtures" / "portals"
ROWS = 50
NOW = datetime(2026, 5, 18, 7, tzinfo=UTC)
_GOSZAKUP_ID = re.compile(r"\b[79]00\d{5}\b")
_YII_ID = re.compile(r"\b[89]00\d{3}\b")
_TABLE_ROW = re.compile(r"^[ \t]*<tr[ >].*?</tr>\n", re.DOTALL | re.MULTILINE)
_BODY = re.compile(r"(?<=<tbody>\n).*?(?=[ \t]*</tbody>)", re.DOTALL)
_TED_ID = re.compile(r"\b40\d{4}(?=-2026)")
_SAMRUK_ID = re.compile(r"\b9001\d\d\b")
_UZEX_ID = re.compile(r"\b60000\d\b")
_XT_XARID_ID = re.compile(r"\b80000\d\b")
_ETS_ID = re.compile(r"\b900000\d\b")
_WORLDBANK_ID = re.compile(r"(?<=OP00)9\d{5}")
_OCID = re.compile(r"(?<=ocds-example-)\d+")


@dataclass(frozen=True, slots=True)
class Page:
    """A page to be parsed. `rows` is what its portal shows on it; `html` says how it is parsed."""

    portal: Portal
    answer: Answer
    query: Query
    html: bool


def grown(fixtures: Path = FIXTURES, rows: int = ROWS) -> Iterator[Page]:
    """Give a page of `rows` rows for every portal a recipe is known of."""
    for name, grow in RECIPES.items():
        folder = fixtures / name / "ordinary"
        try:
            case = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
            part = case["answers"][0]
            text = (folder / part["file"]).read_text(encoding="utf-8")
        except OSError as error:
            raise BenchError(f"no fixture of {name}: bench from a checkout ({error})") from error
        kind = part.get("content_type", "text/html; charset=utf-8")
        body = grow(text, rows).encode()
        request = Request(part["url"], json=part.get("json"))
        answer = Answer(request, part["url"], 200, {"Content-Type": kind}, body, NOW)
        yield Page(
            PORTALS[name], answer, Query(NOW, settings=case.get("query", {})), "html" in kind
        )


def saved(folder: Path) -> Iterator[Page]:
    """Give the real listing pages of a folder of saved ones, by the maps of the replay."""
    for each in load_maps(folder):
        listed = next((a for a in each.answers if "list" in a.file or "search" in a.file), None)
        if listed is None:
            continue
        body, kind = listed.read(folder)
        answer = Answer(
            Request(listed.url), listed.url, 200, {"Content-Type": kind}, body, each.captured
        )
        query = Query(each.captured, settings=each.query)
        yield Page(PORTALS[each.portal], answer, query, "html" in kind)


def _moved(text: str, number: re.Pattern[str], copy: int) -> str:
    return number.sub(lambda found: str(int(found[0]) + 100 * copy), text)


def _grow_table(text: str, rows: int, number: re.Pattern[str]) -> str:
    body = _BODY.search(text)
    if body is None:
        raise BenchError("the fixture has no table to grow")
    own = _TABLE_ROW.findall(body[0])
    more = [_moved(own[k % len(own)], number, k // len(own)) for k in range(rows)]
    return f"{text[: body.start()]}{''.join(more)}{text[body.end() :]}"


def _goszakup(text: str, rows: int) -> str:
    page = _grow_table(text, rows, _GOSZAKUP_ID)
    return re.sub(r"(Показано c 1 по )\d+( из )\d+", rf"\g<1>{rows}\g<2>{rows + 1}", page)


def _yii(text: str, rows: int) -> str:
    page = _grow_table(text, rows, _YII_ID)
    return re.sub(r"<b>1-\d+</b> из <b>\d+</b>", f"<b>1-{rows}</b> из <b>{rows + 1}</b>", page)


def _grow_list(
    text: str, path: tuple[str, ...], number: re.Pattern[str], rows: int
) -> dict[str, Any]:
    page: dict[str, Any] = json.loads(text)
    holder = page
    for key in path[:-1]:
        holder = holder[key]
    own = [json.dumps(row, ensure_ascii=False) for row in holder[path[-1]]]
    holder[path[-1]] = [
        json.loads(_moved(own[k % len(own)], number, k // len(own))) for k in range(rows)
    ]
    return page


def _list(path: tuple[str, ...], number: re.Pattern[str]) -> Callable[[str, int], str]:
    def grow(text: str, rows: int) -> str:
        return json.dumps(_grow_list(text, path, number, rows), ensure_ascii=False)

    return grow


def _rows(number: re.Pattern[str]) -> Callable[[str, int], str]:
    """For a page that is a list itself."""

    def grow(text: str, rows: int) -> str:
        page = _grow_list(json.dumps({"rows": json.loads(text)}), ("rows",), number, rows)
        return json.dumps(page["rows"], ensure_ascii=False)

    return grow


RECIPES: dict[str, Callable[[str, int], str]] = {
    "kz_ets_tender": lambda text, rows: _grow_table(text, rows, _ETS_ID),
    "kz_goszakup": _goszakup,
    "kz_mitwork": _yii,
    "kz_national_bank": _yii,
    "kz_goszakup_api": _list(("data", "Lots"), _GOSZAKUP_ID),
    "eu_ted": _list(("notices",), _TED_ID),
    "ocds": _list(("releases",), _OCID),
    "kz_samruk": _rows(_SAMRUK_ID),
    "uz_etender": _rows(_UZEX_ID),
    "uz_xt_xarid": _list(("result",), _XT_XARID_ID),
    "worldbank": _list(("procnotices",), _WORLDBANK_ID),
}
