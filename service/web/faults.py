"""Errors as answers: a page in plain words with the next step, or JSON under /api."""

from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DatabaseError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from service.errors import InputError, StoreError
from service.texts import language
from service.web.access import NotAllowed, NotSignedIn, NotThere, page_language, viewer_of
from service.web.rendering import page

log = structlog.get_logger(__name__)
_NAMES = {400: "wrong", 403: "not_allowed", 404: "not_there", 405: "wrong", 413: "too_large"}
_MOST_FAULTS, _LONGEST = 5, 1_000
_LONGEST_FORM = 100_000
_SECRETS = frozenset({"password", "new", "old"})
"""Fields that are never written into an answer."""


def on_faults(app: FastAPI) -> None:
    """Register an answer for everything that can be raised."""
    app.add_exception_handler(NotSignedIn, _not_signed_in)
    app.add_exception_handler(NotAllowed, _answer(403, "not_allowed"))
    app.add_exception_handler(NotThere, _answer(404, "not_there"))
    app.add_exception_handler(InputError, _wrong_input)
    app.add_exception_handler(RequestValidationError, _wrong_request)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(StoreError, _busy)
    app.add_exception_handler(DatabaseError, _busy)
    app.add_exception_handler(Exception, _unforeseen)


def fault_page(
    request: Request,
    status: int,
    name: str,
    detail: str | InputError = "",
    *,
    public: bool = False,
    again: Sequence[tuple[str, str]] = (),
) -> Response:
    """Answer with a fault by its name; `detail` is a sentence about this very case, `again` the
    fields of a form that was not stored, to be sent once more."""
    if request.url.path.startswith("/api/"):
        return problem(status, name, str(detail))
    try:
        viewer = None if public else viewer_of(request)
    except (DatabaseError, StoreError):
        viewer = None
    lang = viewer.language if viewer else page_language(request)
    spoken = language(lang)
    shown = "fault.html" if viewer else "fault_public.html"
    if isinstance(detail, InputError):
        name, detail = "not_taken", spoken.told(detail)
    title, advice = spoken.name("trouble", name), spoken.name("advice", name)
    told = {"title": title, "advice": advice, "detail": detail}
    ways = {"again": again, "back": _back(request)}
    return page(request, viewer, shown, status=status, lang=lang, **told, **ways)


def _back(request: Request) -> str:
    """The page of ours that a form was sent from, "" where there is none to go back to."""
    came = urlsplit(request.headers.get("referer", ""))
    ours = came.netloc == request.url.netloc and came.path.startswith("/")
    if request.method == "GET" or not ours or came.path.startswith("//"):
        return ""
    return came.path + (f"?{came.query}" if came.query else "")


def problem(status: int, name: str, detail: str = "") -> Response:
    """Answer a program (RFC 9457); `title` is the fault's name."""
    told = {"type": "about:blank", "title": name, "status": status, "detail": detail}
    return JSONResponse(told, status_code=status, media_type="application/problem+json")


def _not_signed_in(request: Request, _error: Exception) -> Response:
    if request.url.path.startswith("/api/"):
        answer = problem(401, "not_signed_in", "send Authorization: Bearer TOKEN")
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    if request.method != "GET":
        return fault_page(request, 401, "not_signed_in", public=True)
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    address = request.url_for("sign_in").include_query_params(next=wanted)
    return RedirectResponse(f"{address.path}?{address.query}", status_code=303)


def _answer(status: int, name: str):  # type: ignore[no-untyped-def]  # a handler of Starlette
    def answered(request: Request, error: Exception) -> Response:
        if status >= 500:
            log.error("web.fault", path=request.url.path, error=repr(error))
        return fault_page(request, status, name)

    return answered


async def _busy(request: Request, error: Exception) -> Response:
    """Keep what was written: the form goes into the answer, with a button that sends it again."""
    log.error("web.fault", path=request.url.path, error=repr(error))
    fields: list[tuple[str, str]] = []
    if request.method == "POST":
        with suppress(Exception):  # read by nobody before, and now cut off or broken
            sent = (await request.form()).multi_items()
            fields = [(name, value) for name, value in sent if isinstance(value, str)]
            is_long = sum(len(value) for _, value in fields) > _LONGEST_FORM
            if len(fields) < len(sent) or is_long or _SECRETS & {name for name, _ in fields}:
                fields = []  # a file is chosen anew, a password typed
    return await run_in_threadpool(fault_page, request, 503, "busy", again=fields)


def _wrong_request(request: Request, error: Exception) -> Response:
    """Name what was not understood to a program; a person sees the page's own words.

    A part of a page's address that is no number, as in /leads/abc, is a page that is not there.
    """
    faults = error.errors()[:_MOST_FAULTS] if isinstance(error, RequestValidationError) else []
    if not request.url.path.startswith("/api/"):
        if any(each["loc"][0] == "path" for each in faults):
            return fault_page(request, 404, "not_there")
        return fault_page(request, 422, "wrong")
    told = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in faults]
    return problem(422, "wrong", "; ".join(told)[:_LONGEST])


def _wrong_input(request: Request, error: Exception) -> Response:
    return fault_page(request, 422, "wrong", error if isinstance(error, InputError) else "")


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    answer = fault_page(request, status, _NAMES.get(status, "wrong"))
    if isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)
    return answer


def _unforeseen(request: Request, error: Exception) -> Response:
    log.error("web.unforeseen", path=request.url.path, error=repr(error), exc_info=error)
    return fault_page(request, 500, "ours")
