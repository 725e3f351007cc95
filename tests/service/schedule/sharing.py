"""A worker process as it is in use, for tests: `python -m …sharing TOLD`, TOLD being a JSON file.

Its clock is set in the test's past and goes on from there, the same in every process.
"""

import json
import sys
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from catalog.records import Catalogue
from scrapers.fetch import LoopbackNetwork
from service.clock import SteadyClock
from service.config import (
    Collect,
    Config,
    Database,
    Documents,
    Mail,
    PortalTable,
    Recipient,
    Schedule,
    Secrets,
)
from service.modes import Ground
from service.places import places
from service.schedule.crew import Pace
from service.schedule.queue import run_worker
from service.store import open_store
from tests.service.schedule.working import PACE

PORTALS = ("kz_mitwork", "kz_national_bank")
PEOPLE, FEW = 4, 10
"""People of a part of digests, and how many mails are not divided."""

TICK = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Told:
    """What a worker of a test is told: where things are, what time it is, how many read."""

    url: str
    folder: str
    mail_port: int
    files_port: int
    moment: str
    set_at: float
    readers: int
    hurried: bool

    def config(self) -> Config:
        """Give the settings that the test and its workers share."""
        return Config(
            folder=Path(self.folder),
            secrets=Secrets(secret_key=SecretStr("one key for all workers of this test")),
            database=Database(url=self.url),
            recipients=tuple(
                Recipient(name=f"Отдел {number}", address=f"desk{number}@zone.example")
                for number in range(self.readers)
            ),
            collect=Collect(delay_seconds=0, retries=0),
            documents=Documents(readers=1, ocr=False),
            portals={name: PortalTable(enabled=True) for name in PORTALS},
            schedule=Schedule(collect=()),
            mail=Mail(
                mode="smtp",
                host="127.0.0.1",
                port=self.mail_port,
                security="none",
                sender="s@zone.example",
            ),
        )

    def clock(self) -> SteadyClock:
        """Give the clock of the test."""
        return SteadyClock(datetime.fromisoformat(self.moment), self.set_at)

    def ground(self) -> Ground:
        """Give what a worker works with."""
        config = self.config()
        network = LoopbackNetwork(self.files_port)
        return Ground(config, places(config), self.clock(), Catalogue((), ()), network)

    def pace(self) -> Pace:
        """Give the pace of a test in a hurry, or that of use; parts are small in both."""
        pace = PACE if self.hurried else Pace()
        return Pace(**{**asdict(pace), "tick": TICK, "people": PEOPLE, "few": FEW})


def main(told: Told) -> None:
    with open_store(told.url) as store:
        run_worker(store, told.ground(), 2, told.pace())


if __name__ == "__main__":
    main(Told(**json.loads(Path(sys.argv[1]).read_text())))
