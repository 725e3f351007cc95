"""The order inside a section is that of `matcher.ranking`, not of the score."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from catalog.family import Family
from catalog.records import FamilyName, Plant, PlantId, Product, ProductCode
from matcher.records import Evidence, NeedKind, PlantQuantity, Verdict
from scrapers.records import Money, Period, Phase
from service.digest.composing import compose
from service.digest.lines import lines
from service.digest.ordering import in_order
from service.digest.rendering import render
from service.store.leads import Lead
from service.store.tables.naming import LeadState
from tests.service.digest.samples import DAY, NOW, OFFICIAL, PLANT, fact
from tests.service.notices import pipe_lot, pipe_notice

PIPE, CABLE = FamilyName("pipe"), FamilyName("cable")
FAMILIES = {
    PIPE: Family(PIPE, {"ru": "Труба"}, "t", ("труба",), typical_quantity=120),
    CABLE: Family(CABLE, {"ru": "Кабель"}, "m", ("кабель",), typical_quantity=1000),
}
MILL = Product(
    ProductCode("p"),
    "Труба",
    PlantId("mill"),
    family=PIPE,
    unit="t",
    capacity_per_year=Decimal(1000),
    utilisation_pct=Decimal(0),
)
WIRES = replace(MILL, code=ProductCode("w"), plant=PlantId("wires"), family=CABLE, unit="m")
UNKNOWN = replace(MILL, code=ProductCode("u"), plant=PlantId("other"), utilisation_pct=None)


def tonnes(amount: str) -> PlantQuantity:
    return PlantQuantity(stated=Decimal(amount), unit="t", tonnes=Decimal(amount))


def metres(amount: str) -> PlantQuantity:
    return PlantQuantity(stated=Decimal(amount), unit="m", metres=Decimal(amount))


def lead(
    name: str,
    quantity: PlantQuantity,
    product: Product = MILL,
    *,
    days: int | None = 20,
    value: Money | None = None,
    phase: Phase = Phase.OPEN,
    **rest: object,
) -> Lead:
    """A stored lead named by its notice, `days` before its deadline (None: it states none)."""
    end = None if days is None else NOW + timedelta(days=days)
    lot = replace(pipe_lot(), value=value)
    period = Period(None, end, "Asia/Almaty")
    known: dict[str, object] = {
        "id": ord(name),
        "plant": Plant(product.plant or PlantId("none"), f"Завод {product.plant}"),
        "product": product,
        "notice": replace(pipe_notice(name, lots=(lot,), phase=phase), period=period, value=None),
        "lot_id": lot.id,
        "lot": lot,
        "verdict": Verdict.CAN,
        "score": 0.5,
        "kind": NeedKind.STATED,
        "evidence": (),
        "quantity": quantity,
        "state": LeadState.NEW,
        "owner": None,
        "created_at": NOW,
        "changed_at": NOW,
        "gone_at": None,
        "as_of": NOW,
    }
    return Lead(**{**known, **rest})  # type: ignore[arg-type]  # a builder for tests


def ordered(*leads: Lead, zone: bool = False) -> str:
    """The names of the leads, best first."""
    return "".join(each.lead.notice.id for each in in_order(lines(leads), FAMILIES, zone=zone))


def amount(found: Lead) -> str:
    """What the digest says of the quantity."""
    [line] = in_order(lines([found]), FAMILIES, zone=False)
    digest = compose(PLANT, DAY, [line.line], {}, start=None, end=NOW)
    text = render(digest).text.replace("\u00a0", " ")
    return next(row.partition(": ")[2] for row in text.splitlines() if "Количество: " in row)


def test_what_fills_more_idle_capacity_comes_before_a_better_score() -> None:
    small, large = lead("s", tonnes("10"), score=0.99), lead("l", tonnes("400"), score=0.6)
    assert ordered(small, large) == "ls"


def test_bands_come_before_any_share() -> None:
    leads = [
        lead("p", tonnes("900"), phase=Phase.PLAN),
        lead("i", tonnes("900"), verdict=Verdict.CHECK, kind=NeedKind.IMPLIED),
        lead("q", tonnes("900"), verdict=Verdict.CHECK),
        lead("c", tonnes("1")),
    ]
    assert ordered(*leads) == ordered(*reversed(leads)) == "cqip"


def test_without_a_deadline_it_is_one_answer_away() -> None:
    assert ordered(lead("n", tonnes("900"), days=None), lead("d", tonnes("1"))) == "dn"


def test_beyond_all_idle_capacity_the_nearer_deadline_comes_first() -> None:
    assert ordered(lead("h", tonnes("9000"), days=9), lead("w", tonnes("1000"), days=3)) == "wh"


def test_an_unknown_quantity_ranks_as_the_familys_typical_order_and_says_so() -> None:
    leads = [lead("s", tonnes("119")), lead("g", PlantQuantity()), lead("l", tonnes("121"))]
    assert ordered(*leads) == "lgs"
    assert amount(leads[1]) == "условно 120 т — оценка по типичному заказу"
    assert "типичному" not in amount(leads[0])


def test_nothing_is_guessed_where_the_capacity_is_unknown() -> None:
    assert amount(lead("g", PlantQuantity(), UNKNOWN)) == "не указано"


def test_unknown_capacity_ranks_by_the_sum_in_tenge() -> None:
    leads = [
        lead("e", tonnes("5"), UNKNOWN, value=Money(900, "EUR")),
        lead("s", tonnes("5"), UNKNOWN, value=Money(100, "KZT")),
        lead("l", tonnes("5"), UNKNOWN, value=Money(200, "KZT")),
    ]
    assert ordered(*leads) == "lse"


def test_the_zone_sees_first_what_takes_up_most_tonnes() -> None:
    giant = replace(MILL, code=ProductCode("g"), capacity_per_year=Decimal(100_000))
    leads = [
        # A tenth of a small mill, a hundredth of a giant ten times as large as the order.
        lead("s", tonnes("100"), MILL),
        lead("g", tonnes("999"), giant),
        # More than stands idle counts as what stands idle: 1000 t.
        lead("h", tonnes("5000"), MILL),
        # Metres of cable are not compared with tonnes of pipe, however many.
        lead("w", metres("900"), WIRES),
        lead("x", tonnes("5000"), MILL, verdict=Verdict.CANNOT),
    ]
    assert ordered(*leads, zone=True) == ordered(*reversed(leads), zone=True) == "hgswx"


def test_plants_that_offer_one_lot_under_the_same_product_code_all_stay_in_the_zones_list() -> None:
    # A catalogue without codes names products by their line: most plants have a product "2".
    leads = [
        lead("a", tonnes("5"), replace(MILL, plant=PlantId(plant)), id=number)
        for number, plant in enumerate(("north", "south"), start=1)
    ]
    found = in_order(lines(leads), FAMILIES, zone=True)
    assert [line.lead.plant.id for line in found] == ["north", "south"]
    digest = compose(OFFICIAL, DAY, [line.line for line in found], {}, start=None, end=NOW)
    assert [entry.lead.plant for entry in digest.entries] == ["Завод north", "Завод south"]


def unsure(reason: str) -> tuple[Evidence, ...]:
    """Evidence that a grade lies inside or outside a range nobody confirmed."""
    return (
        fact(Verdict.CHECK, "wall_mm", "10 мм", "6–25 мм", reason="inside_unconfirmed"),
        fact(Verdict.CHECK, "steel_grade", "К60", "Ст3сп, 20", reason=reason),
    )


def test_outside_an_unconfirmed_range_comes_after_inside_however_many_tonnes() -> None:
    beyond, within = unsure("outside_unconfirmed"), unsure("inside_unconfirmed")
    leads = [
        lead("o", tonnes("900"), verdict=Verdict.CHECK, evidence=beyond),
        lead("i", tonnes("10"), verdict=Verdict.CHECK, evidence=within),
        lead("p", tonnes("900"), verdict=Verdict.CHECK, evidence=beyond, kind=NeedKind.IMPLIED),
        lead("c", tonnes("1")),
    ]
    # Only inside a band: what is bought outside the range still comes before works.
    assert ordered(*leads) == ordered(*reversed(leads)) == "ciop"
    assert ordered(*leads, zone=True) == "icop"


def test_metres_stand_beside_the_tonnes_computed_from_them() -> None:
    both = PlantQuantity(tonnes=Decimal(292), metres=Decimal(1000), estimated=True)
    assert amount(lead("m", both)).startswith("1 000 м ≈ 292 т (оценка) — 29,2 % ")
    stated = replace(both, stated=Decimal(1), unit="km", estimated=False)
    assert amount(lead("s", stated)).startswith("1 км = 292 т — ")
    # Kilograms are no other measure than tonnes.
    assert amount(lead("k", replace(tonnes("5"), stated=Decimal(5000), unit="kg"))).startswith(
        "5 т — "
    )
