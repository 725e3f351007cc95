"""Classification codes of a product, as a catalogue file writes them: `ENSTRU:…|CPA:…`."""

import re

from catalog.faults import CellFault, offer, said, show
from catalog.records import ProductCodeMark

SCHEMES = ("ENSTRU", "CPA", "TNVED", "CPV", "KTRU", "AGSK3")
WRITTEN = {
    "ЕНСТРУ": "ENSTRU",
    "ТНВЭД": "TNVED",
    "HS": "TNVED",
    "OKPD2": "CPA",  # the Russian and Kazakh classifiers share the six digits of CPA 2008
    "ОКПД2": "CPA",
    "KPVED": "CPA",
    "КПВЭД": "CPA",
    "КТРУ": "KTRU",
    "АГСК3": "AGSK3",
}
CODE = re.compile(r"[0-9A-Za-z]+(?:[.\-/][0-9A-Za-z]+)*")
LONGEST = 40
ENSTRU_SHAPE = re.compile(r"\d{6}\.\d{3}\.\d{6}")


def parse_codes(text: str) -> tuple[ProductCodeMark, ...]:
    """Read codes separated by `|`. Raises `CellFault` on an unknown scheme or an odd code."""
    marks = [parse_code(part.strip()) for part in text.split("|") if part.strip()]
    return tuple(dict.fromkeys(marks))


def parse_code(text: str) -> ProductCodeMark:
    """Read one `SCHEME:code`; spaces within a code are dropped, zeros kept."""
    scheme, colon, code = text.partition(":")
    if not colon:
        guess = f"ENSTRU:{text}" if ENSTRU_SHAPE.fullmatch(text) else "SCHEME:code"
        found = said("code %(text)s has no scheme", text=show(text))
        raise CellFault(found, said("write %(text)s", text=guess))
    folded = re.sub(r"[\s\-_]", "", scheme).upper()
    folded = WRITTEN.get(folded, folded)
    if folded not in SCHEMES:
        found = said("code scheme %(text)s is unknown", text=show(scheme))
        raise CellFault(found, offer(folded, SCHEMES))
    plain = "".join(code.split())
    if len(plain) > LONGEST or not CODE.fullmatch(plain):
        found = said("%(scheme)s code %(text)s is no code", scheme=folded, text=show(code))
        raise CellFault(found, said("write digits and points"))
    return ProductCodeMark(folded, plain)


def format_codes(marks: tuple[ProductCodeMark, ...]) -> str:
    """Write codes as `parse_codes` reads them."""
    return "|".join(f"{mark.scheme}:{mark.code}" for mark in marks)
