"""May a plant bid: the portal's rules, what a notice says over them, and that it says so."""

from dataclasses import replace
from datetime import date

import pytest

from catalog.records import Plant, PlantId, Source, Standing
from scrapers.records import Notice
from service.bidding import may_bid
from tests.service.notices import pipe_lot, pipe_notice

PLANT = Plant(PlantId("steel"), "Трубный завод")
PLANT_PAPERS = "Состоит в реестре отечественных товаропроизводителей с 2025 года"


def notice(portal: str = "kz_goszakup", **more: object) -> Notice:
    made = replace(pipe_notice(portal=portal), country="KZ" if portal[:2] == "kz" else None)
    return replace(made, **more)  # type: ignore[arg-type]  # fields by name


def member(said: str, standing: Standing) -> Plant:
    source = Source("реестр", date(2026, 11, 1), standing)
    return replace(PLANT, facts=((said, source),))


def test_a_plant_may_bid_in_its_own_country_and_must_register() -> None:
    may = may_bid(notice(), PLANT)
    assert (may.answer, may.registration.answer) == ("yes", "yes")
    assert "№ 106-VIII" in may.registration.source


@pytest.mark.parametrize(
    ("portal", "country", "answer"),
    [
        ("eu_ted", "RO", "unknown"),
        ("ru_eis", "RU", "unknown"),
        ("worldbank", "UZ", "yes"),
        ("worldbank", "KZ", "yes"),
        ("uz_etender", "UZ", "unknown"),
        ("a_portal_nobody_described", None, "unknown"),
    ],
)
def test_abroad_the_portals_rule_holds(portal: str, country: str | None, answer: str) -> None:
    assert may_bid(notice(portal, country=country), PLANT).answer == answer


def test_a_purchase_for_the_register_is_unknown_until_the_plant_is_known_to_be_in_it() -> None:
    text = "Участвуют состоящие в реестре отечественных товаропроизводителей."
    asked = notice(lots=(replace(pipe_lot(), description=text),))
    assert may_bid(asked, PLANT).answer == "unknown"
    assert "реестре" in may_bid(asked, PLANT).because["ru"]
    assert may_bid(asked, member(PLANT_PAPERS, Standing.CONFIRMED)).answer == "yes"
    assert may_bid(asked, member(PLANT_PAPERS, Standing.REPORTED)).answer == "unknown"
    not_in_it = f"Не {PLANT_PAPERS.lower()}"
    assert may_bid(asked, member(not_in_it, Standing.CONFIRMED)).answer == "unknown"


def test_the_method_of_a_purchase_decides_over_the_portal() -> None:
    for_some = notice(method="Открытый конкурс среди организаций лиц с инвалидностью")
    assert may_bid(for_some, PLANT).answer == "no"
    invited = notice(method="Из одного источника по несостоявшимся закупкам")
    assert may_bid(invited, PLANT).answer == "unknown"


def test_a_description_alone_excludes_nobody() -> None:
    text = "Предпочтение: поставщики лиц с инвалидностью."
    assert may_bid(notice(description=text), PLANT).answer == "yes"


def test_a_sample_is_never_said_to_be_open() -> None:
    assert may_bid(notice("sample", sample=True), PLANT).answer == "unknown"


@pytest.mark.parametrize("code", ["ru", "kk", "en"])
def test_it_is_said_in_each_language_with_source_and_day(code: str) -> None:
    bid, registration = may_bid(notice(), PLANT).said(code)
    assert bid.endswith("22.11.2026)")
    assert "№ 106-VIII" in registration
    assert not {"yes", "no", "unknown"} & {bid.partition(":")[0], registration.partition(":")[0]}
