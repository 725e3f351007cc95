"""The routes, one module a topic. A new module adds its `router` here."""

from fastapi import APIRouter

from service.web import api, health
from service.web.routes import (
    add,
    alarms,
    catalogue,
    exports,
    lead,
    leads,
    links,
    me,
    people,
    plants,
    portals,
    report,
    signin,
    tasks,
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
    add.router,
    catalogue.router,
    report.router,
    tasks.router,
    alarms.router,
    me.router,
    people.router,
    links.router,
    signin.router,
    api.router,
    health.router,
)
