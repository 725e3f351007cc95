"""`/health` for whoever watches the server, `/metrics` for Prometheus. No word of what is stored.

Numbers are for this machine only (or through its proxy's own rule): asked from elsewhere there is
no such page.
"""

import ipaddress
from collections.abc import Iterable

from fastapi import APIRouter, HTTPException
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy.exc import DatabaseError
from starlette.requests import Request
from starlette.responses import Response

from service.health.status import portals_of
from service.health.vitals import Vitals, vitals_of
from service.store.tables.naming import Outcome
from service.web.desk import Desk, desk_of

router = APIRouter()


@router.get("/health", include_in_schema=False)
def health(request: Request) -> Response:
    """Say whether database and schedule are well: 200, or 503 naming what is not."""
    desk = desk_of(request)
    try:
        vitals = _vitals(desk)
    except DatabaseError:
        return JSONResponse({"database": "unreachable"}, status_code=503)
    told = {None: "never started", True: "awake", False: "asleep"}
    said = {"database": "ok", "schedule": told[vitals.awake]}
    return JSONResponse(said, status_code=503 if vitals.awake is False else 200)


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request) -> Response:
    """Give figures in the text form of Prometheus."""
    if not _near(request):
        raise HTTPException(404)
    desk = desk_of(request)
    registry = CollectorRegistry()
    registry.register(_Figures(desk))
    return PlainTextResponse(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _vitals(desk: Desk) -> Vitals:
    return vitals_of(desk.config, desk.mode, desk.clock, desk.store)


def _near(request: Request) -> bool:
    try:
        return ipaddress.ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        return False


class _Figures:
    """Collects when it is asked, so that nothing has to be kept up to date."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def collect(self) -> Iterable[Metric]:
        vitals = _vitals(self._desk)
        yield _gauge("suranys_schedule_awake", "1 while jobs are carried out", vitals.awake or 0)
        yield _gauge("suranys_database_bytes", "Size of the database", vitals.size or 0)
        yield _gauge("suranys_disk_free_bytes", "Room where files go", vitals.free)
        oldest = vitals.outbox.oldest_waiting
        age = (vitals.now - oldest).total_seconds() if oldest else 0
        yield _gauge("suranys_oldest_waiting_seconds", "Age of the oldest mail not sent", age)
        yield _gauge("suranys_doubts", "Mails that may have arrived unseen", vitals.outbox.doubts)
        mails = GaugeMetricFamily("suranys_deliveries", "Mails by state", labels=["state"])
        for state, count in vitals.outbox.states.items():
            mails.add_metric([state.value], count)
        yield mails
        yield from _runs(vitals)
        yield from self._portals()

    def _portals(self) -> Iterable[Metric]:
        held = GaugeMetricFamily("suranys_notices", "Notices stored", labels=["portal"])
        good = GaugeMetricFamily(
            "suranys_portal_last_ok_timestamp_seconds", "Last good reading", labels=["portal"]
        )
        for portal in portals_of(self._desk.config, self._desk.mode, self._desk.store):
            held.add_metric([portal.name], portal.notices)
            if portal.health is not None and portal.health.last_ok_at is not None:
                good.add_metric([portal.name], portal.health.last_ok_at.timestamp())
        yield from (held, good)


def _runs(vitals: Vitals) -> Iterable[Metric]:
    ended = GaugeMetricFamily(
        "suranys_job_last_end_timestamp_seconds", "When a job last ended", labels=["job"]
    )
    failed = GaugeMetricFamily("suranys_job_failed", "1 if its last run failed", labels=["job"])
    for job in vitals.jobs:
        if job.ended_at is not None:
            ended.add_metric([job.name], job.ended_at.timestamp())
            failed.add_metric([job.name], job.outcome is Outcome.FAILED)
    yield from (ended, failed)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)
