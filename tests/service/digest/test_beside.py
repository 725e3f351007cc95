"""What stands beside the verdict and under the leads: may one bid, tenge, what waits."""

from dataclasses import replace
from datetime import date

import pytest

from matcher.records import Verdict
from scrapers.records import Money, Vat
from service.bidding import MayBid
from service.digest.composing import compose, shown
from service.digest.records import LeadLine, PortalHealth
from service.digest.rendering import Rendered, render
from service.market import Fact
from tests.service.digest.samples import DAY, NOW, PLANT, fact, lead

DAY_OF_FACT = date(2026, 11, 20)
WHY = {"ru": "Закупка открыта всем.", "kk": "Сатып алу бәріне ашық.", "en": "Open to all."}
RULE = Fact("open", "yes", WHY, "правила портала", DAY_OF_FACT)
MAY = MayBid("yes", WHY, "правила портала", DAY_OF_FACT, RULE)
SUM = {
    "ru": "Сумма: 1 000 000 $, без НДС ≈ 520 000 000 ₸, без НДС по курсу на 20 ноября 2026 г.",
    "kk": "2026 жылғы 20 қараша бағамы бойынша",
    "en": "at the rate of 20 November 2026",
}
WAITS = {
    "ru": "Ждут чтения: Портал-образец 12, Второй 3.",
    "kk": "Оқылуын күтуде: Портал-образец 12, Второй 3.",
    "en": "Waiting to be read: Портал-образец 12, Второй 3.",
}


def written(language: str, *leads: LeadLine) -> Rendered:
    portals = (
        PortalHealth("Портал-образец", "ok", 5, waiting=12),
        PortalHealth("Второй", "ok", 2, waiting=3),
        PortalHealth("Третий", "ok", 1),
    )
    whom = replace(PLANT, language=language)
    return render(compose(whom, DAY, leads, {}, start=None, end=NOW, portals=portals))


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_what_stands_beside_a_verdict_is_in_both_bodies(language: str) -> None:
    dollars = Money(1_000_000_00, "USD", Vat.EXCLUDED)
    tenge = Money(520_000_000_00, "KZT", Vat.EXCLUDED), DAY_OF_FACT
    mail = written(language, lead(value=dollars, in_tenge=tenge, may_bid=MAY))
    for body in (mail.text, mail.html):
        plain = body.replace("\u00a0", " ").replace("\u202f", " ")
        assert WHY[language] in plain
        assert "20.11.2026" in plain
        assert WAITS[language] in plain
    assert SUM[language] in mail.text.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_taken_lead_whose_verdict_flipped_comes_before_all_changes_with_its_reason() -> None:
    first, taken = lead("1"), lead("2", taken=True)
    earlier = {"1": shown(first), "2": shown(taken)}
    flipped = replace(
        taken,
        verdict=Verdict.CANNOT,
        evidence=(fact(Verdict.CANNOT, "wall_mm", "30 мм", "6–25 мм", reason="outside"),),
    )
    moved = replace(first, verdict=Verdict.CANNOT)
    digest = compose(PLANT, DAY, [moved, flipped], earlier, start=None, end=NOW, most=1)
    assert [entry.lead.id for entry in digest.entries] == ["2"]
    digest = compose(PLANT, DAY, [moved, flipped], earlier, start=None, end=NOW)
    assert [entry.lead.id for entry in digest.entries] == ["2", "1"]
    assert "30 мм" in render(digest).text
