"""Signing in, by a one-time link or by password, and out."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from service.web.access import page_language
from service.web.rendering import page

router = APIRouter()


@router.get("/sign-in", name="sign_in")
def sign_in(request: Request, next: str = "/") -> Response:  # noqa: A002 - the word in the address
    """Show the form."""
    return page(request, None, "sign_in.html", lang=page_language(request), next=next)
