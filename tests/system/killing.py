"""A process that does the main job on the sample portal and dies of SIGKILL at a given moment.

`python -m tests.system.killing FOLDER KILLS` does it once undisturbed, counting its moments, then
KILLS times broken off, each time started again: half of the moments spread over the whole job, half
over the writing of digests. A moment is the instant before a statement or commit reaches the
database, or a digest's file is opened or renamed. Every run is a process of its own, forked here
so that libraries are loaded only once.
"""

import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import Engine, event

from catalog.family import load_families
from service import modes
from service.clock import FixedClock
from service.config import Config, Recipient, Secrets
from service.jobs.main import run_main
from service.matching.fingerprint import matcher_version

MORNING = datetime(2026, 5, 18, 3, tzinfo=UTC)
CONFIG = Config(
    # One key for all folders: the links in the digests are to be the same.
    secrets=Secrets(secret_key=SecretStr("a key for every folder of this test")),
    recipients=(
        Recipient(name="Управление зоны", address="zone@example.invalid"),
        Recipient(
            name="Трубный завод",
            address="asia-steel-pipe@example.invalid",
            role="plant",
            plant="asia-steel-pipe",
        ),
    ),
)

COUNT_OF_REQUESTS = "UPDATE portal_day "


class Moments:
    """Counts the moments of a process, and ends it at one of them."""

    def __init__(self, fatal: int | None) -> None:
        self.count = 0
        self.first_file = 0
        self._fatal = fatal

    def pass_by(self, *arguments: object, **_: object) -> None:
        # Pages are fetched ahead: whether one more count of requests is written hangs on which
        # thread was faster, and the last moments of one run would not exist in the next.
        if any(str(argument).startswith(COUNT_OF_REQUESTS) for argument in arguments[2:3]):
            return
        self.count += 1
        if self.count == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        event.listen(Engine, "before_cursor_execute", self.pass_by)
        event.listen(Engine, "commit", self.pass_by)
        sys.addaudithook(self._audited)

    def _audited(self, name: str, arguments: tuple[object, ...]) -> None:
        if name in {"open", "os.rename"} and "digests-sample" in str(arguments[0]):
            self.first_file = self.first_file or self.count
            self.pass_by()


def do(folder: Path, fatal: int | None) -> int:
    """Do the main job in a child process; give its exit status, negative for a signal."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        moments = Moments(fatal)
        moments.watch()
        config = CONFIG.model_copy(update={"folder": folder})
        with modes.sample(config, FixedClock(MORNING)) as ground:
            report = run_main(ground)
        (folder / "moments").write_text(json.dumps([moments.first_file, moments.count]))
        os._exit(0 if report.outcome == "OK" else 1)
    except BaseException:  # a forked copy must never go on as its parent
        sys.excepthook(*sys.exc_info())
        os._exit(70)


def spread(first: int, last: int, count: int) -> list[int]:
    """Moments at equal distances, both ends among them."""
    return [first + number * (last - first) // (count - 1) for number in range(count)]


def main(folder: Path, kills: int) -> dict[str, tuple[int, int]]:
    """Give (status when killed, status when started again) by folder name."""
    load_families()
    matcher_version()  # kept with each match; cached, or an edit meanwhile would tell runs apart
    (folder / "undisturbed").mkdir()
    ended = {"undisturbed": (do(folder / "undisturbed", None), 0)}
    first_file, last = json.loads((folder / "undisturbed/moments").read_text())
    half = kills // 2
    for moment in {*spread(1, first_file - 1, kills - half), *spread(first_file, last, half)}:
        place = folder / f"killed-{moment}-of-{last}"
        place.mkdir()
        ended[place.name] = do(place, moment), do(place, None)
    return ended


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
