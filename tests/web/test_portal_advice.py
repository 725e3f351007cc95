"""What to do about a portal that failed is said in the reader's language."""

import pytest

from scrapers.errors import SourceError
from scrapers.portals import PORTALS
from service.texts import language


def every_advice() -> list[str]:
    assert PORTALS  # whose modules have faults of their own
    kinds, found = [SourceError], set()
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        found.add(kind.advice)
    return sorted(found)


@pytest.mark.parametrize("code", ["ru", "kk"])
def test_every_advice_is_translated(code: str) -> None:
    untold = [each for each in every_advice() if not language(code).name("portal_advice", each, "")]
    assert untold == []
