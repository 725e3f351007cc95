"""The routes, one module a topic. A new module adds its `router` here."""

from fastapi import APIRouter

from service.web import api, health
from service.web.routes import (
    alarms,
    exports,
    lead,
    leads,
    links,
    me,
    people,
    plants,
    portals,
    signin,
    why,
    zone,
)

ROUTERS: tuple[APIRouter, ...] = (
    lead.router,
    leads.router,
    exports.router,
    plants.router,
    zone.router,
    portals.router,
    why.router,
    alarms.router,
    me.router,
    people.router,
    links.router,
    signin.router,
    api.router,
    health.router,
)
