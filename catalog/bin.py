"""Business and individual identification numbers of Kazakhstan (BIN, IIN): form and checksum.

Twelve digits, the last a check digit: the first eleven are weighted 1…11 and summed modulo 11; if
that gives 10, weighted anew 3…11, 1, 2; a number that gives 10 again is never issued. The formula
is told in yvision.kz/post/114938 (3 Feb 2011), which quotes the Government's decrees on the IIN.
"""

from catalog.faults import CellFault, said, show

FIRST_WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
SECOND_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
LENGTH = 12


def check_digit(first_eleven: str) -> int | None:
    """Control digit of eleven digits, or None when no number can begin with them."""
    digits = [int(digit) for digit in first_eleven]
    for weights in (FIRST_WEIGHTS, SECOND_WEIGHTS):
        rest = sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11
        if rest != 10:
            return rest
    return None


def is_bin(text: str) -> bool:
    """Whether the text is twelve ASCII digits with the right check digit."""
    return (
        len(text) == LENGTH
        and text.isascii()
        and text.isdigit()
        and check_digit(text[:-1]) == int(text[-1])
    )


def parse_bin(text: str) -> str:
    """Return a BIN as twelve digits. Raises `CellFault` on a wrong form or checksum."""
    digits = text.replace(" ", "").replace("\xa0", "")
    if not (digits.isascii() and digits.isdigit()):
        raise CellFault(said("%(text)s is no BIN", text=show(text)), said("write its 12 digits"))
    if len(digits) != LENGTH:
        found = said("BIN %(text)s has %(count)s digits", text=show(text), count=len(digits))
        if len(digits) == LENGTH - 1:
            phrase = "BIN %(text)s has 11 digits (a leading zero may have been lost)"
            found = said(phrase, text=show(text))
        raise CellFault(found, said("write all 12 digits"))
    if not is_bin(digits):
        found = said("BIN %(digits)s has a wrong checksum", digits=digits)
        raise CellFault(found, said("check the digits with the owner"))
    return digits
