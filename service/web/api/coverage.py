"""How the portals are read, by API."""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from service.health.status import portals_of
from service.web.access import Official
from service.web.api.answers import PROBLEMS, answer
from service.web.desk import desk_of

router = APIRouter(tags=["coverage"])


class Portal(BaseModel):
    """A portal with its last reading; `outcome` is null before the first one."""

    name: str
    title: str
    enabled: bool
    why_not: str
    notices: int
    outcome: str | None
    fault: str | None
    reason: str
    ended_at: datetime | None
    last_ok_at: datetime | None


class Coverage(BaseModel):
    """All portals."""

    items: list[Portal]


@router.get("/coverage", response_model=Coverage, responses=PROBLEMS)
def coverage(
    request: Request,
    viewer: Official,  # noqa: ARG001 - officials only
) -> Response:
    """Give the portals with their last readings."""
    desk = desk_of(request)
    items = [
        Portal(
            name=each.name,
            title=each.title,
            enabled=each.enabled,
            why_not=each.why_not,
            notices=each.notices,
            outcome=each.health.outcome.value if each.health else None,
            fault=each.health.fault if each.health else None,
            reason=each.health.reason if each.health else "",
            ended_at=each.health.ended_at if each.health else None,
            last_ok_at=each.health.last_ok_at if each.health else None,
        )
        for each in portals_of(desk.config, desk.mode, desk.store)
    ]
    return answer(request, Coverage(items=items))
