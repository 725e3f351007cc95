"""Word what stands around the leads: portals not seen, the period, what is told by its number."""

from service.desk.regions import region_names
from service.digest.cleaning import cut
from service.digest.formats import moment
from service.digest.records import Counted, Digest, PortalHealth
from service.texts import Language

ALERTS = ("urgent", "reminder")
"""Mails of single leads, which tell of no period."""


def blind(health: PortalHealth, lang: Language) -> tuple[str, str]:
    """Name a portal that was not read to its end, and why, in plain words."""
    other = lang.text("reading failed")
    reason = lang.name("fault", health.fault, otherwise=other) if health.fault else other
    shape = {
        "partial": lang.text("read in part: %(reason)s", reason=reason),
        "failed": lang.text("not read: %(reason)s", reason=reason),
        "skipped": lang.text("skipped: %(reason)s", reason=reason),
        "ok": "",
    }
    return cut(health.title, 60), shape[health.outcome]


def period(digest: Digest, lang: Language) -> str:
    """Name the time a digest tells of."""
    until = moment(digest.end, digest.recipient.zone, lang)
    if digest.start is None:
        return lang.text("The first digest; read up to %(until)s.", until=until)
    since = moment(digest.start, digest.recipient.zone, lang)
    return lang.text("Period: from %(since)s to %(until)s.", since=since, until=until)


def read(digest: Digest, lang: Language) -> str | None:
    """Say how many purchases were read, and where no portal was read at all, that: silence would
    look like a day without news. Only the daily digest tells of portals."""
    if digest.kind != "digest":
        return None
    if not digest.portals:
        return lang.text("No portal was read in this time")
    seen = sum(each.read for each in digest.portals)
    return lang.plural("%(n)d purchase read", "%(n)d purchases read", seen)


def waiting(digest: Digest, lang: Language) -> str | None:
    """Say how many purchases of each portal are known by their listing only."""
    waits = [f"{cut(each.title, 60)} {each.waiting}" for each in digest.portals if each.waiting]
    if not waits:
        return None
    return lang.text("Waiting to be read: %(portals)s.", portals=", ".join(waits))


def counted(each: Counted, lang: Language) -> str:
    """Word leads told by their number in one line."""
    n = len(each.entries)
    if each.why == "implied":
        region = region_names(lang.code).get(each.region or "", lang.text("region not stated"))
        return lang.plural(
            "%(region)s: %(n)d purchase of works that will need goods; its quantity is not stated",
            "%(region)s: %(n)d purchases of works that will need goods; quantities are not stated",
            n,
            region=region,
        )
    if each.why == "old":
        return lang.plural(
            "%(n)d lead from purchases known before: a plant, product or rule is new",
            "%(n)d leads from purchases known before: a plant, product or rule is new",
            n,
        )
    return lang.plural(
        "%(n)d more lead was open before this first digest",
        "%(n)d more leads were open before this first digest",
        n,
    )
