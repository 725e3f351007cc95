"""Digests of a database of an earlier version become deliveries, and nothing of them is lost."""

from pathlib import Path

from alembic import command
from sqlalchemy import create_engine, text
from sqlmodel import select

from service.config import Config, Recipient
from service.people.listing import copy_recipients, people
from service.store import open_store
from service.store.migrations import configured
from service.store.tables import DeliveryRow, DigestItemRow
from tests.service.digest.samples import NOW

DIGEST = (
    "INSERT INTO digest (recipient, day, message_id, body_path, state, reason, created_at, "
    "state_at) VALUES (:who, :day, :id, 'x.eml', :state, '', '2026-11-20 03:00:00', "
    "'2026-11-20 03:00:00')"
)
LEAD = (
    "INSERT INTO plant (id, code, name, sample, origin, record, updated_at) VALUES "
    "(1, 'mill', 'm', 0, 'bundled', '{}', '2026-11-20')",
    "INSERT INTO product (id, code, position, name, origin, record, updated_at) VALUES "
    "(1, 'p', 0, 'p', 'bundled', '{}', '2026-11-20')",
    "INSERT INTO notice (id, portal, external_id, url, title, phase, depth, sample, record, "
    "content_hash, folded, listed, first_seen_at, last_seen_at, reader, changed_at) VALUES "
    "(1, 'p', '1', 'u', 't', 'open', 'detail', 0, '{}', 'h', '', '[]', '2026-11-20', "
    "'2026-11-20', '', '2026-11-20')",
    "INSERT INTO lot (id, notice_id, external_id, position, title, description) VALUES "
    "(1, 1, '1', 0, 't', '')",
    "INSERT INTO match (id, lot_id, product_id, rank, verdict, score, kind, evidence, quantity, "
    "matcher_version, matched_at) VALUES (1, 1, 1, 1, 'can', 0.5, 'stated', '[]', '{}', '1', "
    "'2026-11-20')",
    "INSERT INTO lead (id, match_id, plant_id, state, created_at, state_at) VALUES "
    "(1, 1, 1, 'new', '2026-11-20', '2026-11-20')",
    "INSERT INTO digest_item (digest_id, recipient, lead_id, telling, section, shown) VALUES "
    "(1, 'mill@example.invalid', 1, 1, 'new', '{}')",
)


def earlier(url: str) -> None:
    """A database of revision 0001 with digests, brought to the revision before this one."""
    engine = create_engine(url)
    with engine.begin() as connection:
        command.upgrade(configured(connection), "0001")
        for day, state in (("2026-11-20", "sent"), ("2026-11-21", "frozen")):
            row = {"who": "mill@example.invalid", "day": day, "id": f"<{day}@x>", "state": state}
            connection.execute(text(DIGEST), row)
        for statement in LEAD:
            connection.execute(text(statement))
        command.upgrade(configured(connection), "0005")
    engine.dispose()


def test_digests_of_an_earlier_version_become_deliveries(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'earlier.db'}"
    earlier(url)
    mill = Recipient(name="Завод", address="mill@example.invalid", role="official")
    with open_store(url) as store:
        with store.writing() as session:
            copy_recipients(session, Config(recipients=(mill,)), NOW)
        with store.reading() as session:
            [person] = people(session)
            assert (person.name, person.role) == ("Завод", "official")
            rows = session.exec(select(DeliveryRow)).all()
            assert [(row.slot, row.state, row.due_at is None) for row in rows] == [
                ("2026-11-20", "sent", True),
                ("2026-11-21", "frozen", False),
            ]
            [item] = session.exec(select(DigestItemRow)).all()
            assert (item.delivery_id, item.person_id, item.lead_id) == (1, person.id, 1)
