"""The list of people as the store has it, and the recipients of the configuration among them.

A row of `[[recipients]]` is copied as long as nobody edited the person; from then on the store
rules. One that left the file is disabled, not deleted: leads and deliveries name it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.records import PlantId
from service import config as settings
from service.config import Config
from service.people.preferences import (
    DEFAULTS,
    Preferences,
    dump_preferences,
    load_preferences,
)
from service.store.tables import PersonRow, PlantRow
from service.store.tables.naming import Origin, Role


@dataclass(frozen=True, slots=True)
class Person:
    """A person. `id` is 0 for a recipient of the configuration that is not stored yet; `plant`
    None is every plant for officials, and nothing for people of a plant."""

    id: int
    address: str
    name: str
    role: Role
    plant: PlantId | None = None
    department: str | None = None
    preferences: Preferences = DEFAULTS
    origin: Origin = Origin.BUNDLED
    unsubscribed_at: datetime | None = None
    suppressed_at: datetime | None = None
    suppressed_for: str = ""
    disabled_at: datetime | None = None

    @property
    def gets_mail(self) -> bool:
        """Whether digests may be written to this person."""
        return not (self.unsubscribed_at or self.suppressed_at or self.disabled_at)


def people(session: Session, ids: Collection[int] | None = None) -> list[Person]:
    """Give everybody in the store, also who gets no mail, in the order they were added; of these
    `ids` only, if given."""
    query = (
        select(PersonRow, PlantRow.code)
        .join(PlantRow, col(PersonRow.plant_id) == PlantRow.id, isouter=True)
        .order_by(col(PersonRow.id))
    )
    if ids is not None:
        query = query.where(col(PersonRow.id).in_(ids))
    return [_person(row, code) for row, code in session.exec(query)]


def find_person(session: Session, address: str) -> Person | None:
    """Give the person of a mail address, whatever the case of its letters."""
    row = session.exec(select(PersonRow).where(PersonRow.address == address.lower())).first()
    return _with_plant(session, row)


def person_by_id(session: Session, id_: int) -> Person | None:
    """Give the person of an id."""
    return _with_plant(session, session.get(PersonRow, id_))


def known_people(session: Session, config: Config) -> list[Person]:
    """Give everybody as `copy_recipients` would leave them. Reads only."""
    stored = {each.address: each for each in people(session)}
    listed = _listed(config)
    for address, setting in listed.items():
        kept = stored.get(address)
        if kept is None or kept.origin is Origin.BUNDLED:
            stored[address] = _of_setting(setting, kept)
    return [
        each
        for address, each in stored.items()
        if each.origin is not Origin.BUNDLED or address in listed
    ]


def copy_recipients(session: Session, config: Config, now: datetime) -> None:
    """Bring the rows of `[[recipients]]` into the list of people, and disable those that left."""
    listed = _listed(config)
    plants = {row.code: row.id for row in session.exec(select(PlantRow))}
    stored = {row.address: row for row in session.exec(select(PersonRow))}
    for address, setting in listed.items():
        row = stored.get(address)
        if row is None:
            row = PersonRow(
                address=address,
                name=setting.name,
                role=setting.role,
                origin=Origin.BUNDLED.value,
                created_at=now,
                updated_at=now,
            )
        elif row.origin != Origin.BUNDLED.value:
            continue
        _fill(row, setting, plants, now)
        session.add(row)
    for address, row in stored.items():
        if row.origin == Origin.BUNDLED.value and address not in listed and not row.disabled_at:
            row.disabled_at = row.updated_at = now
            session.add(row)
    session.flush()


def save_preferences(session: Session, person_id: int, chosen: Preferences, now: datetime) -> None:
    """Store what a person chose; from then on the configuration no longer rules this person.

    Raises KeyError for a person that does not exist.
    """
    row = session.get(PersonRow, person_id)
    if row is None:
        raise KeyError(person_id)
    row.preferences, row.language = dump_preferences(chosen), chosen.language
    row.origin, row.updated_at = Origin.EDITED.value, now
    session.add(row)


def _listed(config: Config) -> Mapping[str, settings.Recipient]:
    """The first row of an address counts: one address is one person."""
    found: dict[str, settings.Recipient] = {}
    for setting in config.recipients:
        found.setdefault(setting.address.lower(), setting)
    return found


def _fill(
    row: PersonRow, setting: settings.Recipient, plants: Mapping[str, int | None], now: datetime
) -> None:
    wanted = {
        "name": setting.name,
        "role": setting.role,
        "plant_id": plants.get(setting.plant) if setting.plant else None,
        "language": setting.language,
        "preferences": dump_preferences(Preferences(families=tuple(setting.families))),
        "disabled_at": None,
    }
    if any(getattr(row, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(row, name, value)
        row.updated_at = now


def _of_setting(setting: settings.Recipient, kept: Person | None) -> Person:
    address = setting.address.lower()
    return replace(
        kept or Person(0, address, setting.name, Role(setting.role)),
        disabled_at=None,
        name=setting.name,
        role=Role(setting.role),
        plant=PlantId(setting.plant) if setting.plant else None,
        preferences=Preferences(families=tuple(setting.families), language=setting.language),
    )


def _with_plant(session: Session, row: PersonRow | None) -> Person | None:
    if row is None:
        return None
    plant = session.get(PlantRow, row.plant_id) if row.plant_id is not None else None
    return _person(row, plant.code if plant else None)


def _person(row: PersonRow, plant: str | None) -> Person:
    assert row.id is not None  # noqa: S101 - the database gave it
    return Person(
        id=row.id,
        address=row.address,
        name=row.name,
        role=Role(row.role),
        plant=PlantId(plant) if plant else None,
        department=row.department,
        preferences=load_preferences(row.preferences, row.language),
        origin=Origin(row.origin),
        unsubscribed_at=row.unsubscribed_at,
        suppressed_at=row.suppressed_at,
        suppressed_for=row.suppressed_for,
        disabled_at=row.disabled_at,
    )
