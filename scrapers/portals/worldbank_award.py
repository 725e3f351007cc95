"""Who won, out of the text of a World Bank award notice, and what joins the notices of a purchase.

Award notices have no fields of their own for it: bidders and prices stand in `notice_text` behind
labels, one a line. UNVERIFIED: the labels are those of notices of 2012-2014 quoted in a public
parser's tests (tlevine/wbcontractawards); what has other labels names no winner.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from scrapers.records import (
    Award,
    AwardStatus,
    Bid,
    Contract,
    Money,
    Notice,
    Party,
    Related,
    Relation,
    Vat,
)

_BIDDER = re.compile(r"(Awarded|Evaluated|Rejected) Bidder\(s\) ?:", re.IGNORECASE)
_SMALL = re.compile(r"Awarded ?Firm/Indv\.? ?: ?(.+)", re.IGNORECASE)  # a "Small Contract Award"
_LABEL = re.compile(
    r"(Bid/Contract Reference No|Contract Signature Date|Name|Address|Country|Bid Price at Opening|"
    r"Evaluated Bid Price|Contract Price|Price) ?: ?(.*)",
    re.IGNORECASE,
)
# Groups of three, or as India writes them: 1,23,45,678. What goes on behind it («1.234,56»,
# «1 500») is written otherwise, and its first digits are not the sum.
_SUM = re.compile(
    r"([A-Z]{3}) ?((?:\d{1,3}(?:,\d{3}){1,5}|\d{1,2}(?:,\d{2}){1,6},\d{3}|\d{1,15})(?:\.\d{1,2})?)"
    r"(?![.,]?\d| \d)"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(slots=True)
class _Part:
    """What one bidder's lines say, or those above all bidders."""

    won: bool = False
    small: bool = False
    said: dict[str, str] = field(default_factory=dict)


def outcome(text: str, zone: str) -> tuple[tuple[Award, ...], tuple[Contract, ...]]:
    """Read the awards of a notice's plain text, and its contracts where a day of signing is given.

    Days are the first moment of that day in `zone`. A notice that names no winner gives nothing,
    and neither does a report of several small contracts: it does not say which purchase is whose.
    """
    head, *parts = _parts(text)
    if len(parts) > 1 and any(part.small for part in parts):
        return (), ()
    bidders = [(part, party) for part in parts if (party := _party(part.said)) is not None]
    bids = tuple(Bid(party, _offer(part.said)) for part, party in bidders)
    awards, contracts = [], []
    for number, (part, party) in enumerate([each for each in bidders if each[0].won], start=1):
        id_, value = str(number), _sum(part.said.get("contract price") or part.said.get("price"))
        awards.append(
            Award(id_, suppliers=(party,), value=value, status=AwardStatus.ACTIVE, bids=bids)
        )
        signed = _day({**head.said, **part.said}.get("contract signature date", ""), zone)
        reference = head.said.get("bid/contract reference no") or None
        if signed is not None:
            contracts.append(Contract(id_, reference, id_, (), (party,), value, signed))
    return tuple(awards), tuple(contracts)


def _parts(text: str) -> Iterator[_Part]:
    """The lines above all bidders, then those of each bidder."""
    part = _Part()
    for line in text.splitlines():
        small, large = _SMALL.fullmatch(line), _BIDDER.match(line)
        if small or large:
            yield part
            won = small is not None or (large is not None and large[1].lower() == "awarded")
            part = _Part(won, small is not None, {"name": small[1]} if small else {})
        elif label := _LABEL.fullmatch(line):
            name = label[1].lower()
            if name == "name" and "name" in part.said:  # a second bidder under the same heading
                yield part
                part = _Part(part.won)
            part.said.setdefault(name, label[2].strip())
    yield part


def _party(said: Mapping[str, str]) -> Party | None:
    place = ", ".join(filter(None, (said.get("address"), said.get("country"))))
    return Party(said["name"], address=place or None) if said.get("name") else None


def _offer(said: Mapping[str, str]) -> Money | None:
    return _sum(said.get("evaluated bid price")) or _sum(said.get("bid price at opening"))


def _sum(written: str | None) -> Money | None:
    """The only sum of a line; two of them, in two currencies, are no sum."""
    found = _SUM.findall(written or "")
    if len(found) != 1:
        return None
    amount = Decimal(found[0][1].replace(",", ""))
    return Money.of(amount, found[0][0], Vat.UNKNOWN) if 0 < amount < 10**15 else None


def _day(written: str, zone: str) -> datetime | None:
    """«06/14/2012» (month first) or «15-May-2014»."""
    american = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", written, re.ASCII)
    named = re.fullmatch(r"(\d{1,2})-([A-Za-z]{3})-(\d{4})", written, re.ASCII)
    if american:
        year, month, day = int(american[3]), int(american[1]), int(american[2])
    elif named and named[2].lower() in _MONTHS:
        year, month, day = int(named[3]), _MONTHS.index(named[2].lower()) + 1, int(named[1])
    else:
        return None
    try:
        return datetime(year, month, day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def procedure(notice: Notice, project: str, text: str) -> tuple[Related, ...]:
    """What invitation and award of one purchase have in common: the borrower's reference within its
    project. An award states it in its text, its field may hold a word for the kind of notice; a
    word or «Lot 2» would join purchases that have nothing in common."""
    said = next(_parts(text)).said.get("bid/contract reference no", "")
    found = (" ".join(each.split()).upper() for each in (notice.number or "", said))
    named = dict.fromkeys(each for each in found if len(re.findall(r"\d", each)) > 2)
    return tuple(Related(Relation.PROCEDURE, f"{project} {each}") for each in named if project)
