"""The routes, one module a topic. A new module adds its `router` here."""

from fastapi import APIRouter

from service.web.routes import exports, lead, leads, plants, portals, signin, why, zone

ROUTERS: tuple[APIRouter, ...] = (
    lead.router,
    leads.router,
    exports.router,
    plants.router,
    zone.router,
    portals.router,
    why.router,
    signin.router,
)
