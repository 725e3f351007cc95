from matcher.records import Verdict
from matcher.stages.relevance import relevance
from tests.matcher.making import SEAMLESS, need, offer, pair, product


def closed(share: float, *, known_kind: bool, named: bool = False) -> bool:
    made = product() if known_kind else product("", family=None)
    asked = need(family=SEAMLESS if named else None)
    found = relevance(pair(asked, offer(made), relevance=share))
    return [each.verdict for each in found] == [Verdict.CANNOT]


def test_a_plain_name_needs_a_little_in_common() -> None:
    assert closed(0.05, known_kind=False)
    assert not closed(0.2, known_kind=False)


def test_an_offer_of_a_known_kind_needs_much_where_the_text_names_no_kind() -> None:
    assert closed(0.2, known_kind=True)
    assert not closed(0.5, known_kind=True)


def test_where_both_kinds_are_known_the_family_gate_speaks() -> None:
    assert not closed(0.2, known_kind=True, named=True)
