"""The list at the head of a digest: which to bid for, and by when."""

from dataclasses import replace
from datetime import timedelta

from bs4 import BeautifulSoup

from matcher.records import NeedKind, Verdict
from scrapers.records import Phase
from service.digest.composing import compose
from service.digest.nearest import NearestView, nearest
from service.digest.records import Digest, LeadLine, Recipient
from service.digest.rendering import render
from service.texts import language
from tests.service.digest.samples import DAY, NOW, OFFICIAL, PLANT, full, lead


def due(name: str, days: int | None, **values: object) -> LeadLine:
    """A lead with its title as its name, so many days before its deadline."""
    end = None if days is None else NOW + timedelta(days=days)
    return lead(name, title=f"Труба {name}", deadline=end, **values)


def of(*leads: LeadLine, to: Recipient = PLANT) -> Digest:
    return compose(to, DAY, leads, {}, start=None, end=NOW)


def listed(digest: Digest) -> tuple[NearestView, ...]:
    return nearest(digest, language("ru"))


def names(digest: Digest) -> list[str]:
    return [each.title.removeprefix("Труба ") for each in listed(digest)]


def test_the_five_nearest_deadlines_come_first_whatever_the_tonnage() -> None:
    digest = of(*(due(name, days) for name, days in zip("abcdefg", range(30, 9, -3), strict=True)))
    assert names(digest) == ["g", "f", "e", "d", "c"]


def test_three_leads_need_no_list() -> None:
    leads = [due(name, 5) for name in "abc"]
    assert listed(of(*leads)) == ()
    assert names(of(*leads, due("d", 6))) == ["a", "b", "c", "d"]


def test_only_what_can_be_bid_for_by_a_known_day_is_listed() -> None:
    leads = [
        due("a", 9),
        due("n", None),
        due("w", 4, kind=NeedKind.IMPLIED),
        due("p", 4, kind=NeedKind.PLAN, phase=Phase.PLAN),
    ]
    assert names(of(*leads)) == ["a"]
    over = replace(of(*leads), end=NOW + timedelta(days=10))
    assert names(over) == []


def test_a_line_says_until_when_how_long_what_and_the_verdict() -> None:
    digest = of(due("a", 9, verdict=Verdict.CHECK), *(due(name, 20) for name in "bcd"))
    text = render(digest).text.replace("\u00a0", " ")
    head = text.partition("== Новые закупки")[0]
    assert (
        "== Ближайшие сроки ==\n- до 08:00, 2 декабря (время Астаны), осталось 7 рабочих дней "
        in (head)
    )
    assert "[нужно уточнить]\n  Труба a\n" in head
    assert listed(digest)[0].plants is None
    assert listed(replace(digest, recipient=OFFICIAL))[0].plants == "ТОО «Пример-Труба»"


def test_each_line_leads_to_the_card_of_its_lead() -> None:
    soup = BeautifulSoup(render(full()).html, "lxml")
    links = soup.select('a[href^="#"]')
    assert links
    for link in links:
        card = soup.find(id=str(link["href"])[1:])
        assert card is not None
        assert link.get_text() in card.get_text()


def test_a_sample_is_marked_in_the_list_too() -> None:
    digest = of(
        due("a", 5, sample=True),
        lead("b", title="ОБРАЗЕЦ. Труба", sample=True),
        due("c", 7),
        due("d", 8),
    )
    assert sorted((each.title, each.sample) for each in listed(digest)) == [
        ("ОБРАЗЕЦ. Труба", False),
        ("Труба a", True),
        ("Труба c", False),
        ("Труба d", False),
    ]
    head = render(digest).text.partition("== Скоро")[0].partition("== Новые")[0]
    assert "[ОБРАЗЕЦ] Труба a" in head


def test_a_lot_that_two_plants_could_serve_is_one_line_with_both_names() -> None:
    same = due("a", 5)
    others = [due(name, 9) for name in "bc"]
    digest = of(same, replace(same, id="2", plant="ТОО «Второй»"), *others, to=OFFICIAL)
    assert names(digest) == ["a", "b", "c"]
    assert listed(digest)[0].plants == "ТОО «Пример-Труба», ТОО «Второй»"
