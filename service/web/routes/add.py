"""Add a purchase by hand: the biggest buyers may be unreadable by machine."""

from datetime import UTC, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from scrapers.documents import State
from scrapers.records import Item
from service.desk.entering import PORTAL, Entered, enter, rows_of, text_of
from service.documents.reader import document_readers
from service.errors import InputError
from service.store.journal import record
from service.texts import Language, language
from service.web.access import Reader, Writer
from service.web.desk import Desk, desk_of
from service.web.rendering import page

router = APIRouter()
_LONGEST = 20 * 1024 * 1024


@router.get("/add")
def form(request: Request, viewer: Reader) -> Response:
    """Show the form."""
    return page(request, viewer, "add.html")


@router.post("/add")
def add(
    request: Request,
    viewer: Writer,
    *,
    title: Annotated[str, Form(max_length=500)] = "",
    text: Annotated[str, Form(max_length=200_000)] = "",
    buyer: Annotated[str, Form(max_length=500)] = "",
    address: Annotated[str, Form(max_length=2_000)] = "",
    deadline: Annotated[str, Form(max_length=40)] = "",
    file: UploadFile | None = None,
) -> Response:
    """Store a purchase and match it at once; its trace is the answer."""
    desk, lang = desk_of(request), language(viewer.language)
    read, items = _read(desk, file, lang) if file is not None and file.filename else ("", ())
    whole = "\n".join(part for part in (text.strip(), read) if part)
    lines = [*text.splitlines(), *(item.title for item in items), *read.splitlines()]
    name = title.strip() or next((line for line in lines if line.strip()), "")
    if not name:
        raise InputError(lang.text("Write what is bought, or give a file that can be read."))
    entered = Entered(
        who=viewer.address,
        title=name.strip(),
        text=whole,
        buyer=buyer,
        address=address,
        ends_at=_moment(deadline, viewer.zone, lang),
        items=items,
    )
    with desk.store.writing() as session:
        id_ = enter(session, entered, desk.config, desk.clock)
        record(
            session,
            desk.now(),
            viewer.address,
            "purchase entered",
            "notice",
            person_id=viewer.person_id,
            new={"id": id_, "title": entered.title[:200]},
        )
    return RedirectResponse(f"/why-not?q={PORTAL}/{id_}", status_code=303)


def _read(desk: Desk, file: UploadFile, lang: Language) -> tuple[str, tuple[Item, ...]]:
    """Read an uploaded file in a child process: its text, and the rows of its table. Raises
    InputError where nothing can be read."""
    body = file.file.read(_LONGEST + 1)
    if len(body) > _LONGEST:
        raise InputError(lang.text("The file is larger than 20 MB; paste its text instead."))
    with document_readers(desk.config.documents) as readers:
        document = readers.read(body)
    found = text_of(document.read)
    if not found.strip():
        if document.read.state is State.READ:
            raise InputError(lang.text("The file holds no text; paste its text instead."))
        raise InputError(
            lang.text(
                "The file cannot be read (%(why)s); paste its text instead.",
                why=lang.name("document", document.read.state.value),
            )
        )
    return found, rows_of(document.items)


def _moment(text: str, zone: str, lang: Language) -> datetime | None:
    """Read a deadline from the form: a day, or a day with a time, in the reader's zone."""
    if not text.strip():
        return None
    try:
        local = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InputError(lang.text("The deadline is no date; choose it in the calendar.")) from None
    if "T" not in text and local.time() == time():
        local = local.replace(hour=23, minute=59)
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
