"""The people of the desk: an admin invites them, and takes their access away."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from sqlmodel import Session, col, select
from starlette.responses import RedirectResponse, Response

from service.desk.buyers import buyers_of
from service.outbox.bounces import resume_mail
from service.people.inviting import add_person, set_disabled, unattended_plants
from service.people.listing import people as everybody
from service.people.listing import person_by_id
from service.store.journal import happenings
from service.store.tables import PlantRow
from service.store.tables.naming import Role
from service.texts import LANGUAGES, language
from service.web.access import Admin, NotThere
from service.web.desk import desk_of
from service.web.letters import put_sign_in
from service.web.rendering import page

router = APIRouter()
Short = Annotated[str, Form(max_length=200)]


@router.get("/people")
def people(request: Request, viewer: Admin) -> Response:
    """Show everybody, and plants that nobody gets mail for."""
    desk, lang = desk_of(request), language(viewer.language)
    with desk.store.reading() as session:
        found = everybody(session)
        alone = unattended_plants(session)
        plants = _plants(session)
        buyers = buyers_of(session, desk.config.desk.own_buyers)
    return page(
        request,
        viewer,
        "people.html",
        people=found,
        unattended=alone,
        own_buyers=buyers,
        plants=plants,
        plant_names=dict(plants),
        roles=[(each.value, lang.name("role", each.value)) for each in Role],
        asked=request.query_params.get("plant", ""),
    )


@router.post("/people")
def invite(
    request: Request,
    viewer: Admin,
    address: Short,
    role: Annotated[Role, Form()],
    name: Short = "",
    plant: Short = "",
    department: Short = "",
    spoken: Annotated[str, Form(alias="language", max_length=2)] = "",
) -> Response:
    """Invite somebody: they get a mail with a link that signs them in."""
    desk = desk_of(request)
    with desk.store.writing() as session:
        person_id = add_person(
            session,
            address,
            name,
            role,
            desk.now(),
            actor=viewer.address,
            actor_id=viewer.person_id,
            plant=plant or None,
            department=department,
            language=spoken if spoken in LANGUAGES else None,
        )
        person = person_by_id(session, person_id)
        if person is not None:
            put_sign_in(session, desk, person, invitation=True)
    return RedirectResponse("/people", status_code=303)


@router.post("/people/{person_id}/{deed}")
def change(request: Request, viewer: Admin, person_id: int, deed: str) -> Response:
    """Disable, enable, or invite a person once more, or write again after mails came back."""
    desk = desk_of(request)
    if deed not in {"disable", "enable", "invite", "resume"} or not 0 < person_id < 2**31:
        raise NotThere
    with desk.store.writing() as session:
        person = person_by_id(session, person_id)
        if person is None:
            raise NotThere
        if deed == "invite":
            put_sign_in(session, desk, person, invitation=True)
        elif deed == "resume":
            resume_mail(
                session, person_id, desk.now(), actor=viewer.address, actor_id=viewer.person_id
            )
        else:
            set_disabled(
                session,
                person_id,
                desk.now(),
                disabled=deed == "disable",
                actor=viewer.address,
                actor_id=viewer.person_id,
            )
    return RedirectResponse("/people", status_code=303)


@router.get("/journal")
def journal(
    request: Request,
    viewer: Admin,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Response:
    """Show who changed what."""
    with desk_of(request).store.reading() as session:
        found = happenings(session, before=before)
    return page(request, viewer, "journal.html", happenings=found)


def _plants(session: Session) -> list[tuple[str, str]]:
    query = select(PlantRow.code, PlantRow.name).order_by(col(PlantRow.name))
    return [(code, name) for code, name in session.exec(query)]
