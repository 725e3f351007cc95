"""Answering programs: JSON with a mark of its content, so that nothing is sent twice."""

import hashlib

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from scrapers.records import Money as Sum


class Money(BaseModel):
    """A sum in minor units of its currency, exact: 480000 of KZT is 4,800.00 tenge."""

    minor: int
    currency: str
    vat: str


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""


PROBLEMS: dict[int | str, dict[str, object]] = {
    code: {"model": Problem, "content": {"application/problem+json": {}}, "description": said}
    for code, said in (
        (401, "No token, or one that is no longer good"),
        (403, "The token may not do this"),
        (404, "There is no such record, or it may not be seen"),
        (422, "Something in the request could not be understood"),
        (503, "The database is busy; try again"),
    )
}


def money_of(value: Sum | None) -> Money | None:
    """Give a sum for JSON."""
    if value is None:
        return None
    return Money(minor=value.minor, currency=value.currency, vat=value.vat.value)


def answer(request: Request, body: BaseModel) -> Response:
    """Answer with JSON, or 304 where the program has this very content."""
    content = body.model_dump_json().encode()
    mark = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": mark, "Cache-Control": "private, no-cache"}
    known = request.headers.get("if-none-match", "")
    if mark in (each.strip().removeprefix("W/") for each in known.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)
