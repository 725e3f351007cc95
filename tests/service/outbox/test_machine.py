"""Whatever the server answers and wherever a process dies: nothing lost, nothing doubled beyond
the counted doubts, nothing to whom unsubscribed, on either engine."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import select

from service.bench.postgres import PostgresServer
from service.clock import FixedClock
from service.outbox.claiming import claim, finish, hand_over, release_lapsed
from service.outbox.delivering import Way, deliver_due
from service.outbox.records import Held
from service.outbox.smtp import Courier
from service.people.actions import subscribe, unsubscribe
from service.store import Store, open_store
from service.store.tables import DeliveryRow
from service.store.tables.naming import DeliveryKind, DeliveryState
from tests.service.outbox.mails import NOW, SENDER, freeze, readers, way
from tests.service.outbox.sink import FAULTS, Fault, Sink, listening

MOST_READERS = 3
OPEN = {DeliveryState.FROZEN, DeliveryState.RETRY, DeliveryState.SENDING, DeliveryState.UNKNOWN}


class Outbox(RuleBasedStateMachine):
    """Several processes share an outbox; any of them may die between any two steps."""

    sink: Sink
    port: int
    new_url: Callable[[Path], str]

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.store = open_store(type(self).new_url(Path(self.folder.name)))
        self.people = readers(self.store, MOST_READERS)
        self.now = NOW
        self.sink.fault = "ok"
        self.sink.taken.clear()
        self.slots = 0
        self.unwanted: dict[str, int] = {}
        self.stale: list[Held] = []

    @rule(who=st.integers(0, MOST_READERS - 1), answer=st.booleans())
    def a_mail_is_frozen(self, who: int, answer: bool) -> None:
        self.slots += 1
        kind = DeliveryKind.SIGN_IN if answer else DeliveryKind.DIGEST
        freeze(self.store, self.people[who], str(self.slots), self.now, kind)

    @rule(who=st.integers(0, MOST_READERS - 1), back=st.booleans())
    def somebody_unsubscribes_or_comes_back(self, who: int, back: bool) -> None:
        person = self.people[who]
        with self.store.writing() as session:
            (subscribe if back else unsubscribe)(session, person.id, self.now)
        if back:
            self.unwanted.pop(person.address, None)
        else:
            self.unwanted.setdefault(person.address, self.digests_taken(person.address))

    @rule(fault=st.sampled_from(FAULTS), minutes=st.sampled_from([0, 1, 5, 20, 400, 1500]))
    def a_round(self, fault: Fault, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.sink.fault = fault
        self.deliver(self.store)

    @rule(steps=st.integers(1, 3), fault=st.sampled_from(FAULTS))
    def a_process_dies(self, steps: int, fault: Fault) -> None:
        """It claimed; handed over; sent; and died before it could note how that ended."""
        self.sink.fault = fault
        dead = replace(self.store, owner=f"dead {self.slots} {self.now}", lock=None)
        with dead.writing() as session:
            ids = session.exec(select(DeliveryRow.id).order_by(DeliveryRow.id)).all()  # type: ignore[arg-type]  # a column
            held = next(
                (
                    each
                    for id_ in ids
                    if isinstance(
                        each := claim(
                            session,
                            id_ or 0,
                            dead.owner,
                            self.now,
                            self.way().brakes,
                            wall=self.now,
                        ),
                        Held,
                    )
                ),
                None,
            )
        if held is None:
            return
        self.stale.append(held)
        if steps >= 2:
            with dead.writing() as session:
                if not hand_over(session, held, self.now, self.now):
                    return
        if steps >= 3 and fault != "away":
            server = self.way().server
            assert server is not None
            with Courier(server) as courier:
                courier.send(SENDER, held.address, held.message)

    @rule()
    def a_holder_thought_dead_wakes_up(self) -> None:
        """Its lease went to another, or nobody asked for it yet: then it may go on."""
        for held in self.stale:
            with self.store.reading() as session:
                row = session.get(DeliveryRow, held.id)
                mine = row is not None and row.fencing == held.fencing and row.lease_owner
            with self.store.writing() as session:
                done = finish(session, held, DeliveryState.RETRY, self.now) if not mine else None
            assert done is None
        self.stale.clear()

    @invariant()
    def nothing_is_doubled_beyond_the_counted_doubts(self) -> None:
        for row in self.rows():
            held = row.state == DeliveryState.SENDING and row.handed_at is not None
            assert self.sink.count()[row.message_id] <= 1 + row.doubts + held

    @invariant()
    def what_is_noted_as_sent_was_taken(self) -> None:
        for row in self.rows():
            if row.state == DeliveryState.SENT:
                assert self.sink.count()[row.message_id] >= 1

    @invariant()
    def who_unsubscribed_gets_no_more(self) -> None:
        for address, before in getattr(self, "unwanted", {}).items():
            assert self.digests_taken(address) == before

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        try:
            self.sink.fault = "ok"
            for _ in range(8):
                self.now += timedelta(hours=30)
                self.deliver(self.store)
            for row in self.rows():
                taken = self.sink.count()[row.message_id]
                ended = row.state not in OPEN or row.doubts == 2
                assert ended, row
                assert taken or row.state in {"refused", "suppressed", "unknown"}, row
        finally:
            self.store.close()
            self.folder.cleanup()

    def deliver(self, store: Store) -> None:
        # As if other processes were about: leases are outwaited, not taken away.
        shared = replace(store, lock=None)
        clock = FixedClock(self.now)
        list(deliver_due(shared, self.way(), clock, wall=clock))
        with shared.writing() as session:
            release_lapsed(session, shared.owner, self.now, alone=False, wall=self.now)

    def way(self) -> Way:
        return way(self.port, Path(self.folder.name))

    def rows(self) -> list[DeliveryRow]:
        if not hasattr(self, "store"):
            return []
        with self.store.reading() as session:
            return list(session.exec(select(DeliveryRow)).all())

    def digests_taken(self, address: str) -> int:
        answers = {row.message_id for row in self.rows() if row.kind == DeliveryKind.SIGN_IN}
        return sum(to == address and id_ not in answers for to, id_ in self.sink.taken)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Sink, int]]:
    sink = Sink()
    with listening(sink) as port:
        yield sink, port


def prove(served: tuple[Sink, int], new_url: Callable[[Path], str], examples: int) -> None:
    class Proven(Outbox):
        sink, port = served

    Proven.new_url = staticmethod(new_url)
    run_state_machine_as_test(
        Proven,
        settings=settings(
            max_examples=examples,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def on_sqlite(folder: Path) -> str:
    return f"sqlite:///{folder / 'outbox.db'}"


def test_no_mail_is_lost_or_doubled_beyond_counted_doubts(served: tuple[Sink, int]) -> None:
    prove(served, on_sqlite, 15)


def test_no_mail_is_lost_or_doubled_on_postgresql(
    served: tuple[Sink, int], postgres_server: PostgresServer
) -> None:
    prove(served, lambda _folder: postgres_server.new_database(), 5)


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_no_mail_is_lost_or_doubled_at_length(served: tuple[Sink, int]) -> None:
    prove(served, on_sqlite, 300)
