"""The routes, one module a topic. A new module adds its `router` here."""

from fastapi import APIRouter

from service.web.routes import signin

ROUTERS: tuple[APIRouter, ...] = (signin.router,)
