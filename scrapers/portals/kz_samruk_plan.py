"""Items of the plans of Samruk-Kazyna's companies: what is to be bought, before any advert.

UNVERIFIED: their address stands in the portal's own script; of their fields no answer was at hand.
They are read as a lot is, which is made of a plan item and carries its month (`durationMonth`).
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from scrapers.ocds.values import moment
from scrapers.parsing.objects import Fields
from scrapers.portals import kz_samruk_lot as lots_of
from scrapers.records import Buyer, Notice, Period, Phase, Vat

PLANS = "https://zakup.sk.kz/eprocsearch/api/external/plan-items"
PREFIX = "plan:"


def plan_notice(row: Fields, *, portal: str, zone: str, buyer: Buyer | None) -> Notice:
    """Read a row of the plans. Raises `LayoutChanged` as for a lot."""
    lot = lots_of.lot(row)
    status = row.text("planItemStatus") or row.text("status")
    return Notice(
        portal=portal,
        id=f"{PREFIX}{lot.id}",
        url="https://zakup.sk.kz/",  # the address of a plan item's page was not seen
        title=lot.title,
        phase=Phase.CANCELLED if re.search("CANCEL|DELET|REMOV", status) else Phase.PLAN,
        number=lot.number,
        language="ru" if row.text("nameRu") else "kk",
        status=status or None,
        method=row.text("tenderType") or None,
        category=lots_of.category(row),
        buyer=buyer,
        country="KZ",
        value=row.money("sumTruNoNds", "KZT", Vat.EXCLUDED),
        amended_at=moment(row.text("lastModifiedDate"), zone),
        period=_month(row, zone),
        lots=(lot,),
        translations=lot.translations,
    )


def _month(row: Fields, zone: str) -> Period | None:
    """«03.2026»: from the first day of the month in which the purchase is planned."""
    written = row.text("durationMonth")
    match = re.fullmatch(r"(0[1-9]|1[0-2])\.(20\d\d)", written, re.ASCII)
    if match is None:
        if written:
            raise row.changed(f"{written[:40]!r} where a month was due", "durationMonth")
        return None
    start = datetime(int(match[2]), int(match[1]), 1, tzinfo=ZoneInfo(zone))
    return Period(moment(start.isoformat(), zone), None, zone)
