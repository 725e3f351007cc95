"""Signing in, by a one-time link or by password, and out.

Unknown people get the same answer in the same time: the mail is made after the answer has left,
and a password is always compared with some hash.
"""

import ipaddress
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from sqlmodel import Session, select
from starlette.background import BackgroundTask
from starlette.responses import RedirectResponse, Response

from service.people.listing import Person, find_person, person_by_id
from service.store.attempts import forget_attempts, note_attempt
from service.store.journal import record
from service.store.sessions import end_session, link_holds, spend_login_link, start_session
from service.store.tables import PersonRow
from service.texts import LANGUAGES
from service.web.access import (
    LANGUAGE_COOKIE,
    NotAllowed,
    NotThere,
    cookie_name,
    give_session,
    page_language,
)
from service.web.desk import Desk, desk_of
from service.web.faults import fault_page
from service.web.letters import put_sign_in, send_now
from service.web.passwords import verify_password
from service.web.rendering import page

router = APIRouter()
_YEAR = 365 * 24 * 3600
Text = Annotated[str, Form(max_length=400)]
NextPage = Annotated[str, Form(alias="next", max_length=2000)]


@router.get("/sign-in", name="sign_in")
def sign_in(request: Request, next: str = "/") -> Response:  # noqa: A002 - the word in the address
    """Show the form."""
    return _form(request, wanted=next)


@router.post("/sign-in/link")
def send_link(request: Request, address: Text, wanted: NextPage = "/") -> Response:
    """Send a one-time link, if the address is somebody's."""
    desk = _open_desk(request)
    with desk.store.writing() as session:
        may = note_attempt(session, address, network_of(request), desk.now())
    if not may:
        return _form(request, wanted=wanted, trouble="too_many", status=429)
    answer = _form(request, wanted=wanted, sent=True)
    answer.background = BackgroundTask(_mail_link, desk, address)
    return answer


@router.post("/sign-in/password")
def by_password(
    request: Request, address: Text, password: Text, wanted: NextPage = "/"
) -> Response:
    """Sign in by password."""
    desk = _open_desk(request)
    with desk.store.writing() as session:
        may = note_attempt(session, address, network_of(request), desk.now())
        query = select(PersonRow).where(PersonRow.address == address.strip().lower())
        row = session.exec(query).first()
        found = (row.id, row.password_hash) if row and row.disabled_at is None else (None, None)
    if not may:
        return _form(request, wanted=wanted, trouble="too_many", status=429)
    good = verify_password(found[1], password)
    if not good or found[0] is None:
        return _form(request, wanted=wanted, trouble="wrong_password", status=403)
    with desk.store.writing() as session:
        return _signed_in(session, request, found[0], "password", wanted)


@router.get("/sign-in/link/{secret}")
def show_link(request: Request, secret: str, next: str = "/") -> Response:  # noqa: A002 - as above
    """Show the button of a link. Nothing is spent: mail scanners open links too."""
    desk = _open_desk(request)
    with desk.store.reading() as session:
        holds = link_holds(session, secret, desk.now())
    if not holds:
        return fault_page(request, 410, "link_spent", public=True)
    lang = page_language(request)
    return page(request, None, "sign_in_link.html", lang=lang, secret=secret, wanted=safe(next))


@router.post("/sign-in/link/{secret}")
def use_link(request: Request, secret: str, wanted: NextPage = "/") -> Response:
    """Spend a link and sign its person in."""
    desk = _open_desk(request)
    with desk.store.writing() as session:
        person_id = spend_login_link(session, secret, desk.now())
        if person_id is not None:
            return _signed_in(session, request, person_id, "link", wanted)
    return fault_page(request, 410, "link_spent", public=True)


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """End this browser's session."""
    desk = desk_of(request)
    secret = request.cookies.get(cookie_name(desk))
    if secret and not desk.guest:
        with desk.store.writing() as session:
            end_session(session, secret)
    answer = RedirectResponse("/sign-in", status_code=303)
    answer.delete_cookie(cookie_name(desk), secure=desk.secure, httponly=True, samesite="lax")
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@router.get("/language/{code}")
def choose_language(request: Request, code: str, next: str = "/") -> Response:  # noqa: A002
    """Remember the language of the pages in this browser."""
    if code not in LANGUAGES:
        raise NotThere
    answer = RedirectResponse(safe(next), status_code=303)
    secure = desk_of(request).secure
    answer.set_cookie(LANGUAGE_COOKIE, code, max_age=_YEAR, secure=secure, samesite="lax")
    return answer


def safe(wanted: str) -> str:
    """Give a page of ours to go to, `/` for anything that would lead to another site."""
    plain = wanted.isprintable() and "\\" not in wanted
    return wanted if plain and wanted.startswith("/") and not wanted.startswith("//") else "/"


def network_of(request: Request) -> str:
    """Give the network a request comes from: /24 of IPv4, /64 of IPv6."""
    try:
        address = ipaddress.ip_address(request.client.host if request.client else "")
    except ValueError:
        return "unknown"
    length = 24 if address.version == 4 else 64
    return str(ipaddress.ip_network(f"{address}/{length}", strict=False))


def _open_desk(request: Request) -> Desk:
    """Give the desk, unless it is open to guests, where nobody signs in and nothing is written."""
    desk = desk_of(request)
    if desk.guest:
        raise NotAllowed
    return desk


def _form(
    request: Request, *, wanted: str, trouble: str = "", sent: bool = False, status: int = 200
) -> Response:
    return page(
        request,
        None,
        "sign_in.html",
        lang=page_language(request),
        status=status,
        wanted=safe(wanted),
        trouble=trouble,
        sent=sent,
    )


def _mail_link(desk: Desk, address: str) -> None:
    with desk.store.writing() as session:
        person = find_person(session, address.strip())
        if person is not None and _may_sign_in(person):
            put_sign_in(session, desk, person)
    send_now(desk)


def _may_sign_in(person: Person) -> bool:
    return person.disabled_at is None


def _signed_in(
    session: Session, request: Request, person_id: int, how: str, wanted: str
) -> Response:
    """Begin a new session, whatever cookie the browser came with, and go to the page wanted."""
    desk, now = desk_of(request), desk_of(request).now()
    person = person_by_id(session, person_id)
    if person is None:
        raise NotThere
    before = request.cookies.get(cookie_name(desk))
    if before:
        end_session(session, before)
    lasts = timedelta(days=desk.config.desk.session_days)
    secret = start_session(session, person_id, now, lasts)
    forget_attempts(session, person.address)
    record(
        session,
        now,
        person.address,
        f"signed in by {how}",
        "person",
        person_id,
        person_id=person_id,
    )
    answer = RedirectResponse(safe(wanted), status_code=303)
    give_session(answer, desk, secret, lasts)
    return answer
