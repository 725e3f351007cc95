"""Matching in parts: together they do what one run does, whoever takes which part and how often."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import select

from service.bench.workers import fill
from service.clock import FixedClock
from service.config import Config
from service.jobs.match import match
from service.jobs.match_parts import Part, Prepared, match_part, parts
from service.jobs.parts import Taker
from service.store import Store, open_store
from service.store.tables import MatchRow, NoticeRow
from service.store.tables.naming import Outcome

CLOCK = FixedClock(datetime(2026, 5, 18, 3, tzinfo=UTC))
CONFIG = Config()


def found(store: Store) -> list[tuple[int, int, int, str, float, str]]:
    with store.reading() as session:
        rows = session.exec(select(MatchRow)).all()
        return sorted(
            (row.lot_id, row.product_id, row.rank, row.verdict, row.score, row.evidence)
            for row in rows
        )


def silent(_what: str, _done: int, _of: int) -> None:
    """Report progress to nobody."""


def test_parts_shared_by_workers_give_what_one_run_gives(postgres_url: str, tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/one.db") as one:
        fill(one, silent, 60, 40)
        match(one, CONFIG, CLOCK)
        expected = found(one)
    assert len(expected) > 50
    with open_store(postgres_url) as store, open_store(postgres_url) as other:
        fill(store, silent, 60, 40)
        todo = parts(store, CONFIG, 7)
        assert len(todo) == 9
        made = {id(each): Prepared() for each in (store, other)}

        def work(number: int, part: Part) -> Outcome:
            crew = (store, other)[number % 2]
            done = match_part(Taker.of(crew), CONFIG, CLOCK, part, made[id(crew)])
            assert done is not None
            return done.outcome

        with ThreadPoolExecutor(2) as pool:
            assert set(pool.map(work, range(len(todo)), todo)) == {Outcome.OK}
            # Once more, as after a kill whose work was stored all the same.
            assert set(pool.map(work, range(len(todo)), todo)) == {Outcome.OK}
        assert parts(store, CONFIG, 7) == []
        assert found(store) == expected


def test_a_part_of_another_catalogue_is_left_alone(postgres_url: str) -> None:
    with open_store(postgres_url) as store:
        fill(store, silent, 5, 5)
        done = match_part(Taker.of(store), CONFIG, CLOCK, Part("older", 1, 5), Prepared())
        assert done is not None
        assert done.outcome is Outcome.SKIPPED
        with store.reading() as session:
            assert set(session.exec(select(NoticeRow.matched_key))) == {None}
