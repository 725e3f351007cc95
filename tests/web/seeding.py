"""The desk that the tests walk through: the sample run, with people of every role."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fastapi import FastAPI
from sqlmodel import select
from starlette.testclient import TestClient

from service.clock import Clock, FixedClock
from service.config import Config, Desk, Digest, Paths
from service.jobs.main import run_main
from service.modes import sample
from service.store import Store, open_store
from service.store.sessions import start_session
from service.store.tables import LeadRow, PersonRow, PlantRow
from service.web.access import COOKIE
from service.web.app import create_app

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # Monday, 11:00 in Astana
CLOCK = FixedClock(NOW)
HOME = "http://127.0.0.1:8000"
PLANT, OTHER_PLANT = "sample-steel-pipe", "sample-paints"
PEOPLE = {
    "official": ("Айгуль Сериккызы", "official", None),
    "admin": ("Администратор", "admin", None),
    "plant": ("Директор завода", "plant", PLANT),
    "other": ("Технолог красок", "plant", OTHER_PLANT),
}
OURS = {"Sec-Fetch-Site": "same-origin"}


def settings(folder: Path, *, address: str = HOME) -> Config:
    return Config(
        folder=folder, paths=Paths(var=folder), desk=Desk(address=address), digest=Digest()
    )


def fill(folder: Path) -> Path:
    """Make the sample's database with people in it; gives its file."""
    config = settings(folder)
    with sample(config, CLOCK) as ground:
        run_main(ground)
    path = folder / "sample.db"
    with open_store(f"sqlite:///{path}") as store, store.writing() as session:
        plants = {row.code: row.id for row in session.exec(select(PlantRow))}
        for key, (name, role, plant) in PEOPLE.items():
            session.add(
                PersonRow(
                    address=address_of(key),
                    name=name,
                    role=role,
                    plant_id=plants[plant] if plant else None,
                    origin="edited",
                    created_at=NOW,
                    updated_at=NOW,
                )
            )
    return path


def address_of(key: str) -> str:
    return f"{key}@desk.example.invalid"


def person_id(store: Store, key: str) -> int:
    with store.reading() as session:
        found = session.exec(select(PersonRow.id).where(PersonRow.address == address_of(key))).one()
    assert found is not None
    return found


def secret_of(store: Store, key: str) -> str:
    """Sign a person in behind the scenes and give the cookie's value."""
    id_ = person_id(store, key)
    with store.writing() as session:
        return start_session(session, id_, NOW, timedelta(days=14))


def a_lead(store: Store, plant: str = PLANT) -> int:
    """Give the id of some lead of a plant."""
    with store.reading() as session:
        query = select(LeadRow.id).where(LeadRow.plant_id == PlantRow.id, PlantRow.code == plant)
        found = session.exec(query.order_by("id")).first()
    assert found is not None
    return found


@dataclass(frozen=True, slots=True)
class Seeded:
    """An app on a store of its own."""

    app: FastAPI
    store: Store
    config: Config

    def browser(self, key: str | None = None, *, lang: str | None = None) -> TestClient:
        """Give a browser, signed in as one of PEOPLE, or a stranger."""
        client = TestClient(
            self.app,
            base_url=HOME,
            headers=OURS,
            follow_redirects=False,
            raise_server_exceptions=False,
        )
        if key is not None:
            client.cookies.set(COOKIE, secret_of(self.store, key))
        if lang is not None:
            client.cookies.set("suranys-language", lang)
        return client


@contextmanager
def seeded(path: Path, *, guest: bool = False, clock: Clock = CLOCK) -> Iterator[Seeded]:
    """Open an app on a database that `fill` made, or a copy of it."""
    config = settings(path.parent)
    with open_store(f"sqlite:///{path}") as store:
        app = create_app(config, store, clock=clock, mode="sample", guest=guest)
        yield Seeded(app, store, config)
