"""The API for other programs: `/api/v1`, the same data by the same questions as the pages."""

from fastapi import APIRouter

from service.web.api import coverage, leads, matching, notices, openapi, plants

PREFIX = "/api/v1"

router = APIRouter(prefix=PREFIX)
for each in (leads, notices, plants, coverage, matching, openapi):
    router.include_router(each.router)
