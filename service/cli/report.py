"""What a main run did, as text for people and as JSON for programs."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from matcher.records import Verdict
from service.jobs.collect import PortalResult
from service.jobs.digest import DigestResult
from service.jobs.main import MainReport, PlantLeads
from service.store.tables.naming import Outcome

MODES = {
    "live": "Live portals.",
    "sample": "SAMPLE: invented notices, labelled as samples, never mailed.",
    "replay": "REPLAY: pages saved from real portals, as they stood then; never mailed.",
}
SAID = {
    "written": "written to",
    "sent": "sent",
    "waiting": "frozen, sending failed for now: the next run tries again",
    "refused": "refused by the mail server",
    "unknown": "handed over, but the server's answer was lost",
    "already": "today's digest is already there:",
    "silent": "nothing to tell today",
    "failed": "FAILED",
}


def as_text(report: MainReport, var: Path | None = None) -> str:
    """The report as people read it, a line each. `var` is repeated in what to type next."""
    return "\n".join([*_lines(report), *_next(report, var)]) + "\n"


def _lines(report: MainReport) -> Iterator[str]:
    yield MODES[report.mode]
    yield ""
    yield "Portals"
    for portal in report.portals:
        yield from _portal(portal)
    matched = report.matched
    yield ""
    yield f"Leads ({matched.new_leads} new; {matched.notices} notices, {matched.lots} lots matched)"
    if matched.failed:
        yield f"  {matched.failed} notices could not be matched and stay due: {matched.reason}"
    for plant in report.plants:
        yield _plant(plant)
    yield ""
    yield "Digests"
    for digest in report.digests:
        yield _digest(digest)
    yield ""
    yield f"Database  {shorten(report.database)}"
    yield f"Time      {report.seconds:.1f} s, outcome {report.outcome.value}"
    if report.review:
        yield (
            f"Catalogue {len(report.review)} entries of the bundled zone differ from the store: "
            "suranys catalog review"
        )
    yield ""


def _portal(portal: PortalResult) -> Iterator[str]:
    done = portal.report
    of = f" of {done.total}" if done.total is not None and done.total != done.read else ""
    counts = f"{done.read} read{of}, {done.new} new, {done.changed} changed, {done.failed} failed"
    if done.outcome is Outcome.SKIPPED:
        counts = "not read"
    yield f"  {portal.portal:<18} {done.outcome.value:<8} {counts}"
    if done.reason:
        yield f"  {'':<18} {'':<8} {done.reason}"
    if done.advice:
        yield f"  {'':<18} {'':<8} {done.advice}"


def _plant(each: PlantLeads) -> str:
    can, check = (each.verdicts.get(verdict, 0) for verdict in (Verdict.CAN, Verdict.CHECK))
    sample = " (sample)" if each.plant.sample else ""
    return f"  {f'{each.plant.name}{sample}':<58.58} can {can:>4}   check {check:>4}"


def _digest(digest: DigestResult) -> str:
    where = f" {shorten(digest.path)}" if digest.path is not None else ""
    leads = f", {digest.leads} leads" if digest.leads else ""
    more = f", {digest.beyond} more counted" if digest.beyond else ""
    why = f" ({digest.reason})" if digest.action == "failed" else ""
    late = f", the digest put off on {digest.day}" if digest.late else ""
    said = f"{leads}{more}{late}: {SAID[digest.action]}{where}{why}"
    return f"  {digest.recipient} <{digest.address}>{said}"


def _next(report: MainReport, var: Path | None) -> Iterator[str]:
    page = next((d.path.with_suffix(".html") for d in report.digests if d.path), None)
    options = "" if report.mode == "live" else f" --mode {report.mode}"
    options += f" --var {var}" if var is not None else ""
    program = shorten(shutil.which(sys.argv[0]) or sys.argv[0])
    yield "Next"
    if page is not None:
        yield f"  open {shorten(page)} in a browser: the digest"
    yield f"  {program} status{options}"
    yield f"  {program} explain{options} NUMBER"
    if report.mode == "sample":
        yield f"  {program} run     with a network: the real portals"


def shorten(path: Path | str) -> str:
    """Write a path from here, if that is shorter."""
    whole = Path(path)
    try:
        return str(whole.relative_to(Path.cwd()))
    except ValueError:
        return str(whole)


def as_json(report: MainReport) -> dict[str, object]:
    """The report as one JSON object."""
    return {
        "mode": report.mode,
        "outcome": report.outcome.value,
        "seconds": round(report.seconds, 2),
        "database": report.database,
        "portals": [
            {
                "portal": each.portal,
                "outcome": each.report.outcome.value,
                "reason": each.report.reason,
                "advice": each.report.advice,
                "read": each.report.read,
                "total": each.report.total,
                "new": each.report.new,
                "changed": each.report.changed,
                "failed": each.report.failed,
            }
            for each in report.portals
        ],
        "matched": {
            "notices": report.matched.notices,
            "lots": report.matched.lots,
            "new_leads": report.matched.new_leads,
        },
        "plants": [
            {
                "plant": each.plant.id,
                "name": each.plant.name,
                "sample": each.plant.sample,
                "leads": {verdict.value: count for verdict, count in each.verdicts.items()},
            }
            for each in report.plants
        ],
        "digests": [
            {
                "recipient": each.address,
                "day": each.day,
                "action": each.action,
                "leads": each.leads,
                "path": str(each.path) if each.path else None,
                "reason": each.reason,
            }
            for each in report.digests
        ],
    }
