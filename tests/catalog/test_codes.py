import pytest

from catalog.codes import format_codes, parse_codes
from catalog.faults import CellFault
from catalog.records import ProductCodeMark


def test_codes_keep_order_and_zeros() -> None:
    text = "ENSTRU:242013.900.000001|CPA:24.20.13|TNVED:0305110000|CPV:44163000"
    assert parse_codes(text) == (
        ProductCodeMark("ENSTRU", "242013.900.000001"),
        ProductCodeMark("CPA", "24.20.13"),
        ProductCodeMark("TNVED", "0305110000"),
        ProductCodeMark("CPV", "44163000"),
    )
    assert format_codes(parse_codes(text)) == text


def test_russian_scheme_names_and_spaces_are_read() -> None:
    assert parse_codes("ЕНС ТРУ: 242013.900.000001 | ТН ВЭД: 7305 11 000 0") == (
        ProductCodeMark("ENSTRU", "242013.900.000001"),
        ProductCodeMark("TNVED", "7305110000"),
    )


def test_a_code_given_twice_counts_once() -> None:
    assert parse_codes("CPA:24.20.13|cpa:24.20.13|") == (ProductCodeMark("CPA", "24.20.13"),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("242013.900.000001", "write ENSTRU:242013.900.000001"),
        ("ENTRU:242013.900.000001", "did you mean ENSTRU?"),
        ("CPV:", "is no code"),
        ("CPV:44163000; drop", "is no code"),
        ("CPV:" + "1" * 41, "is no code"),
    ],
)
def test_a_wrong_code_is_told_with_what_is_right(text: str, said: str) -> None:
    with pytest.raises(CellFault) as caught:
        parse_codes(text)
    assert said in str(caught.value)
