"""The page of one lead, and what people do on it."""

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from scrapers.portals import PORTALS
from scrapers.records import Money
from service.desk.lead import LeadView, lead_view
from service.desk.passages import file_sources, sources
from service.digest.cleaning import cut, safe_link
from service.digest.reasons import short_verdict, unconfirmed, verdict_lines
from service.documents.wording import why
from service.errors import InputError
from service.store.lead_work import (
    LONGEST_NOTE,
    EditedMeanwhile,
    Result,
    Work,
    add_note,
    change_work,
    save_result,
)
from service.store.tables.naming import DeclineReason, LeadState
from service.texts import Language, language
from service.web.access import NotThere, Reader, Writer
from service.web.desk import desk_of
from service.web.history import change_words
from service.web.naming import country_name, portal_name
from service.web.rendering import Words, page
from service.web.requirements import requirements
from service.web.viewer import Viewer

router = APIRouter()
MANY = 2_000_000_000  # keys are four bytes on PostgreSQL
Version = Annotated[int, Form(ge=0, le=MANY)]
Short = Annotated[str, Form(max_length=200)]


def _view(request: Request, viewer: Viewer, lead_id: int) -> LeadView:
    desk = desk_of(request)
    if not 0 < lead_id < MANY:
        raise NotThere
    with desk.store.reading() as session:
        view = lead_view(session, viewer.scope, lead_id, desk.clock)
    if view is None:
        raise NotThere
    return view


@router.get("/leads/{lead_id}")
def lead(request: Request, viewer: Reader, lead_id: int) -> Response:
    """Show a lead."""
    return _page(request, viewer, _view(request, viewer, lead_id))


def _page(
    request: Request,
    viewer: Viewer,
    view: LeadView,
    *,
    mine: Work | None = None,
    status: int = 200,
) -> Response:
    """Show a lead; `mine` is what the viewer wanted to store while somebody else did."""
    lang, line, notice = language(viewer.language), view.line, view.lead.notice
    texts = [
        *sources(notice, view.lead.lot),
        *file_sources(view.attached, view.lead.lot),
    ]
    compared, others = requirements(line, lang, texts)
    portal = PORTALS.get(notice.portal)
    hosts = portal.hosts if portal and not notice.sample else frozenset[str]()
    return page(
        request,
        viewer,
        "lead.html",
        status=status,
        view=view,
        changes=[change_words(each, Words(lang, viewer.zone)) for each in view.changes],
        may=view.may.said(lang.code),
        lead=view.lead,
        line=line,
        notice=notice,
        verdict=short_verdict(line, lang),
        asks=verdict_lines(line, lang),
        unconfirmed=unconfirmed(line, lang),
        compared=compared,
        decided=others,
        link=safe_link(notice.url, hosts),
        hosts=hosts,
        files=[(each, why(each.reason, lang)) for each in view.files],
        portal_title=portal_name(notice.portal, lang),
        country=country_name(notice.country, lang) if notice.country else "",
        states=[(each.value, lang.name("state", each.value)) for each in LeadState],
        reasons=[(each.value, lang.name("decline", each.value)) for each in DeclineReason],
        names=dict(view.people),
        form=mine or view.work,
        mine=mine,
        takes_part=view.work.owner == viewer.address,
    )


@router.post("/leads/{lead_id}/take")
def take(request: Request, viewer: Writer, lead_id: int, version: Version) -> Response:
    """Take a lead: it is mine, and I am looking at it."""
    view = _view(request, viewer, lead_id)
    state = LeadState.LOOKING if view.work.state is LeadState.NEW else view.work.state
    return _store(
        request, viewer, view, replace(view.work, state=state, owner=viewer.address), version
    )


@router.post("/leads/{lead_id}/work")
def work(
    request: Request,
    viewer: Writer,
    lead_id: int,
    version: Version,
    state: Annotated[LeadState, Form()],
    owner: Short = "",
    reason: Short = "",
    remark: Annotated[str, Form(max_length=LONGEST_NOTE)] = "",
) -> Response:
    """Set state, owner and reason."""
    view, lang = _view(request, viewer, lead_id), language(viewer.language)
    if owner and owner not in dict(view.people) and owner != view.work.owner:
        raise InputError(lang.text("This person cannot deal with this lead; choose another."))
    known = {each.value for each in DeclineReason}
    if state is LeadState.DECLINED and reason not in known:
        raise InputError(lang.text("Say why it is not for you: choose a reason."))
    wanted = Work(
        state=state,
        owner=owner or None,
        reason=DeclineReason(reason) if state is LeadState.DECLINED else None,
        remark=remark.strip(),
    )
    return _store(request, viewer, view, wanted, version)


def _store(
    request: Request, viewer: Viewer, view: LeadView, wanted: Work, version: int
) -> Response:
    desk = desk_of(request)
    try:
        with desk.store.writing() as session:
            change_work(
                session,
                view.id,
                wanted,
                version,
                desk.now(),
                actor=viewer.address,
                person_id=viewer.person_id,
            )
    except KeyError as error:
        raise NotThere from error
    except EditedMeanwhile:
        fresh = _view(request, viewer, view.id)
        return _page(request, viewer, fresh, mine=wanted, status=409)
    return _back(view.id)


@router.post("/leads/{lead_id}/notes")
def note(
    request: Request,
    viewer: Writer,
    lead_id: int,
    text: Annotated[str, Form(max_length=LONGEST_NOTE)] = "",
) -> Response:
    """Add a note."""
    view, desk, words = _view(request, viewer, lead_id), desk_of(request), text.strip()
    if not words:
        raise InputError(language(viewer.language).text("The note is empty."))
    assert viewer.person_id is not None  # noqa: S101 - a writer is a person
    with desk.store.writing() as session:
        add_note(session, view.id, viewer.person_id, words, desk.now())
    return _back(lead_id)


@router.post("/leads/{lead_id}/result")
def result(
    request: Request,
    viewer: Writer,
    lead_id: int,
    contract: Short = "",
    quantity: Short = "",
    unit: Annotated[str, Form(max_length=20)] = "",
    value: Short = "",
) -> Response:
    """Tell how the bid ended: contract, quantity, sum in tenge."""
    view, desk, lang = _view(request, viewer, lead_id), desk_of(request), language(viewer.language)
    amount, money = _number(quantity, lang), _number(value, lang)
    told = Result(
        contract=cut(contract, 200),
        quantity=amount,
        unit=(cut(unit, 20) or view.lead.product.unit or "") if amount is not None else None,
        value=Money.of(money, "KZT") if money is not None else None,
    )
    with desk.store.writing() as session:
        save_result(
            session,
            lead_id,
            told,
            desk.now(),
            actor=viewer.address,
            person_id=viewer.person_id,
        )
    return _back(lead_id)


def _number(text: str, lang: Language) -> Decimal | None:
    """Read a number as people type it: blanks between thousands, a comma or a point."""
    plain = "".join(text.split()).replace(",", ".")
    if not plain:
        return None
    try:
        number = Decimal(plain)
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or not 0 <= number < Decimal(10) ** 13:
        raise InputError(lang.text("«%(text)s» is no number.", text=cut(text, 40)))
    return number


def _back(lead_id: int) -> Response:
    return RedirectResponse(f"/leads/{lead_id}#work", status_code=303)
