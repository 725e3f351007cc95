"""The desk's processes for the bench: `web_server.py serve DB PORT` or `web_server.py write DB`."""

import sys
import time
from pathlib import Path

import uvicorn

from service.bench.desk_store import CLOCK, arriving
from service.bench.ingest import SEEN
from service.config import Config, Desk, Paths
from service.store import open_store
from service.store.notices import save_page
from service.web.app import create_app

PAUSE = 0.25
"""Seconds between two pages of a portal: faster than any that asks for manners."""


def serve(path: Path, port: int) -> None:
    """Serve the store to guests until the process is ended."""
    address = f"http://127.0.0.1:{port}"
    config = Config(folder=path.parent, paths=Paths(var=path.parent), desk=Desk(address=address))
    with open_store(f"sqlite:///{path}", write=False) as store:
        app = create_app(config, store, clock=CLOCK, mode="sample", guest=True)
        uvicorn.run(
            app,
            host="127.0.0.1",
            port=port,
            log_level="error",
            access_log=False,
            timeout_keep_alive=75,
        )


def write(path: Path) -> None:
    """Save page after page as a collection does, until the process is ended."""
    number = int(time.monotonic()) % 100_000
    with open_store(f"sqlite:///{path}") as store:
        while True:
            with store.writing() as session:
                save_page(session, list(arriving(number)), SEEN)
            number = (number + 1) % 100_000
            time.sleep(PAUSE)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        write(Path(sys.argv[2]))
