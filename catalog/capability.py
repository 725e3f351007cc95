"""Capability cells: `outer_diameter_mm=530..1420; steel_grade=Ст20|09Г2С; coating=3PE|none`.

A term is an attribute and its alternatives: ranges of numbers (`6..25`, `..6`, `530..`, `8`) or
names. The attribute's key decides which, since a steel grade may be called `20`.
"""

import re
from decimal import Decimal

from catalog.cells import TWO_WAYS, parse_decimal
from catalog.faults import CellFault, Said, said, show
from catalog.records import Capability, Source, Span

ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,60}")
NAMED = re.compile(r"(?:.*_)?(?:grade|grades|standards|coating|color|ral|material|type|kind|class)")
NUMBERED = re.compile(
    r".*_(?:mm|cm|m|km|m2|m3|mm2|l|ml|g|kg|t|bar|mpa|kpa|kn|kw|kv|kva|v|w|a|pct|c|db|days|min|h)"
    r"|.*_(?:kg|g|l|t)_m[23]?|sdr|ring_stiffness"
)
MARKS = re.compile(r"[|;]")
RANGE = ".."
REVERSED = "%(term)s is reversed"


def parse_capabilities(text: str, source: Source) -> tuple[Capability, ...]:
    """Read a whole capability cell. Raises `CellFault` on the first wrong term."""
    return tuple(parse_term(term, source) for term in split_terms(text))


def split_terms(text: str) -> list[str]:
    """Terms of a capability cell, stripped, empty ones left out."""
    return [term.strip() for term in text.split(";") if term.strip()]


def parse_term(term: str, source: Source) -> Capability:
    """Read one `attribute=alternatives`. Raises `CellFault` with what would be right."""
    attribute, equals, text = (part.strip() for part in term.partition("="))
    if not equals:
        expected = said("write attribute=value, as wall_mm=6..25")
        raise CellFault(said("%(text)s has no =", text=show(term)), expected)
    attribute = attribute.lower()
    if not ATTRIBUTE.fullmatch(attribute):
        expected = said("write a key such as wall_mm")
        raise CellFault(said("%(text)s is no attribute", text=show(attribute)), expected)
    parts = [" ".join(part.split()) for part in text.split("|")]
    if not all(parts):
        expected = said("write %(attribute)s=value or leave it out", attribute=attribute)
        raise CellFault(said("%(text)s has an empty value", text=show(term)), expected)
    if is_numbered(attribute, parts):
        return Capability(
            attribute, source, spans=tuple(parse_span(attribute, part) for part in parts)
        )
    return Capability(attribute, source, names=frozenset(parts))


def is_numbered(attribute: str, parts: list[str]) -> bool:
    """Whether the alternatives are ranges: by the key, or for a key of neither kind by look."""
    if NAMED.fullmatch(attribute):
        return False
    if NUMBERED.fullmatch(attribute):
        return True
    try:
        for part in parts:
            parse_span(attribute, part)
    except CellFault as fault:
        # A reversed range is one all the same, and its fault must be told.
        return fault.found.phrase == REVERSED
    return True


def parse_span(attribute: str, text: str) -> Span:
    """Read `6..25`, `..6`, `530..` or one number; `…` is what Excel makes of points."""
    plain = text.replace("...", RANGE).replace("…", RANGE)
    low_text, dots, high_text = (part.strip() for part in plain.partition(RANGE))
    try:
        low = parse_decimal(low_text) if low_text else None
        high = parse_decimal(high_text) if high_text else None
    except CellFault as fault:
        if fault.found.phrase == TWO_WAYS:
            found = said("%(attribute)s: %(found)s", attribute=attribute, found=fault.found)
            raise CellFault(found, fault.expected) from None
        term = f"{attribute}={text[:60]}"
        raise CellFault(said("%(term)s is no range of numbers", term=term), hint(text)) from None
    if low is None and high is None:
        found = said("%(term)s is open at both ends", term=f"{attribute}={text[:60]}")
        raise CellFault(found, said("write at least one end"))
    if not dots:
        high = low
    if low is not None and high is not None and low > high:
        turned = f"{attribute}={high_text}..{low_text}"
        found = said(REVERSED, term=f"{attribute}={text}")
        raise CellFault(found, said("write %(text)s", text=turned))
    return Span(as_float(low), as_float(high))


def hint(text: str) -> Said:
    """What to write instead of a value that is no range: `6-25` and `6..25 мм` are common."""
    numbers = re.findall(r"\d+(?:[.,]\d+)?", text[:60])
    if len(numbers) == 2:
        return said("write %(text)s", text=f"{numbers[0]}..{numbers[1]}")
    if len(numbers) == 1:
        return said("write %(text)s, without a unit", text=numbers[0])
    return said("write 8, 6..25, ..25 or 6..")


def as_float(number: Decimal | None) -> float | None:
    """Spans count in floats; None stays open."""
    return None if number is None else float(number)


def format_capabilities(capabilities: tuple[Capability, ...]) -> str:
    """Write a capability cell; `parse_capabilities` reads the same values from it.

    Raises `ValueError` on a name holding `|` or `;`, which the form cannot carry.
    """
    return "; ".join(map(format_term, capabilities))


def format_term(capability: Capability) -> str:
    """Write one `attribute=alternatives`, names in order."""
    for name in capability.names:
        if MARKS.search(name):
            raise ValueError(f"{capability.attribute}: the name {name!r} cannot be written")
    parts = sorted(capability.names) or [format_span(span) for span in capability.spans]
    return f"{capability.attribute}={'|'.join(parts)}"


def format_span(span: Span) -> str:
    """Write a span as `parse_span` reads it."""
    low, high = format_float(span.low), format_float(span.high)
    return low if low and low == high else f"{low}{RANGE}{high}"


def format_float(number: float | None) -> str:
    """Shortest text that reads back as the same float, without an exponent; open end is empty."""
    if number is None:
        return ""
    text = format(Decimal(repr(number)), "f")
    return text.removesuffix(".0")
