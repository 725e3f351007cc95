"""The description of the API for programs that read OpenAPI."""

from functools import cache
from typing import Any

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from starlette.responses import JSONResponse, Response

router = APIRouter()
VERSION = "1"
_ABOUT = """The same data as the pages. Send `Authorization: Bearer TOKEN`; a token sees what its
person sees. Lists are paged by `after`, answers carry an ETag, errors are RFC 9457 problems."""


@router.get("/openapi.json", include_in_schema=False)
def openapi() -> Response:
    """Give the OpenAPI document. It holds nothing that is anybody's, and needs no token."""
    return JSONResponse(document())


@cache
def document() -> dict[str, Any]:
    """Make the OpenAPI document."""
    from service.web.api import router as api  # noqa: PLC0415 - it imports this module

    made: dict[str, Any] = get_openapi(
        title="Suranys", version=VERSION, description=_ABOUT, routes=api.routes
    )
    made.setdefault("components", {})["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"}
    }
    made["security"] = [{"token": []}]
    return made
