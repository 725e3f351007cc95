"""What a main run did, as text for people and as JSON for programs."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from matcher.records import Verdict
from service.cli.document_lines import document_record, documents_line
from service.cli.portal_lines import LONGEST_REASON, portal_lines
from service.digest.cleaning import cut
from service.jobs.collect import PortalResult
from service.jobs.digest import DigestResult
from service.jobs.main import MainReport, PlantLeads

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
    "suppressed": "not sent: its reader wants no mail, or mail came back",
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
        yield from (f"  {line}" for line in portal_lines(portal))
    matched = report.matched
    if said := documents_line(report.documents):
        yield ""
        yield said
    yield ""
    yield f"Matched {matched.notices} notices, {matched.lots} lots; {matched.new_leads} new leads"
    yield "Leads open now, one a lot and product (a digest has one a lot and plant)"
    if matched.failed:
        why = cut(matched.reason, LONGEST_REASON)
        yield f"  {matched.failed} notices could not be matched and stay due: {why}"
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


def _plant(each: PlantLeads) -> str:
    can, check = (each.verdicts.get(verdict, 0) for verdict in (Verdict.CAN, Verdict.CHECK))
    sample = " (sample)" if each.plant.sample else ""
    return f"  {f'{each.plant.name}{sample}':<58.58} can {can:>4}   check {check:>4}"


def _digest(digest: DigestResult) -> str:
    where = f" {shorten(digest.path)}" if digest.path is not None else ""
    leads = f", {digest.leads} leads" if digest.leads else ""
    more = f", {digest.beyond} more counted" if digest.beyond else ""
    why = f" ({cut(digest.reason, LONGEST_REASON)})" if digest.action == "failed" else ""
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
    matched = report.matched
    return {
        "mode": report.mode,
        "outcome": report.outcome.value,
        "seconds": round(report.seconds, 2),
        "database": report.database,
        "portals": [_portal_record(each) for each in report.portals],
        "documents": document_record(report.documents),
        "matched": {
            "notices": matched.notices,
            "lots": matched.lots,
            "new_leads": matched.new_leads,
        },
        "plants": [_plant_record(each) for each in report.plants],
        "digests": [_digest_record(each) for each in report.digests],
    }


def _portal_record(result: PortalResult) -> dict[str, object]:
    done = result.report
    return {
        "portal": result.portal,
        "outcome": done.outcome.value,
        "reason": done.reason,
        "advice": done.advice,
        "read": done.read,
        "total": done.total,
        "new": done.new,
        "changed": done.changed,
        "failed": done.failed,
    }


def _plant_record(each: PlantLeads) -> dict[str, object]:
    return {
        "plant": each.plant.id,
        "name": each.plant.name,
        "sample": each.plant.sample,
        "leads": {verdict.value: count for verdict, count in each.verdicts.items()},
    }


def _digest_record(digest: DigestResult) -> dict[str, object]:
    return {
        "recipient": digest.address,
        "day": digest.day,
        "action": digest.action,
        "leads": digest.leads,
        "path": str(digest.path) if digest.path else None,
        "reason": digest.reason,
    }
