"""Who is asking, as dependencies of routes. A route that names none is open to everybody.

`Reader` is anybody who may read pages, `Official` who sees the whole zone, `Writer` who may change
things; people of a plant are kept to it by `viewer.scope`, which every query takes. A bearer
token stands for its person, with the rights it was given; but what lets somebody in (passwords,
keys, people) asks for the person, `InPerson`: a stolen key must not beget what outlives it.
"""

from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from service.store.sessions import session_person
from service.store.tables import PersonRow
from service.store.tables.naming import Role
from service.store.tokens import find_token, is_stale, note_use
from service.texts import LANGUAGES
from service.web.desk import Desk, desk_of
from service.web.viewer import Right, Viewer

COOKIE = "suranys"
LANGUAGE_COOKIE = "suranys-language"
_LOCAL = frozenset({"ru", "kk"})


class NotSignedIn(Exception):
    """Raised where a page needs to know who asks; people are led to the sign-in."""


class NotAllowed(Exception):
    """Raised where the viewer may not do this."""


class NotThere(Exception):
    """Raised for a record that does not exist, or belongs to a plant the viewer may not see."""


def cookie_name(desk: Desk) -> str:
    """Name the session cookie. Browsers take `__Host-` only over TLS and for this host alone."""
    return f"__Host-{COOKIE}" if desk.secure else COOKIE


def give_session(answer: Response, desk: Desk, secret: str, lasts: timedelta) -> None:
    """Hand a browser the secret of its session, in a cookie that scripts cannot read."""
    answer.set_cookie(
        cookie_name(desk),
        secret,
        max_age=int(lasts.total_seconds()),
        secure=desk.secure,
        httponly=True,
        samesite="lax",
        path="/",
    )


def viewer_of(request: Request) -> Viewer | None:
    """Give who is asking, by bearer token or cookie; None for a stranger."""
    desk = desk_of(request)
    asked = request.headers.get("authorization", "")
    if asked.lower().startswith("bearer "):
        return _by_token(desk, asked[7:].strip(), request)
    secret = request.cookies.get(cookie_name(desk))
    if secret:
        idle = timedelta(hours=desk.config.desk.idle_hours)
        person_id = session_person(desk.store, secret, desk.now(), idle=idle)
        if person_id is not None and (viewer := _viewer(desk, person_id, request)):
            return viewer
    if desk.guest:
        return Viewer(
            role="guest",
            name="",
            language=page_language(request),
            zone=desk.config.zone.timezone,
            rights=frozenset({Right.READ}),
            own_buyers=desk.config.desk.own_buyers,
        )
    return None


def _by_token(desk: Desk, secret: str, request: Request) -> Viewer | None:
    with desk.store.reading() as session:
        token = find_token(session, secret, desk.now())
    if token is None or token.id is None:
        return None
    if is_stale(token, desk.now()) and not desk.guest:
        with desk.store.writing() as session:
            note_use(session, token.id, desk.now())
    rights = frozenset(Right(each) for each in token.rights.split())
    return _viewer(desk, token.person_id, request, rights)


def _viewer(
    desk: Desk, person_id: int, request: Request, rights: frozenset[Right] = frozenset(Right)
) -> Viewer | None:
    """Give a person as a viewer; None for one who may no longer sign in, or belongs to no plant."""
    with desk.store.reading() as session:
        row = session.get(PersonRow, person_id)
    if row is None or row.disabled_at is not None:
        return None
    if row.role == Role.PLANT and row.plant_id is None:
        return None
    known = row.language if row.language in LANGUAGES else None
    return Viewer(
        role=Role(row.role),
        name=row.name,
        person_id=row.id,
        address=row.address,
        plant_id=row.plant_id if row.role == Role.PLANT else None,
        department=row.department,
        language=chosen_language(request) or known or desk.config.digest.language,
        zone=desk.config.zone.timezone,
        rights=rights,
        own_buyers=desk.config.desk.own_buyers,
    )


def chosen_language(request: Request) -> str | None:
    """Give the language that was chosen on a page."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in LANGUAGES else None


def page_language(request: Request) -> str:
    """Give the language of a page that nobody signed in for: chosen, or that of the configuration;
    Kazakh or Russian where the browser asks for it. Browsers here are often set to English though
    their people are not, so English must be chosen."""
    chosen = chosen_language(request)
    if chosen:
        return chosen
    for part in request.headers.get("accept-language", "")[:200].split(","):
        code = part.split(";")[0].strip().lower()[:2]
        if code in _LOCAL:
            return code
    return desk_of(request).config.digest.language


def _reader(request: Request) -> Viewer:
    viewer = viewer_of(request)
    if viewer is None:
        raise NotSignedIn
    if Right.READ not in viewer.rights:
        raise NotAllowed
    return viewer


Reader = Annotated[Viewer, Depends(_reader)]


def _official(viewer: Reader) -> Viewer:
    if not viewer.is_zone:
        raise NotAllowed
    return viewer


def _writer(request: Request, viewer: Reader) -> Viewer:
    if not viewer.may_write:
        raise NotAllowed
    desk_of(request).kept.forget()
    return viewer


Official = Annotated[Viewer, Depends(_official)]
Writer = Annotated[Viewer, Depends(_writer)]


def _in_person(request: Request, viewer: Writer) -> Viewer:
    if "authorization" in request.headers:
        raise NotAllowed
    return viewer


InPerson = Annotated[Viewer, Depends(_in_person)]


def _official_writer(viewer: Writer) -> Viewer:
    if not viewer.is_zone:
        raise NotAllowed
    return viewer


def _admin(viewer: InPerson) -> Viewer:
    if not viewer.is_admin:
        raise NotAllowed
    return viewer


OfficialWriter = Annotated[Viewer, Depends(_official_writer)]
Admin = Annotated[Viewer, Depends(_admin)]
