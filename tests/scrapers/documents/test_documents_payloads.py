"""Real attachments of goszakup: the technical specification in Kazakh and Russian, and annexes."""

from decimal import Decimal
from pathlib import Path

import pytest

from scrapers.documents import Limits, State, items_of, read_document
from scrapers.records import Code, Unit

FOLDER = Path(__file__).parents[4] / "shared" / "payloads" / "goszakup_kz"
pytestmark = [
    pytest.mark.payloads,
    pytest.mark.skipif(not FOLDER.is_dir(), reason=f"NO REAL DOCUMENTS: {FOLDER} is absent"),
]


def test_the_kazakh_specification_gives_its_code_quantity_and_unit() -> None:
    """Pages 1 and 4 say the same lot in two languages; read by eye in the file."""
    read = read_document((FOLDER / "techspec_kk.pdf").read_bytes(), Limits())
    (found,) = items_of(read)
    assert (read.state, read.page_count) == (State.READ, 6)
    assert found.item.codes == (Code("KZ-ENSTRU", "432220.300.000001"),)
    assert (found.item.quantity, found.item.unit) == (Decimal(1), Unit("Работа"))
    assert (found.lot, found.page) == ("64094057-КРБС1", 1)
    assert found.item.title.startswith("Работы по строительству (сооружению) сетей/систем")
    assert [text.language for text in found.item.translations] == ["kk"]


def test_the_kazakh_pages_alone_give_them_too() -> None:
    read = read_document((FOLDER / "techspec_kk.pdf").read_bytes(), Limits(pages=3))
    (found,) = items_of(read)
    assert read.state is State.PARTIAL
    assert found.item.codes == (Code("KZ-ENSTRU", "432220.300.000001"),)
    assert (found.item.quantity, found.item.unit) == (Decimal(1), Unit("Жұмыс"))


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_an_annex_of_requirements_is_read_and_lists_nothing(number: int) -> None:
    read = read_document((FOLDER / f"appendix_{number}.pdf").read_bytes(), Limits())
    assert read.state is State.READ
    assert any(page.tables for page in read.pages)
    assert items_of(read) == ()
