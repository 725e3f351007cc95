"""Which notices are worth reading whole: their own pages, their documents."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import catalog
from catalog.family import Family, load_families
from catalog.records import FamilyName
from matcher.reading.worth import may_concern
from scrapers.records import Depth, Notice
from service.matching.lots import lot_texts

Worth = Callable[[Notice], bool]


def worth_reading(families: Mapping[FamilyName, Family] | None = None) -> Worth:
    """Give the test of a notice as its listing shows it: some lot may ask for goods of a family,
    works that need such goods included. A row that gives its number alone (MTender) says neither
    yes nor no, and is opened."""
    known = load_families() if families is None else families

    def worth(notice: Notice) -> bool:
        if notice.depth is Depth.LISTING and notice.title in {notice.id, notice.number}:
            return True
        return any(may_concern(lot, known) for lot in lot_texts(notice))

    return worth


def worth_basis() -> str:
    """Fingerprint the families: when they change, what is stored must be sifted anew."""
    folder = Path(catalog.__file__ or "").parent / "families"
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.toml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
