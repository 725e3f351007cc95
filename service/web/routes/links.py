"""Pages behind the links of mails, without signing in. GET shows, POST acts: scanners follow links.

A link says only what its mail said, to the person the mail went to.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from service.desk.lead import LeadView, lead_view
from service.desk.scope import Scope
from service.digest.reasons import short_verdict, verdict_lines
from service.outbox.letters import UNSUBSCRIBE
from service.people.actions import (
    ACTIONS,
    LEAD,
    PREFERENCES,
    NoSuchLead,
    Taken,
    act,
    subscribe,
    unsubscribe,
)
from service.people.links import BadLink, Link
from service.people.listing import Person, person_by_id
from service.store.tables import PersonRow
from service.store.tables.naming import DeclineReason, Role
from service.texts import language
from service.web.access import NotAllowed, chosen_language
from service.web.desk import Desk, desk_of
from service.web.faults import fault_page
from service.web.rendering import page
from service.web.wishes import form, keep

router = APIRouter()
Remark = Annotated[str, Form(max_length=1000)]


def _verified(request: Request, purpose: str, token: str) -> tuple[Desk, Link] | Response:
    desk = desk_of(request)
    if desk.guest and request.method != "GET":
        raise NotAllowed
    try:
        return desk, desk.key.verify(purpose, token, desk.now())
    except BadLink as error:
        name = "link_expired" if error.expired else "link_wrong"
        return fault_page(request, 410 if error.expired else 404, name, public=True)


def _lang(request: Request, desk: Desk, person: Person | None) -> str:
    own = person.preferences.language if person else None
    return chosen_language(request) or own or desk.config.digest.language


@router.get("/l/{token}")
def show_lead(request: Request, token: str) -> Response:
    """Show a lead with what can be done about it."""
    verified = _verified(request, LEAD, token)
    if isinstance(verified, Response):
        return verified
    return _lead(request, *verified, token)


@router.post("/l/{token}")
def act_on_lead(
    request: Request,
    token: str,
    action: Annotated[str, Form(max_length=20)],
    reason: Annotated[str, Form(max_length=40)] = "",
    remark: Remark = "",
) -> Response:
    """Take or decline a lead, or tell whether the plant makes such a thing."""
    verified = _verified(request, LEAD, token)
    if isinstance(verified, Response):
        return verified
    desk, link = verified
    known = {each.value for each in DeclineReason}
    if action not in ACTIONS or (action == "decline" and reason not in known):
        return _lead(request, desk, link, token, trouble="no_reason", status=422)
    why = DeclineReason(reason) if action == "decline" else None
    try:
        with desk.store.writing() as session:
            act(session, link, action, desk.now(), reason=why, remark=remark)
    except NoSuchLead:
        return fault_page(request, 410, "lead_gone", public=True)
    except Taken as taken:
        return _lead(request, desk, link, token, taken=taken.owner, status=409)
    return _lead(request, desk, link, token, done=action)


def _lead(
    request: Request,
    desk: Desk,
    link: Link,
    token: str,
    *,
    done: str = "",
    trouble: str = "",
    taken: str = "",
    status: int = 200,
) -> Response:
    person, view = _seen_by(desk, link)
    if view is None:
        return fault_page(request, 410, "lead_gone", public=True)
    code = _lang(request, desk, person)
    lang = language(code)
    return page(
        request,
        None,
        "link_lead.html",
        lang=code,
        status=status,
        token=token,
        view=view,
        line=view.line,
        lead=view.lead,
        verdict=short_verdict(view.line, lang),
        asks=verdict_lines(view.line, lang),
        reasons=[(each.value, lang.name("decline", each.value)) for each in DeclineReason],
        done=done,
        trouble=trouble,
        taken=taken,
    )


def _seen_by(desk: Desk, link: Link) -> tuple[Person | None, LeadView | None]:
    """Give the lead of a link as its person may see it, None for one who no longer may."""
    with desk.store.reading() as session:
        person = person_by_id(session, link.person)
        row = session.get(PersonRow, link.person)
        if person is None or row is None or person.disabled_at is not None or not link.ids:
            return person, None
        if person.role is Role.PLANT and row.plant_id is None:
            return person, None
        scope = Scope(row.plant_id if person.role is Role.PLANT else None, person.address)
        return person, lead_view(session, scope, link.ids[0], desk.clock)


@router.get("/u/{token}")
def show_unsubscribe(request: Request, token: str) -> Response:
    """Show the button that ends the mails."""
    return _unsubscribe(request, token, None)


@router.post("/u/{token}")
def end_mails(request: Request, token: str) -> Response:
    """End the mails, at the first POST and at every further one (RFC 8058): no redirect, no
    cookie, no question."""
    return _unsubscribe(request, token, False)


@router.post("/u/{token}/back")
def begin_mails(request: Request, token: str) -> Response:
    """Let the mails begin again."""
    return _unsubscribe(request, token, True)


def _unsubscribe(request: Request, token: str, wanted: bool | None) -> Response:
    verified = _verified(request, UNSUBSCRIBE, token)
    if isinstance(verified, Response):
        return verified
    desk, link = verified
    if wanted is not None:
        with desk.store.writing() as session:
            wish = subscribe if wanted else unsubscribe
            wish(session, link.person, desk.now())
    with desk.store.reading() as session:
        person = person_by_id(session, link.person)
    if person is None:
        return fault_page(request, 410, "link_expired", public=True)
    return page(
        request,
        None,
        "link_unsubscribe.html",
        lang=_lang(request, desk, person),
        token=token,
        ended=person.unsubscribed_at is not None,
        changed=wanted is not None,
        preferences=f"/p/{desk.key.sign(PREFERENCES, link.person)}",
    )


@router.get("/p/{token}")
def show_wishes(request: Request, token: str) -> Response:
    """Show the form of preferences."""
    verified = _verified(request, PREFERENCES, token)
    if isinstance(verified, Response):
        return verified
    return _wishes(request, *verified, token)


@router.post("/p/{token}")
async def set_wishes(request: Request, token: str) -> Response:
    """Store what a person wants to be told."""
    data = await request.form()
    return await run_in_threadpool(_set_wishes, request, token, data)


def _set_wishes(request: Request, token: str, data: FormData) -> Response:
    verified = _verified(request, PREFERENCES, token)
    if isinstance(verified, Response):
        return verified
    desk, link = verified
    with desk.store.writing() as session:
        person = person_by_id(session, link.person)
        if person is None or person.disabled_at is not None:
            return fault_page(request, 410, "link_expired", public=True)
        lang = language(_lang(request, desk, person))
        keep(session, person, data, "link", desk.now(), lang)
    return _wishes(request, desk, link, token, saved=True)


def _wishes(
    request: Request, desk: Desk, link: Link, token: str, *, saved: bool = False
) -> Response:
    with desk.store.reading() as session:
        person = person_by_id(session, link.person)
    if person is None or person.disabled_at is not None:
        return fault_page(request, 410, "link_expired", public=True)
    code = _lang(request, desk, person)
    return page(
        request,
        None,
        "link_wishes.html",
        lang=code,
        action=f"/p/{token}",
        wishes=person.preferences,
        form=form(language(code), person.preferences),
        saved=saved,
    )
