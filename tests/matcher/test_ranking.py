from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from matcher.ranking import Band, LeadKey, band, rank, share_of_idle, tonnes_first
from matcher.records import NeedKind, PlantQuantity, Verdict
from tests.matcher.making import FAMILIES, PIPE, product


def lead(notice: str, verdict: Verdict = Verdict.CAN, **rest: object) -> LeadKey:
    return LeadKey(notice, "1", "p1", verdict, **({"open": True} | rest))  # type: ignore[arg-type]  # test shorthand


def names(leads: list[LeadKey]) -> list[str]:
    return [each.notice for each in leads]


def test_bands_come_before_any_quantity() -> None:
    leads = [
        lead("plan", kind=NeedKind.PLAN, idle_share=Decimal(1)),
        lead("works", kind=NeedKind.IMPLIED, idle_share=Decimal(1)),
        lead("won", winner_named=True, open=False),
        lead("ask", Verdict.CHECK, idle_share=Decimal(1)),
        lead("can", idle_share=Decimal("0.01")),
        lead("over", open=False),
    ]
    assert names(rank(leads)) == ["can", "ask", "won", "works", "plan", "over"]


def test_a_missing_deadline_is_one_answer_away_and_never_closed() -> None:
    assert band(lead("a", open=None)) is Band.ONE_ANSWER


def test_a_lead_larger_than_the_idle_capacity_counts_as_all_of_it() -> None:
    huge = lead("huge", idle_share=Decimal(7), days_left=30)
    whole = lead("whole", idle_share=Decimal(1), days_left=10)
    assert names(rank([huge, whole])) == ["whole", "huge"]


def test_a_deadline_that_the_lead_time_overruns_comes_after_those_it_does_not() -> None:
    late = lead("late", days_left=5, lead_time_days=30)
    soon = lead("soon", days_left=35, lead_time_days=30)
    unknown = lead("unknown")
    assert names(rank([late, unknown, soon])) == ["soon", "unknown", "late"]


def test_unknown_capacity_ranks_by_sum() -> None:
    leads = [lead("small", amount=100), lead("none"), lead("large", amount=900)]
    assert names(rank(leads)) == ["large", "small", "none"]


def test_an_unknown_quantity_takes_the_familys_median_and_is_marked_guessed() -> None:
    mill = product(capacity="1200", utilisation="0", unit="t")
    assert share_of_idle(PlantQuantity(), mill, FAMILIES[PIPE]) == (Decimal("0.1"), True)
    assert share_of_idle(PlantQuantity(), product(), FAMILIES[PIPE]) == (None, False)
    stated = PlantQuantity(tonnes=Decimal(600))
    assert share_of_idle(stated, mill, FAMILIES[PIPE]) == (Decimal("0.5"), False)


def test_the_zone_takes_the_largest_relief_first() -> None:
    order = tonnes_first([(lead("a"), None), (lead("b"), Decimal(5)), (lead("c"), Decimal(70))])
    assert names(order) == ["c", "b", "a"]


leads = st.builds(
    LeadKey,
    st.sampled_from("abcdef"),
    st.sampled_from("12"),
    st.just("p"),
    st.sampled_from(list(Verdict)),
    st.sampled_from(list(NeedKind)),
    st.sampled_from([True, False, None]),
    st.booleans(),
    st.none() | st.decimals(0, 3, places=2),
    st.none() | st.integers(-5, 60),
    st.none() | st.integers(0, 60),
    st.none() | st.integers(0, 1000),
)


@given(st.lists(leads, unique_by=lambda each: (each.notice, each.lot)), st.randoms())
def test_the_order_of_the_input_changes_nothing(
    given_leads: list[LeadKey], shuffle: object
) -> None:
    turned = list(given_leads)
    shuffle.shuffle(turned)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert rank(turned) == rank(given_leads)
