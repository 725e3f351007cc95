"""The routes, one module a topic. A new module adds its `router` here."""

from fastapi import APIRouter

from service.web.routes import leads, signin

ROUTERS: tuple[APIRouter, ...] = (leads.router, signin.router)
