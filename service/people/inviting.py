"""Letting people in and out: who may sign in, and which plants nobody gets mail for."""

import re
from datetime import datetime

from sqlmodel import Session, col, select

from service.errors import InputError
from service.store.journal import record
from service.store.sessions import end_sessions
from service.store.tables import PersonRow, PlantRow
from service.store.tables.naming import Origin, Role

LONGEST = 200
_ADDRESS = re.compile(r"[^@\s<>,;\x00-\x1f\x7f]{1,64}@[^@\s<>,;\x00-\x1f\x7f]{1,190}")


def add_person(
    session: Session,
    address: str,
    name: str,
    role: Role,
    now: datetime,
    *,
    actor: str,
    plant: str | None = None,
    department: str = "",
    language: str | None = None,
    actor_id: int | None = None,
) -> int:
    """Add a person, or bring one back with what is said now, and give the id.

    Raises InputError for what is no address, an unknown plant, a person of a plant without one, or
    where no admin would be left.
    """
    address, name = address.strip().lower(), " ".join(name.split())[:LONGEST]
    if not _ADDRESS.fullmatch(address):
        raise InputError(
            "«%(address)s» is no mail address; write it as name@zone.kz", address=address[:80]
        )
    plant_id = _plant(session, role, plant)
    row = session.exec(select(PersonRow).where(PersonRow.address == address)).first()
    if row is not None and role is not Role.ADMIN:
        _keep_an_admin(session, row)
    if row is None:
        row = PersonRow(
            address=address,
            name=name or address,
            role=role.value,
            origin=Origin.EDITED.value,
            created_at=now,
            updated_at=now,
        )
    elif (row.role, row.plant_id) != (role.value, plant_id) and row.id is not None:
        end_sessions(session, row.id)  # what an open page may see has changed
    row.name, row.role, row.plant_id = name or row.name, role.value, plant_id
    row.department, row.language = department.strip()[:LONGEST] or None, language
    row.origin, row.updated_at, row.disabled_at = Origin.EDITED.value, now, None
    session.add(row)
    session.flush()
    assert row.id is not None  # noqa: S101 - flush gave it
    told = {"address": address, "role": role.value, "plant": plant}
    record(session, now, actor, "invite", "person", row.id, person_id=actor_id, new={**told})
    return row.id


def _plant(session: Session, role: Role, plant: str | None) -> int | None:
    if role is not Role.PLANT:
        return None
    if not plant:
        raise InputError("a person of a plant needs the plant: choose one")
    found = session.exec(select(PlantRow.id).where(PlantRow.code == plant)).first()
    if found is None:
        known = ", ".join(session.exec(select(PlantRow.code).order_by(PlantRow.code).limit(20)))
        if known:
            said = "there is no plant %(plant)s; stored: %(known)s"
        else:
            said = "there is no plant %(plant)s; none is stored yet: suranys run loads the zone"
        raise InputError(said, plant=repr(plant[:80]), known=known)
    return found


def set_disabled(
    session: Session,
    person_id: int,
    now: datetime,
    *,
    disabled: bool,
    actor: str,
    actor_id: int | None = None,
) -> None:
    """End or restore a person's sign-in and mail. Ending it signs them out everywhere.

    Raises KeyError for nobody, InputError where no admin would be left.
    """
    row = session.get(PersonRow, person_id)
    if row is None:
        raise KeyError(person_id)
    if disabled:
        _keep_an_admin(session, row)
    row.disabled_at, row.updated_at = (now if disabled else None), now
    row.origin = Origin.EDITED.value
    session.add(row)
    if disabled:
        end_sessions(session, person_id)
    action = "disable" if disabled else "enable"
    record(session, now, actor, action, "person", person_id, person_id=actor_id)


def set_password(
    session: Session, person_id: int, password_hash: str, now: datetime, *, actor: str
) -> None:
    """Store the hash of a new password and sign the person out everywhere. Raises KeyError."""
    row = session.get(PersonRow, person_id)
    if row is None:
        raise KeyError(person_id)
    row.password_hash, row.updated_at = password_hash, now
    session.add(row)
    end_sessions(session, person_id)
    record(session, now, actor, "password", "person", person_id, person_id=person_id)


def _keep_an_admin(session: Session, row: PersonRow) -> None:
    query = select(PersonRow.id).where(
        PersonRow.role == Role.ADMIN.value, col(PersonRow.disabled_at).is_(None)
    )
    if set(session.exec(query)) == {row.id}:
        raise InputError("this is the last admin: make another one first")


def unattended_plants(session: Session) -> list[tuple[str, str]]:
    """Give the plants whose leads reach nobody, as (code, name)."""
    reached = select(PersonRow.plant_id).where(
        col(PersonRow.plant_id).is_not(None),
        col(PersonRow.disabled_at).is_(None),
        col(PersonRow.unsubscribed_at).is_(None),
        col(PersonRow.suppressed_at).is_(None),
    )
    query = select(PlantRow.code, PlantRow.name).where(col(PlantRow.id).not_in(reached))
    return [(code, name) for code, name in session.exec(query.order_by(col(PlantRow.name)))]
