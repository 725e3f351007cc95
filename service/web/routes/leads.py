"""The list of leads, and the searches kept of it."""

from dataclasses import replace
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from service.desk.choices import choices
from service.desk.filters import Filters, Sort
from service.desk.leads import find_leads
from service.errors import InputError
from service.store.searches import remove_search, save_search, saved_searches
from service.texts import Language, language
from service.web.access import Reader, Writer
from service.web.desk import desk_of
from service.web.lines import lead_words
from service.web.naming import Options, options
from service.web.query import LONGEST, Asked, address_of, asked_for, used
from service.web.rendering import Words, page
from service.web.viewer import Viewer

router = APIRouter()
PER_PAGE = 25
DEADLINES = (3, 7, 14, 30)
_LONGEST_QUERY = 2000


@router.get("/")
def home() -> Response:
    """Lead everybody to where the day begins."""
    return RedirectResponse("/leads", status_code=303)


@router.get("/leads", name="leads")
def leads(request: Request, viewer: Reader) -> Response:
    """Show a page of the leads."""
    desk, asked = desk_of(request), asked_for(request.query_params)
    sort = asked.sort or (Sort.IDLE if viewer.is_zone else Sort.BEST)
    with desk.store.reading() as session:
        found = find_leads(
            session, viewer.scope, asked.filters, sort, asked.cursor, PER_PAGE, desk.clock
        )
        offered = desk.kept.get(
            ("choices", viewer.plant_id), lambda: choices(session, viewer.scope)
        )
        kept = saved_searches(session, viewer.person_id) if viewer.person_id else []
    lang = language(viewer.language)
    w, listed = Words(lang, viewer.zone), options(offered, lang)
    return page(
        request,
        viewer,
        "leads.html",
        status=422 if asked.wrong else 200,
        found=found,
        lines=[lead_words(card, w) for card in found.cards],
        filters=asked.filters,
        wrong=[(filter_name(name, lang), value) for name, value in asked.wrong],
        sort=sort,
        sorts=[(each.value, lang.name("sort", each.value)) for each in Sort],
        options=listed,
        chips=_chips(asked, listed, lang),
        more=_more_used(asked.filters),
        deadlines=DEADLINES,
        searches=kept,
        filter_query=address_of(asked.filters, asked.sort),
        next_query=address_of(asked.filters, asked.sort, after=found.after) if found.after else "",
        mine_query=address_of(replace(asked.filters, mine=True), asked.sort),
        first_page=asked.cursor is None,
    )


def filter_name(name: str, lang: Language) -> str:
    """Name a filter."""
    return lang.name("filter", name)


def _chips(asked: Asked, listed: dict[str, Options], lang: Language) -> list[tuple[str, str, str]]:
    """Give the filters in use in words: name, value, and the address of the list without it."""
    chips = []
    for each in used(asked.filters, asked.sort):
        named = dict(listed.get(each.name, []))
        value = "" if each.name in {"mine", "own", "closed"} else named.get(each.value, each.value)
        chips.append((filter_name(each.name, lang), value, each.without))
    return chips


def _more_used(filters: Filters) -> bool:
    """Whether a filter is in use that stands among the further ones."""
    few = Filters(
        text=filters.text,
        plant=filters.plant,
        family=filters.family,
        verdict=filters.verdict,
        deadline_days=filters.deadline_days,
    )
    return filters != few


@router.post("/searches")
def keep_search(
    request: Request,
    viewer: Writer,
    name: Annotated[str, Form(max_length=80)],
    query: Annotated[str, Form(max_length=_LONGEST_QUERY)] = "",
) -> Response:
    """Keep a search of the list under a name."""
    desk, name = desk_of(request), " ".join(name.split())
    if not name:
        raise InputError(language(viewer.language).text("Give the search a name."))
    query = _plain(query)
    with desk.store.writing() as session:
        save_search(session, _id(viewer), name, query, desk.now())
    return RedirectResponse(f"/leads?{query}", status_code=303)


@router.post("/searches/{search_id}/remove")
def forget_search(request: Request, viewer: Writer, search_id: int) -> Response:
    """Forget a kept search."""
    with desk_of(request).store.writing() as session:
        remove_search(session, _id(viewer), search_id)
    return RedirectResponse("/leads", status_code=303)


def _plain(query: str) -> str:
    """Write a query anew, so that what is kept is a query and nothing else."""
    pairs = parse_qsl(query, max_num_fields=LONGEST)
    return urlencode([(name, value) for name, value in pairs if name != "after"])


def _id(viewer: Viewer) -> int:
    assert viewer.person_id is not None  # noqa: S101 - a writer is a person
    return viewer.person_id
