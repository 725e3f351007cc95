"""One row of a catalogue file while it is read: its cells, its source, its faults."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from catalog.capability import format_span, format_term, parse_term, split_terms
from catalog.cells import parse_date, parse_standing
from catalog.family import AttributeRule, Family
from catalog.faults import CellFault, Said, offer, said, show
from catalog.records import Capability, Source, Standing
from catalog.units import dimension, fold_unit

COLUMNS = (
    *("plant", "plant_bin", "product_code", "name", "description", "family", "codes"),
    *("capability", "unit", "capacity_per_year", "utilisation_pct", "lead_time_days"),
    *("certificates", "source", "as_of", "confirmed"),
)
OWNER = "заявлено в файле каталога"
"""Source of a row that names none."""
UNITS = ("t", "kg", "m", "km", "m2", "m3", "l", "pcs", "set", "т", "кг", "м", "м2", "шт", "тонна")
GENERIC = frozenset({"standards", "length_m", "mass_kg", "volume_l", "color_ral"})
"""Attributes that a product of any family may have."""
LONGEST_CELL = 30_000
"""Characters of one cell; XLSX holds no more than 32,767."""

BROKEN = re.compile("[\ufffd\ud800-\udfff]")
UNSTATED = Source(OWNER)

T = TypeVar("T")


@dataclass(slots=True)
class Row:
    """One row while it is read: cells by column, and the faults found so far."""

    line: int
    cells: dict[str, str]
    faults: list[tuple[str | None, CellFault]] = field(default_factory=list)

    def take(self, column: str, parse: Callable[[str], T]) -> T | None:
        """Read a cell, None where it is empty or faulty; a fault is noted."""
        text = self.cells.get(column)
        if not text:
            return None
        try:
            return parse(text)
        except CellFault as fault:
            self.note(column, fault.found, fault.expected)
            return None

    def note(self, column: str | None, found: Said, expected: Said) -> None:
        """Note a fault of this row."""
        self.faults.append((column, CellFault(found, expected)))


def check_text(row: Row, column: str, text: str, bad_byte: int | None) -> None:
    """Note a cell that is too long, or whose characters were lost in an earlier conversion."""
    if len(text) > LONGEST_CELL:
        note_length(row, column, text, LONGEST_CELL)
    if not BROKEN.search(text):
        return
    if "\ufffd" in text:
        found = said("%(text)s has broken characters", text=show(text))
        if bad_byte is not None:
            phrase = "%(text)s has broken characters (byte %(byte)s of the file is not UTF-8)"
            found = said(phrase, text=show(text), byte=bad_byte)
        row.note(column, found, said("write the text anew and save the file as UTF-8"))
    else:
        found = said("%(text)s has half a character", text=show(text))
        row.note(column, found, said("write the text anew"))


def note_length(row: Row, column: str, text: str, most: int) -> None:
    """Note that a cell holds more characters than are read."""
    found = said("%(count)s characters", count=len(text))
    row.note(column, found, said("write at most %(most)s", most=most))


def row_source(row: Row) -> Source:
    """Where a row's facts come from, by its last three columns."""
    if not any(map(row.cells.get, ("source", "as_of", "confirmed"))):
        return UNSTATED
    as_of = row.take("as_of", parse_date)
    standing = row.take("confirmed", parse_standing) or Standing.CONFIRMED
    return shared_source(Source(row.cells.get("source") or OWNER, as_of, standing))


@lru_cache(maxsize=1_000)
def shared_source(source: Source) -> Source:
    """One object for equal sources: a million rows mostly name one and the same."""
    return source


def parse_unit(text: str) -> str:
    """Canonical name of a unit. Raises `CellFault` with the nearest known one."""
    unit = fold_unit(text) or (text if dimension(text) else None)
    if unit is None:
        raise CellFault(said("unit %(text)s is unknown", text=show(text)), offer(text, UNITS))
    return unit


def row_capabilities(row: Row, family: Family | None, source: Source) -> tuple[Capability, ...]:
    """Read the capability cell term by term, so that each wrong one is told.

    An attribute may stand twice only where others report it (`confirmed` = no): sources may
    disagree, a plant's own word may not.
    """
    found: list[Capability] = []
    for term in split_terms(row.cells.get("capability", "")):
        try:
            one = parse_term(term, source)
            check_attribute(one, family)
        except CellFault as fault:
            row.note("capability", fault.found, fault.expected)
            continue
        is_repeated = any(one.attribute == other.attribute for other in found)
        if is_repeated and source.standing is Standing.CONFIRMED:
            found_twice = said("%(attribute)s stands twice", attribute=one.attribute)
            expected = said("join them: %(attribute)s=6..25|30..40", attribute=one.attribute)
            row.note("capability", found_twice, expected)
        found.append(one)
    return tuple(found)


def check_attribute(capability: Capability, family: Family | None) -> None:
    """Raise `CellFault` on an attribute the family lacks, or a range outside all reason.

    An implausible range is mostly one in another unit: a diameter in metres.
    """
    if family is None or capability.attribute in GENERIC:
        return
    rules: Mapping[str, AttributeRule] = family.attributes
    rule = rules.get(capability.attribute)
    if rule is None:
        phrase = "%(family)s has no attribute %(text)s"
        found = said(phrase, family=family.name, text=show(capability.attribute))
        raise CellFault(found, offer(capability.attribute, rules.keys() | GENERIC))
    limits = rule.plausible
    if limits is not None and capability.names:
        found = said("%(term)s is no range of numbers", term=show(format_term(capability)))
        raise CellFault(found, said("write %(text)s", text=f"{capability.attribute}=6..25"))
    if limits is not None and not all(span.meets(limits) for span in capability.spans):
        phrase = "%(term)s is implausible for %(family)s"
        found = said(phrase, term=format_term(capability), family=family.name)
        within = format_span(limits)
        raise CellFault(found, said("it lies within %(span)s; is the unit right?", span=within))
