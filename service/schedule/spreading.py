"""Jobs put into the queue in parts, for the workers of any machine to take: documents by portal,
matching by notices, digests and deliveries by people.

A job decides what is due and defers its parts, each with a queueing lock of its name, so that what
waits is not put down twice. A part is a run of its own; found with another process, it is put back
for some seconds: that process may have been killed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from procrastinate import App, JobContext
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.types import JSONValue

from scrapers.portals import PORTALS
from service.documents.fetching import by_portal
from service.jobs import digest_parts, match_parts
from service.jobs.digest_parts import write_part
from service.jobs.documents import DocumentsRead, put_down, read_portal
from service.jobs.match import settle
from service.jobs.match_parts import match_part
from service.jobs.parts import carry_part
from service.jobs.runs import Report
from service.modes import Ground
from service.outbox.claiming import due_by_person
from service.schedule.carrying import Job, Work
from service.schedule.crew import Crew, Pace
from service.schedule.doing import deliver, deliver_to, document_work
from service.schedule.table import jobs
from service.store.tables.naming import Outcome

PORTAL_QUEUE, QUEUE = "portals", "default"
"""What waits for a portal for minutes, and everything else, are taken by threads of their own."""
URGENT, MAILS, FILES, WHENEVER = 10, 8, 4, 0
DELIVER_PART = "deliver part"
PEOPLE = 200
"""People of a part of a delivery: a block of ids, so that two parts never share a person."""


def portal_lock(portal: str) -> str:
    """Name the lock under which alone a portal is read: its pages and its files."""
    return f"portal {portal}"


def spread(ground: Ground, deferring: App, pace: Pace) -> dict[str, Job]:
    """Give the jobs of the settings, those that can be divided as jobs that divide them."""
    table = {job.name: job for job in jobs(ground.config, ground.places.database_url)}
    divided: dict[str, Callable[[Work], Report]] = {
        "documents": partial(spread_documents, deferring),
        "match": partial(spread_match, deferring),
        "digest": partial(spread_digests, deferring, pace.people),
        "deliver": partial(spread_delivery, deferring, pace.few),
    }
    return {name: replace(job, do=divided.get(name, job.do)) for name, job in table.items()}


def spread_documents(app: App, work: Work) -> Report:
    """Put down which files are to be read, and their portals into the queue."""
    done = DocumentsRead()
    due = put_down(document_work(work.store, work.ground, work.wall), work.held, done)
    found, _ = by_portal(due, PORTALS)
    for portal in found:
        defer_part(
            app,
            "document_part",
            portal,
            {"portal": portal},
            priority=FILES,
            queue=PORTAL_QUEUE,
            lock=portal_lock(portal),
        )
    said = f"{len(due)} files of {len(found)} portals to read" if found else ""
    return Report(Outcome.OK, said, new=done.new)


def spread_match(app: App, work: Work) -> Report:
    """Put what is to be matched into the queue, by ranges of notices."""
    settle(work.store, work.ground.clock)
    parts = match_parts.parts(work.store, work.ground.config)
    for part in parts:
        name = f"{part.basis} {part.first}-{part.last}"
        asked: dict[str, JSONValue] = {
            "basis": part.basis,
            "first": part.first,
            "last": part.last,
        }
        defer_part(app, "match_part", name, asked, priority=WHENEVER)
    return _said(parts, "to match")


def spread_digests(app: App, people: int, work: Work) -> Report:
    """Put the digests whose hour has come into the queue, some people each."""
    parts = digest_parts.parts(work.store, work.ground.config, work.ground.clock, people)
    for part in parts:
        asked: dict[str, JSONValue] = {"day": part.day, "people": list(part.people)}
        defer_part(app, "digest_part", part.name, asked, priority=MAILS)
    return _said(parts, "to write")


def spread_delivery(app: App, few: int, work: Work) -> Report:
    """Put the mails that are due into the queue, by people; a `few` are sent at once."""
    with work.store.reading() as session:
        due = due_by_person(session, work.ground.clock.now())
    if sum(due.values()) <= few:
        return deliver(work)
    blocks = sorted({person // PEOPLE for person in due})
    for block in blocks:
        asked: dict[str, JSONValue] = {"first": block * PEOPLE, "until": (block + 1) * PEOPLE}
        defer_part(app, "deliver_part", f"{asked['first']}", asked, priority=MAILS)
    return _said(blocks, "to deliver")


def _said(parts: Sequence[object], what: str) -> Report:
    return Report(Outcome.OK, f"parts {what}: {len(parts)}" if parts else "", new=len(parts))


def defer_part(
    app: App,
    task: str,
    name: str,
    arguments: Mapping[str, JSONValue],
    *,
    priority: int,
    queue: str = QUEUE,
    lock: str | None = None,
) -> bool:
    """Put a part into the queue; says whether it is new there."""
    named = f"{task} {name}"
    asked = app.configure_task(
        task, queueing_lock=named, lock=lock or named, priority=priority, queue=queue
    )
    try:
        asked.defer(**arguments)
    except AlreadyEnqueued:
        return False
    return True


Do = Callable[..., Report | None]


def add_parts(app: App, crew: Crew) -> None:
    """Let the app know how parts are carried out. They are named, because jobs of other processes
    name them."""
    doing: dict[str, Do] = {
        "document_part": partial(_documents, crew),
        "match_part": partial(_match, crew),
        "digest_part": partial(_digests, crew),
        "deliver_part": partial(_delivery, crew),
    }
    for name, do in doing.items():
        app.task(name=name, pass_context=True)(_task(crew, do))


def _task(crew: Crew, do: Do) -> Callable[..., None]:
    def carry(context: JobContext, **arguments: JSONValue) -> None:
        if do(**arguments) is None:
            _put_back(crew, context)

    return carry


def _put_back(crew: Crew, context: JobContext) -> None:
    """Defer the job anew, some seconds later. Not by a retry of Procrastinate's: it would fail, and
    keep the lock for ever, where the same part waits already."""
    job = context.job
    asked = crew.deferring.configure_task(
        job.task_name,
        queueing_lock=job.queueing_lock,
        lock=job.lock,
        priority=job.priority,
        queue=job.queue,
        schedule_in={"seconds": crew.pace.wait},
    )
    try:
        asked.defer(**job.task_kwargs)
    except AlreadyEnqueued:
        return


def _documents(crew: Crew, portal: str) -> Report | None:
    if portal not in PORTALS:  # of a version that knows more portals: its workers will do it
        return Report(Outcome.SKIPPED, f"{portal} is not known here")
    taker = crew.taker
    work = document_work(crew.store, crew.ground, taker.wall, crew.readers)
    return read_portal(work, taker, portal)


def _match(crew: Crew, basis: str, first: int, last: int) -> Report | None:
    ground, part = crew.ground, match_parts.Part(basis, first, last)
    return match_part(crew.taker, ground.config, ground.clock, part, crew.prepared)


def _digests(crew: Crew, day: str, people: Sequence[int]) -> Report | None:
    ground, part = crew.ground, digest_parts.Part(day, tuple(people))
    return write_part(crew.taker, ground.config, ground.places, ground.clock, part)


def _delivery(crew: Crew, first: int, until: int) -> Report | None:
    def do(_held: object) -> Report:
        return deliver_to(crew.store, crew.ground, range(first, until))

    return carry_part(crew.taker, DELIVER_PART, f"{first}-{until}", do)
