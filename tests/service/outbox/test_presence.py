"""A process killed while it holds a mail, on PostgreSQL: others see it at once."""

import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from service.bench.postgres import PostgresServer
from service.outbox.claiming import claim, hand_over, release_lapsed
from service.outbox.presence import gone_holders, present
from service.outbox.records import Brakes, Held
from service.store import Store, open_store
from service.store.tables import DeliveryRow
from service.store.tables.naming import DeliveryState
from tests.service.outbox.mails import NOW, freeze, readers
from tests.system.program import ROOT

BRAKES = Brakes(100, 100)


def main(url: str) -> None:
    """Hold the only mail, its text handed over, until killed."""
    with open_store(url) as store, present(store):
        with store.writing() as session:
            id_ = session.exec(select(DeliveryRow.id)).one()
            held = claim(session, id_ or 0, store.owner, NOW, BRAKES, wall=NOW)
        assert isinstance(held, Held)
        with store.writing() as session:
            assert hand_over(session, held, NOW, NOW)
        sys.stdout.write("held\n")
        sys.stdout.flush()
        sys.stdin.read()


def state(store: Store) -> str:
    with store.reading() as session:
        return session.exec(select(DeliveryRow.state)).one()


def look(store: Store, now: datetime) -> None:
    with store.writing() as session:
        release_lapsed(session, store.owner, now, alone=False, wall=now)


@pytest.mark.program
@pytest.mark.timeout(120)
def test_a_killed_holder_is_seen_at_once_and_a_living_one_is_left(
    postgres_server: PostgresServer,
) -> None:
    url = postgres_server.new_database()
    with open_store(url) as store:
        freeze(store, readers(store, 1)[0], "2026-11-23")
        command = [sys.executable, "-m", "tests.service.outbox.test_presence", url]
        with subprocess.Popen(  # noqa: S603 - our own module
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"held\n"
            look(store, NOW + timedelta(seconds=1))
            assert state(store) == DeliveryState.SENDING.value
            holder.kill()
            holder.wait()
            # The server notes the end of a session when it next looks at the connection.
            for _ in range(1000):
                with store.writing() as session:
                    if gone_holders(session):
                        break
            look(store, NOW + timedelta(seconds=2))
        assert state(store) == DeliveryState.UNKNOWN.value


if __name__ == "__main__":
    main(sys.argv[1])
