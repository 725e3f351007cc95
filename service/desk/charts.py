"""Charts as SVG, drawn on the server: a picture that mail, print and a strict CSP all take.

Colours are those of the pages. A picture inside `<img>` takes no style sheet of the page, so each
carries its own for dark screens.
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from textwrap import wrap
from typing import Any

import vl_convert

INK, MUTED, LINE = "#16211f", "#53615f", "#d9e0de"
SURE, ASK, IDLE = "#1c8a4b", "#d39a2c", "#cdd6d4"
SERIES = ("#0b7d74", "#2b6cb0", "#cf8f1f", "#8a4fa3", "#b5484b", "#3a8f98", "#6b7685", "#a0703c")
_DARK = {
    INK: "#e6edeb",
    MUTED: "#a2b1ae",
    LINE: "#2c3937",
    IDLE: "#46534f",
    SURE: "#4cb782",
    ASK: "#e3b04b",
    SERIES[0]: "#37b3a8",
    SERIES[1]: "#63a4e8",
    SERIES[2]: "#ecb858",
    SERIES[3]: "#bb86d4",
    SERIES[4]: "#e27d80",
    SERIES[5]: "#62bcc5",
    SERIES[6]: "#98a4b1",
    SERIES[7]: "#cf9f6a",
}
# The renderer measures with a font of its own: metrics alike wherever a page is read.
FONT = "Arial, 'Liberation Sans', Roboto, sans-serif"
NAMES = {
    "field": "label",
    "type": "nominal",
    "sort": {"field": "place"},
    "title": None,
    "axis": {"ticks": False, "domain": False, "grid": False},
}
"""The axis of names of a chart of bars, in the order given."""
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
LINE_LENGTH, MOST_LINES = 38, 2


def draw(spec: Mapping[str, Any]) -> str:
    """Draw a Vega-Lite specification; equal ones are drawn once."""
    return _drawn(json.dumps(spec, ensure_ascii=False, sort_keys=True))


@lru_cache(maxsize=256)
def _drawn(spec: str) -> str:
    svg: str = vl_convert.vegalite_to_svg(spec)
    rules = "".join(
        f'[fill="{light}"]{{fill:{dark}}}[stroke="{light}"]{{stroke:{dark}}}'
        for light, dark in _DARK.items()
    )
    style = f"<style>@media (prefers-color-scheme:dark){{{rules}}}</style>"
    start = svg.index(">") + 1
    return svg[:start] + style + svg[start:]


def _wrapped(label: str) -> str:
    """Break a long name into two lines, and mark what does not fit with «…»."""
    found = wrap(" ".join(label.split()), LINE_LENGTH, max_lines=MOST_LINES, placeholder="…")
    return "\n".join(found)


def _base(width: int, values: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    label = {"labelColor": INK, "titleColor": MUTED, "labelFontSize": 12, "titleFontSize": 12}
    return {
        "$schema": _SCHEMA,
        "width": width,
        "background": "transparent",
        "padding": {"left": 16, "right": 12, "top": 4, "bottom": 4},
        "data": {"values": list(values)},
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {
                **label,
                "gridColor": LINE,
                "domainColor": LINE,
                "tickColor": LINE,
                "titleFontWeight": "normal",
                "labelLimit": 300,
                # A label of two lines is given as one text.
                "labelExpr": "split(datum.label, '\\n')",
            },
            "legend": {
                **label,
                "orient": "top",
                "title": None,
                "symbolType": "square",
                "columnPadding": 28,
            },
        },
    }


def filled(
    rows: Sequence[tuple[str, float, float]], words: Mapping[str, str], *, width: int = 560
) -> str:
    """Draw how much of each product's or plant's idle capacity open leads would fill.

    `rows` are label, part surely fitting and part to be clarified, of 1; beyond 1 the bar is full.
    `words` name `can`, `check`, `rest` and the axis (`title`).
    """
    parts = ("can", "check", "rest")
    values = []
    for place, (label, can, check) in enumerate(rows):
        sure = min(can, 1.0)
        ask = min(check, 1.0 - sure)
        for order, (part, value) in enumerate(
            zip(parts, (sure, ask, 1.0 - sure - ask), strict=True)
        ):
            values.append(
                {
                    "label": _wrapped(label),
                    "place": place,
                    "part": words[part],
                    "order": order,
                    "value": round(value, 6),
                }
            )
    spec = _base(width, values)
    spec["height"] = {"step": 34}
    spec["mark"] = {"type": "bar", "height": 18}
    spec["encoding"] = {
        "y": NAMES,
        "x": {
            "field": "value",
            "type": "quantitative",
            "stack": "zero",
            "scale": {"domain": [0, 1]},
            "axis": {"format": ".0%", "tickCount": 5},
            "title": words["title"],
        },
        "order": {"field": "order"},
        "color": {
            "field": "part",
            "type": "nominal",
            "scale": {"domain": [words[part] for part in parts], "range": [SURE, ASK, IDLE]},
        },
    }
    return draw(spec)


def by_month(
    months: Mapping[str, Mapping[str, int]],
    labels: Mapping[str, str],
    names: Mapping[str, str],
    title: str,
    *,
    width: int = 560,
) -> str:
    """Draw counts by month and family as stacked columns. `labels` word the months, `names` the
    families."""
    families = sorted({family for each in months.values() for family in each})
    values = [
        {"month": labels[month], "family": names[family], "count": count}
        for month, each in months.items()
        for family, count in each.items()
    ]
    spec = _base(width, values)
    spec["height"] = 220
    spec["mark"] = {"type": "bar"}
    spec["encoding"] = {
        "x": {
            "field": "month",
            "type": "ordinal",
            "sort": [labels[month] for month in months],
            "title": None,
            "axis": {"labelAngle": 0, "ticks": False, "grid": False},
        },
        "y": {
            "field": "count",
            "type": "quantitative",
            "title": title,
            "axis": {"tickMinStep": 1, "domain": False},
        },
        "color": {
            "field": "family",
            "type": "nominal",
            "scale": {
                "domain": [names[each] for each in families],
                "range": [SERIES[place % len(SERIES)] for place in range(len(families))],
            },
            "legend": {"columns": 2, "labelLimit": 240},
        },
    }
    return draw(spec)


def bars(rows: Sequence[tuple[str, float]], title: str, *, width: int = 560) -> str:
    """Draw one number a row, the order kept."""
    values = [
        {"label": _wrapped(label), "value": value, "place": place}
        for place, (label, value) in enumerate(rows)
    ]
    spec = _base(width, values)
    spec["height"] = {"step": 28}
    spec["mark"] = {"type": "bar", "height": 16, "color": SERIES[0]}
    spec["encoding"] = {
        "y": NAMES,
        "x": {
            "field": "value",
            "type": "quantitative",
            "title": title,
            "axis": {"tickMinStep": 1, "tickCount": 5},
        },
    }
    return draw(spec)
