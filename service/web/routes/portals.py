"""The portals: how each was read last, and what to do where one fails."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from service.health.coverage import coverage
from service.health.status import portals_of
from service.web.access import Official
from service.web.desk import desk_of
from service.web.rendering import page

router = APIRouter()


@router.get("/portals")
def portals(request: Request, viewer: Official) -> Response:
    """Show every portal with its last reading."""
    desk = desk_of(request)
    found = portals_of(desk.config, desk.mode, desk.store)
    with desk.store.reading() as session:
        market = coverage(session, desk.config, desk.clock, live=desk.mode == "live")
    unread = [each for each in market if not each.read]
    return page(
        request,
        viewer,
        "portals.html",
        portals=found,
        bands=desk.config.portal,
        unread=unread,
        covered={each.name: each for each in market if each.name},
    )
