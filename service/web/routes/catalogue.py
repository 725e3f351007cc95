"""A plant's own catalogue: changed by form or file, looked at before, undone after."""

import json
from typing import Annotated

from fastapi import APIRouter, Form, Request
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from catalog.records import PlantId
from service.desk.editing import LONGEST, apply, edits, preview, read_rows, row_of, undo
from service.desk.plants import PlantView, plant_view
from service.errors import InputError
from service.texts import language
from service.web.access import NotThere, Writer
from service.web.desk import Desk, desk_of
from service.web.naming import every_family
from service.web.rendering import page
from service.web.viewer import Viewer

router = APIRouter()
FIELDS = (
    *("product_code", "name", "family", "capability", "unit", "capacity_per_year"),
    *("utilisation_pct", "lead_time_days", "certificates", "codes"),
)


@router.get("/plants/{code}/catalogue")
def catalogue(request: Request, viewer: Writer, code: str, done: str = "") -> Response:
    """Show the forms."""
    desk = desk_of(request)
    with desk.store.reading() as session:
        view = _view(session, desk, viewer, code)
        made = edits(session, view.plant.id)
    rows = [row_of(each.product, view.plant) for each in view.products]
    return page(
        request,
        viewer,
        "catalogue.html",
        view=view,
        rows=rows,
        fields=FIELDS,
        families=every_family(language(viewer.language)),
        edits=made,
        done=done,
    )


@router.post("/plants/{code}/catalogue/preview")
async def look(request: Request, viewer: Writer, code: str) -> Response:
    """Show what a change would do; nothing is stored."""
    desk = desk_of(request)
    async with request.form(max_files=1, max_fields=40) as form:
        file = form.get("file")
        if isinstance(file, UploadFile):
            name, body = file.filename or "", await file.read()
        else:
            row = {field: str(form.get(field) or "").strip() for field in FIELDS}
            given = {field: value for field, value in row.items() if value}
            name, body = "form.json", json.dumps([given], ensure_ascii=False).encode()
    # Reading and comparing takes seconds, in which the server must go on answering others.
    return await run_in_threadpool(_preview, request, viewer, desk, code, name, body)


def _preview(
    request: Request, viewer: Viewer, desk: Desk, code: str, name: str, body: bytes
) -> Response:
    reading = read_rows(name, body)
    with desk.store.reading() as session:
        view = _view(session, desk, viewer, code)
        shown = preview(session, view.plant.id, reading, desk.now())
    if len(shown.rows) > LONGEST:
        lang = language(viewer.language)
        raise InputError(lang.text("This catalogue is too long for a page; send it to the zone."))
    return page(request, viewer, "catalogue_preview.html", view=view, shown=shown)


@router.post("/plants/{code}/catalogue/apply")
def store(
    request: Request,
    viewer: Writer,
    code: str,
    rows: Annotated[str, Form(max_length=LONGEST)],
) -> Response:
    """Store a change that was looked at. Matching follows with the next run."""
    desk = desk_of(request)
    with desk.store.writing() as session:
        view = _view(session, desk, viewer, code)
        who = (viewer.address, viewer.person_id)
        apply(session, view.plant.id, rows, *who, desk.now())
    return RedirectResponse(f"/plants/{code}/catalogue?done=1", status_code=303)


@router.post("/plants/{code}/catalogue/undo/{edit}")
def take_back(request: Request, viewer: Writer, code: str, edit: int) -> Response:
    """Put back what stood before a change."""
    desk = desk_of(request)
    with desk.store.writing() as session:
        view = _view(session, desk, viewer, code)
        try:
            undo(session, view.plant.id, edit, viewer.address, viewer.person_id, desk.now())
        except KeyError:
            raise NotThere from None
    return RedirectResponse(f"/plants/{code}/catalogue?done=undone", status_code=303)


def _view(session: Session, desk: Desk, viewer: Viewer, code: str) -> PlantView:
    view = plant_view(session, viewer.scope, PlantId(code), desk.clock)
    if view is None:
        raise NotThere
    return view
