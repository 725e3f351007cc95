"""Numbers are computed by hand in the comments, none is taken from a register."""

import pytest

from catalog.bin import check_digit, is_bin, parse_bin
from catalog.faults import CellFault


def test_the_first_weights_give_the_digit() -> None:
    # 1·1+2·2+3·3+4·4+5·5+6·6+7·7+8·8+9·9+0·10+1·11 = 296; 296 = 26·11 + 10 → second pass:
    # 1·3+2·4+3·5+4·6+5·7+6·8+7·9+8·10+9·11+0·1+1·2 = 377; 377 = 34·11 + 3
    assert check_digit("12345678901") == 3
    # 9·1 + 1·5 + 2·11 = 36; 36 = 3·11 + 3
    assert check_digit("90001000002") == 3


def test_ten_in_the_first_pass_leads_to_the_second() -> None:
    # only the tenth digit 1: 10 in the first pass, weight 1 in the second
    assert check_digit("00000000010") == 1


def test_ten_in_both_passes_is_no_number() -> None:
    # first pass: 1·1 + 1·9 = 10; second: 1·3 + 1·11 = 14 = 11 + 3, a good one
    assert check_digit("10000000100") == 3
    # first: 1·8 + 1·2 = 10; second: 1·10 + 1·4 = 14 → 3
    assert check_digit("01000001000") == 3
    # first: a + 8h ≡ 10, second: 3a + 10h ≡ 10 (mod 11): a = 10 - 8h, 30 - 24h + 10h ≡ 10,
    # 14h ≡ 20 → 3h ≡ 9 → h = 3, a = 10 - 24 = -14 ≡ 8: 8·1 + 3·8 = 32 ≡ 10, 24 + 30 = 54 ≡ 10
    assert check_digit("80000003000") is None
    assert not any(is_bin(f"80000003000{digit}") for digit in range(10))


def test_a_right_number_is_kept_with_its_zeros() -> None:
    assert parse_bin("000000000101") == "000000000101"
    assert parse_bin("123456 789013") == "123456789013"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("123456789014", "wrong checksum"),
        ("23456789013", "a leading zero may have been lost"),
        ("1234567890133", "13 digits"),
        ("12345678901Х", "is no BIN"),
        ("١٢٣٤٥٦٧٨٩٠١٣", "is no BIN"),
    ],
)
def test_a_wrong_number_is_told(text: str, said: str) -> None:
    with pytest.raises(CellFault) as caught:
        parse_bin(text)
    assert said in str(caught.value)
