"""A process of its own that collects from the made-up portal: `python -m …collecting URL PORT`."""

import sys

from scrapers.fetch.network import LoopbackNetwork
from service.clock import FixedClock
from service.config import Collect, Config, PortalTable
from service.jobs.collect import Collecting, collect
from service.store import open_store
from tests.service.notices import NOON
from tests.service.portals import portal


def main(url: str, port: int) -> str:
    """Collect once and give the outcome."""
    with open_store(url) as store:
        work = Collecting(
            store=store,
            config=Config(
                collect=Collect(delay_seconds=0, retries=0),
                portals={"first": PortalTable(enabled=True)},
            ),
            clock=FixedClock(NOON),
            network=LoopbackNetwork(port),
            registry={"first": portal("first")},
        )
        (result,) = collect(work)
    return result.report.outcome


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1], int(sys.argv[2])))
