"""One's own account: what to be told, password, keys of API clients."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from service.errors import InputError
from service.jobs.preview import month_preview
from service.people.inviting import set_password
from service.people.listing import person_by_id
from service.people.preferences import DEFAULTS
from service.store.journal import record
from service.store.sessions import end_sessions, start_session
from service.store.tables import PersonRow
from service.store.tokens import new_token, revoke_token, tokens_of
from service.texts import language
from service.web.access import LANGUAGE_COOKIE, InPerson, NotThere, give_session
from service.web.desk import Desk, desk_of
from service.web.passwords import hash_password, verify_password
from service.web.rendering import page
from service.web.viewer import Right, Viewer
from service.web.wishes import chosen, form, keep

router = APIRouter()
TOKEN_LASTS = timedelta(days=365)


def id_of(viewer: Viewer) -> int:
    """Give the id of somebody who may write: never a guest."""
    assert viewer.person_id is not None  # noqa: S101 - guests write nothing
    return viewer.person_id


@router.get("/me")
def me(request: Request, viewer: InPerson) -> Response:
    """Show one's own account."""
    return _page(request, viewer)


def _page(
    request: Request, viewer: Viewer, *, token: str = "", data: FormData | None = None
) -> Response:
    """Lay the account out. `data` are choices to be tried and not stored."""
    desk = desk_of(request)
    month = None
    with desk.store.reading() as session:
        person = person_by_id(session, id_of(viewer))
        wishes = person.preferences if person else DEFAULTS
        if person is not None and data is not None:
            wishes = chosen(data, wishes, language(viewer.language))
            # Only when asked for: with 5,000 leads it takes two seconds of processor time.
            month = month_preview(session, person, wishes, desk.config, desk.clock)
        row = session.get(PersonRow, id_of(viewer))
        tokens = tokens_of(session, id_of(viewer))
    if person is None or row is None:
        raise NotThere
    return page(
        request,
        viewer,
        "me.html",
        person=person,
        wishes=wishes,
        month=month,
        unsaved=wishes != person.preferences,
        form=form(language(viewer.language), wishes),
        has_password=row.password_hash is not None,
        tokens=tokens,
        token=token,
        rights=list(Right),
    )


@router.post("/me/preferences")
async def set_wishes(request: Request, viewer: InPerson) -> Response:
    """Store what somebody wants to be told."""
    data = await request.form()
    return await run_in_threadpool(_set_wishes, request, viewer, data)


@router.post("/me/preferences/month")
async def try_wishes(request: Request, viewer: InPerson) -> Response:
    """Say what these choices would have meant in the last month, storing nothing."""
    data = await request.form()
    return await run_in_threadpool(_page, request, viewer, data=data)


def _set_wishes(request: Request, viewer: Viewer, data: FormData) -> Response:
    desk = desk_of(request)
    with desk.store.writing() as session:
        person = person_by_id(session, id_of(viewer))
        if person is None:
            raise NotThere
        lang = language(viewer.language)
        wishes = keep(session, person, data, viewer.address, desk.now(), lang)
    answer = RedirectResponse("/me", status_code=303)
    if wishes.language:
        answer.set_cookie(
            LANGUAGE_COOKIE, wishes.language, max_age=31536000, secure=desk.secure, samesite="lax"
        )
    return answer


@router.post("/me/password")
def set_own_password(
    request: Request,
    viewer: InPerson,
    new: Annotated[str, Form(max_length=400)],
    old: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Set a password; every other browser is signed out, this one goes on with a new session."""
    desk = desk_of(request)
    with desk.store.reading() as session:
        row = session.get(PersonRow, id_of(viewer))
    stored = row.password_hash if row else None
    if stored is not None and not verify_password(stored, old):
        raise InputError(language(viewer.language).text("The present password is another one."))
    hashed = hash_password(new)
    with desk.store.writing() as session:
        set_password(session, id_of(viewer), hashed, desk.now(), actor=viewer.address)
        return _renewed(session, desk, viewer)


@router.post("/me/sign-out-everywhere")
def sign_out_everywhere(request: Request, viewer: InPerson) -> Response:
    """End every other session."""
    desk = desk_of(request)
    with desk.store.writing() as session:
        end_sessions(session, id_of(viewer))
        return _renewed(session, desk, viewer)


def _renewed(session: Session, desk: Desk, viewer: Viewer) -> Response:
    lasts = timedelta(days=desk.config.desk.session_days)
    secret = start_session(session, id_of(viewer), desk.now(), lasts)
    answer = RedirectResponse("/me", status_code=303)
    give_session(answer, desk, secret, lasts)
    return answer


@router.post("/me/tokens")
def make_token(
    request: Request,
    viewer: InPerson,
    name: Annotated[str, Form(max_length=80)],
    rights: Annotated[list[Right] | None, Form()] = None,
) -> Response:
    """Make a key for an API client, and show it this once."""
    desk, given = desk_of(request), frozenset(each.value for each in rights or [Right.READ])
    with desk.store.writing() as session:
        secret = new_token(
            session, id_of(viewer), name.strip() or "API", given, desk.now(), TOKEN_LASTS
        )
        record(
            session,
            desk.now(),
            viewer.address,
            "token",
            "person",
            id_of(viewer),
            person_id=viewer.person_id,
            new={"name": name, "rights": " ".join(sorted(given))},
        )
    return _page(request, viewer, token=secret)


@router.post("/me/tokens/{token_id}/revoke")
def revoke(request: Request, viewer: InPerson, token_id: int) -> Response:
    """Revoke one's own key."""
    desk = desk_of(request)
    with desk.store.writing() as session:
        if not 0 < token_id < 2**31 or not revoke_token(
            session, token_id, id_of(viewer), desk.now()
        ):
            raise NotThere
        record(
            session,
            desk.now(),
            viewer.address,
            "revoke",
            "person",
            id_of(viewer),
            person_id=viewer.person_id,
        )
    return RedirectResponse("/me", status_code=303)
