"""A process that sends mails from an outbox and dies of SIGKILL at a given moment.

`python -m tests.system.mailing URL PORT KILLS SEED FOLDER [MUTATION]` freezes two mails, lets a
forked process deliver them and kills it at one of its moments, then delivers what is left 20 and 60
minutes later; KILLS times. A moment is the instant before a statement or commit reaches the
database and before and after anything is said to the mail server. It prints (moment, its label,
exit status) of each kill.

A MUTATION takes a guarantee away, to show that the judge notices: `no-note` hands the text over
without a committed note of it, `sent-first` notes a mail as sent before it is sent.
"""

import json
import os
import random
import signal
import smtplib
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from service.clock import FixedClock
from service.outbox import delivering
from service.outbox.claiming import finish, hand_over
from service.outbox.delivering import deliver_due
from service.outbox.records import Held
from service.store import open_store
from service.store.tables.naming import DeliveryState
from tests.service.outbox.mails import NOW, freeze, readers, way

MAILS = 2


class Moments:
    """Counts the moments of a process by label, and ends it at one of them."""

    def __init__(self, fatal: int | None, report: Path) -> None:
        self.labels: list[str] = []
        self._fatal, self._report = fatal, report

    def pass_by(self, label: str) -> None:
        self.labels.append(label)
        if len(self.labels) == self._fatal:
            self._report.write_text(label)
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        def statement(_c: object, _k: object, text: str, *_: object) -> None:
            self.pass_by("sql " + text.split(maxsplit=1)[0])

        event.listen(Engine, "before_cursor_execute", statement)
        event.listen(Engine, "commit", lambda _connection: self.pass_by("commit"))
        for name in ("send", "getreply"):
            setattr(smtplib.SMTP, name, self._around(getattr(smtplib.SMTP, name), name))

    def _around(self, said: Callable[..., Any], name: str) -> Callable[..., Any]:
        def passing(link: smtplib.SMTP, *arguments: Any) -> Any:
            self.pass_by(f"before {name}")
            answer = said(link, *arguments)
            self.pass_by(f"after {name}")
            return answer

        return passing


def mutate(mutation: str) -> None:
    """Take a guarantee away in this process."""
    if mutation == "no-note":

        def unnoted(session: Any, held: Held, now: datetime, wall: datetime) -> bool:
            allowed = hand_over(session, held, now, wall)
            session.rollback()
            return allowed

        setattr(delivering, "hand_over", unnoted)  # noqa: B010 - it is no public name
    elif mutation == "sent-first":

        def early(session: Any, held: Held, now: datetime, _wall: datetime) -> bool:
            return finish(session, held, DeliveryState.SENT, now) is not None

        setattr(delivering, "hand_over", early)  # noqa: B010 - as above


def child(work: Callable[[], None]) -> int:
    """Do the work in a forked process; give its exit status, negative for a signal."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    try:
        work()
        os._exit(0)
    except BaseException:  # a forked copy must never go on as its parent
        sys.excepthook(*sys.exc_info())
        os._exit(70)


def deliver(url: str, port: int, now: datetime, moments: Moments | None = None) -> None:
    with open_store(url) as store:
        if moments is not None:
            moments.watch()
        list(deliver_due(store, way(port, Path()), FixedClock(now), wall=FixedClock(now)))


def put(url: str, number: int, now: datetime) -> None:
    with open_store(url) as store:
        for person in readers(store, MAILS):
            freeze(store, person, f"{number}", now)


def main(url: str, port: int, kills: int, seed: int, mutation: str, folder: Path) -> list[object]:
    mutate(mutation)
    report = folder / "moment"

    def counting() -> None:
        moments = Moments(None, report)
        deliver(url, port, NOW, moments)
        report.write_text(json.dumps(moments.labels))

    child(lambda: put(url, 0, NOW))
    if child(counting):
        raise SystemExit("the undisturbed round failed")
    last = len(json.loads(report.read_text()))
    whole = [1 + number % last for number in range(kills)]
    chosen = whole if kills >= last else random.Random(seed).sample(range(1, last + 1), kills)  # noqa: S311 - moments, no secrets
    ended: list[object] = []
    for number, moment in enumerate(chosen, 1):
        now = NOW + timedelta(hours=2 * number)
        child(lambda n=number, t=now: put(url, n, t))  # type: ignore[misc]  # defaults bind the values
        armed = Moments(moment, report)
        status = child(lambda t=now, m=armed: deliver(url, port, t, m))  # type: ignore[misc]  # as above
        ended.append([moment, report.read_text(), status])
        for minutes in (20, 60):
            later = now + timedelta(minutes=minutes)
            if child(lambda t=later: deliver(url, port, t)):  # type: ignore[misc]  # as above
                raise SystemExit(f"going on after moment {moment} failed")
    return ended


if __name__ == "__main__":
    _, url_, port_, kills_, seed_, folder_, *mutation_ = sys.argv
    done = main(url_, int(port_), int(kills_), int(seed_), "".join(mutation_), Path(folder_))
    sys.stdout.write(json.dumps(done))
