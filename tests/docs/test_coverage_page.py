"""`docs/reference/coverage.md` against portals, settings and what is known of them."""

from tests.docs.coverage_table import PAGE, page
from tests.docs.pages import read


def test_the_coverage_page_is_that_of_the_portals() -> None:
    assert read(PAGE) == page(), "run: python -m tests.docs.coverage_table"
