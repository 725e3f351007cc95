"""Tasks of departments."""

from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import RedirectResponse, Response

from service.desk.plants import plant_views
from service.desk.tasks import add_task, end_task, tasks
from service.errors import InputError
from service.store.journal import record
from service.texts import language
from service.web.access import NotThere, Official, OfficialWriter
from service.web.desk import desk_of
from service.web.rendering import page

router = APIRouter()


@router.get("/tasks")
def shown(request: Request, viewer: Official) -> Response:
    """Show the tasks."""
    desk = desk_of(request)
    today = desk.now().astimezone(ZoneInfo(viewer.zone)).date()
    with desk.store.reading() as session:
        waiting, ended = tasks(session, today), tasks(session, today, done=True)
        views = plant_views(session, viewer.scope, desk.clock)
    return page(request, viewer, "tasks.html", waiting=waiting, ended=ended, views=views)


@router.post("/tasks")
def add(
    request: Request,
    viewer: OfficialWriter,
    title: Annotated[str, Form(max_length=500)] = "",
    department: Annotated[str, Form(max_length=200)] = "",
    due: Annotated[str, Form(max_length=10)] = "",
    plant: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """Add a task."""
    desk, lang = desk_of(request), language(viewer.language)
    title, department = title.strip(), department.strip()
    if not title or not department:
        raise InputError(lang.text("Write what is to be done and which department does it."))
    try:
        day = date.fromisoformat(due) if due else None
    except ValueError:
        raise InputError(lang.text("The day is no date; choose it in the calendar.")) from None
    assert viewer.person_id is not None  # noqa: S101 - a writer is a person
    with desk.store.writing() as session:
        id_ = add_task(session, title, department, day, plant, viewer.person_id, desk.now())
        record(
            session,
            desk.now(),
            viewer.address,
            "task added",
            "task",
            id_,
            person_id=viewer.person_id,
            new={"title": title, "department": department, "due": due},
        )
    return RedirectResponse("/tasks", status_code=303)


@router.post("/tasks/{task_id}/done")
def done(
    request: Request,
    viewer: OfficialWriter,
    task_id: Annotated[int, Path(ge=1, le=2**31 - 1)],
    outcome: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """End a task with its outcome."""
    desk = desk_of(request)
    if not outcome.strip():
        lang = language(viewer.language)
        raise InputError(lang.text("Write how it ended."))
    with desk.store.writing() as session:
        try:
            end_task(session, task_id, outcome.strip(), desk.now())
        except KeyError:
            raise NotThere from None
        record(
            session,
            desk.now(),
            viewer.address,
            "task ended",
            "task",
            task_id,
            person_id=viewer.person_id,
            new={"outcome": outcome.strip()},
        )
    return RedirectResponse("/tasks", status_code=303)
