"""Every key of a JSON answer is read, or listed as one that nobody reads."""

import pytest

from scrapers.portals import PORTALS
from tests.scrapers.portals.cases import all_cases
from tests.scrapers.portals.leftover import ignored, leftover

GOOD = [case for case in all_cases() if case.error is None]


@pytest.mark.parametrize("name", PORTALS)
def test_a_key_is_read_or_listed(name: str) -> None:
    found = leftover(PORTALS[name], [case for case in GOOD if case.portal == name])
    told = "look at it, then: python -m tests.scrapers.portals.leftover"
    assert sorted(found) == ignored().get(name, []), told
