"""Codes written in documents: ENS TRU anywhere, AGSK-3 where the document names that register."""

import re

from scrapers.records import Code

_ENSTRU = re.compile(r"(?<![\d.])(\d{6}\.\d{3}\.\d{6})(?![\d.])")
AGSK = re.compile(r"агск|әққж", re.IGNORECASE)
# Three groups of digits, as in «АГСК-3: 241-101-0101». The register itself was not at hand, so a
# number is taken for its code only where the document says so.
_AGSK_CODE = re.compile(r"(?<![\d-])(\d{3}-\d{3,4}-\d{4,6})(?![\d-])")
_AGSK_NAMED = re.compile(
    r"агск[-\s]*3?[\s:№-]*(?:код[ы]?[\s:№-]*)?(\d{3}-\d{3,4}-\d{4,6})(?![\d-])", re.I
)


_BROKEN = re.compile(r"(?<=\d[.-])\s+(?=\d)")


def whole(text: str) -> str:
    """Join the codes of a cell that its width broke: «241-101- 0107», «432220.300. 000001»."""
    return _BROKEN.sub("", text)


def codes_in(text: str, *, agsk: bool = False) -> tuple[Code, ...]:
    """Read the codes of a text; `agsk` says that it stands in a column of AGSK-3 codes."""
    found = [Code("KZ-ENSTRU", code) for code in _ENSTRU.findall(text)]
    pattern = _AGSK_CODE if agsk else _AGSK_NAMED
    found += [Code("KZ-AGSK3", code) for code in pattern.findall(text)]
    return tuple(dict.fromkeys(found))
