"""The two bodies, read as a reader reads them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.records import Verdict
from service.digest.composing import compose
from service.digest.records import Addresses, Digest, Entry, LeadLine, PortalHealth, Section
from service.digest.rendering import render
from tests.service.digest.samples import DAY, NOW, OFFICIAL, all_kinds, empty, fact, full, lead

HOSTILE = (
    '<script>alert(1)</script><img src=x onerror=alert(2)> " onmouseover="x {{ 7*7 }} %(n)d %s '
    "\u202eкирпич\u202c \x00\r\nBcc: x@evil"
)


def of(*leads: LeadLine) -> Digest:
    return compose(OFFICIAL, DAY, leads, {}, start=None, end=NOW)


def page(digest: Digest) -> BeautifulSoup:
    return BeautifulSoup(render(digest).html, "lxml")


def words(digest: Digest) -> str:
    return render(digest).text.replace("\u00a0", " ")


def test_a_lead_says_what_where_how_much_until_when_and_why() -> None:
    text = words(of(lead()))
    for phrase in (
        "Труба стальная электросварная прямошовная 820×10 мм",
        "[подходит по характеристикам]",
        "ГКП «Пример-Водоканал»",
        "Завод: ТОО «Пример-Труба» — Труба стальная 530–1420",
        "Количество: 3 660 т (оценка) — 3,7 % свободной мощности за год",
        "Сумма: 1 830 000 000 ₸, без НДС",
        "Приём заявок: до 18:00, 27 ноября (время Астаны), осталось 4 рабочих дня",
        "✓ наружный диаметр 820 мм — у завода 530–1420 мм",
        "https://portal.example/announce/1",
    ):
        assert phrase in text


def test_both_bodies_tell_the_same_leads_and_reasons() -> None:
    digest = full()
    html = " ".join(page(digest).get_text(" ").split())
    for entry in digest.entries:
        assert entry.lead.title in html
        assert entry.lead.title in words(digest)


def test_a_check_says_whom_to_ask_about_what() -> None:
    text = words(full())
    assert "[уточнить у заказчика: толщина стенки]" in text
    assert "[уточнить у завода: покрытие]" in text
    assert "[документ не прочитан]" in text


def test_many_things_to_ask_are_cut_short_in_the_verdict_and_whole_in_the_reasons() -> None:
    keys = ("outer_diameter_mm", "wall_mm", "steel_grade", "coating", "standards")
    facts = tuple(
        fact(Verdict.CHECK, key, None, "любой", reason="not_stated", ask="buyer") for key in keys
    )
    text = words(of(lead(verdict=Verdict.CHECK, evidence=facts)))
    assert (
        "[уточнить у заказчика: наружный диаметр, толщина стенки, марка стали, покрытие, …]" in text
    )
    assert "? стандарт: заказчик не указал; у завода любой" in text


def test_an_unclear_kind_of_goods_is_asked_in_two_words() -> None:
    long = "вид изделия назван неоднозначно: одно / другое; завод делает «третье»"
    unclear = fact(
        Verdict.CHECK,
        None,
        "одно / другое",
        "третье",
        reason="family_unclear",
        because=long,
        ask="buyer",
    )
    text = words(of(lead(verdict=Verdict.CHECK, evidence=(unclear,))))
    assert "[уточнить у заказчика: вид изделия]" in text
    assert "? " + long in text


def test_english_reasons_have_english_numbers_and_units() -> None:
    wall = fact(Verdict.CAN, "wall_mm", "13,4 мм", "от 6,3 мм")
    english = replace(of(lead(evidence=(wall,))), recipient=replace(OFFICIAL, language="en"))
    assert "✓ wall thickness 13.4 mm — the plant has from 6.3 mm" in words(english)


def test_what_does_not_fit_names_the_size() -> None:
    assert "[не подходит: наружный диаметр]" in words(full())


def test_a_change_shows_old_and_new() -> None:
    text = words(full())
    assert "Количество: 600 т → 900 т" in text
    assert "Приём заявок: 18:00, 27 ноября (время Астаны) → 12:00, 4 декабря" in text
    assert "Вывод: подходит по характеристикам → не подходит" in text


def test_an_unknown_quantity_is_said_to_be_unknown_and_not_nought() -> None:
    assert "Количество: не указано" in words(of(lead(quantity=None)))


@pytest.mark.parametrize(
    ("field", "words_"),
    [("quantity", "Количество: не указано"), ("value", "Сумма: не указана")],
)
def test_what_is_not_stated_agrees_with_the_name_of_the_thing(field: str, words_: str) -> None:
    assert words_ in words(of(lead("1", **{field: None})))


def test_tonnes_computed_from_a_length_show_the_length_too() -> None:
    line = lead(measured=(Decimal("12.3"), "km"), idle_per_year=None)
    assert "Количество: 12,3 км ≈ 3 660 т (оценка)\n" in words(of(line))
    exact = lead(measured=(Decimal(1000), "m"), quantity=Decimal(292), estimated=False)
    assert "Количество: 1 000 м = 292 т — 0,3 % свободной" in words(of(exact))


def test_a_quantity_against_unknown_capacity_claims_no_share() -> None:
    for idle in (None, Decimal(0)):
        assert "мощности" not in words(of(lead(idle_per_year=idle)))


def test_samples_are_labelled_in_subject_banner_and_at_each_lead() -> None:
    digest = of(lead("1", sample=True), lead("2"))
    rendered = render(digest)
    assert rendered.subject.startswith("ОБРАЗЕЦ · ")
    assert rendered.text.count("[ОБРАЗЕЦ]") == 1
    assert "*** ОБРАЗЕЦ. " in rendered.text
    labels = [tag for tag in page(digest).select("span.sample") if tag.get_text() == "ОБРАЗЕЦ"]
    assert len(labels) == 1
    assert page(digest).select_one("td.sample") is not None


def test_a_true_digest_says_nothing_of_samples() -> None:
    rendered = render(of(lead()))
    assert "ОБРАЗЕЦ" not in rendered.subject + rendered.text + rendered.html


def test_a_replay_is_labelled_too() -> None:
    digest = replace(of(lead()), replay=True)
    assert render(digest).subject.startswith("ПОВТОР · Сұраныс")
    assert "*** ПОВТОР" in words(digest)


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("ru", "Сұраныс: 5 новых закупок — Управление зоны, 23 ноября"),
        ("kk", "Сұраныс: 5 жаңа сұраныс — Управление зоны, 23 қараша"),
        ("en", "Сұраныс: 5 new requests — Управление зоны, 23 November"),
    ],
)
def test_the_subject_counts_what_is_new(language: str, subject: str) -> None:
    digest = of(*(lead(str(n)) for n in range(5)))
    person = replace(OFFICIAL, language=language)
    assert render(replace(digest, recipient=person)).subject == subject


def test_the_subject_of_changes_alone_counts_changes() -> None:
    leads, earlier = all_kinds()
    digest = compose(OFFICIAL, DAY, leads[3:5], earlier, start=None, end=NOW)
    assert render(digest).subject == "Сұраныс: 2 изменения — Управление зоны, 23 ноября"


def test_numbers_and_what_they_count_agree() -> None:
    def counted(n: int, language: str = "ru") -> str:
        digest = of(*(lead(str(number)) for number in range(n)))
        shown = page(replace(digest, recipient=replace(OFFICIAL, language=language)))
        head = shown.find("div", class_="head")
        assert head is not None
        assert head.parent is not None
        return " ".join(head.parent.get_text(" ").split())

    assert [counted(n) for n in (1, 3, 5)] == [
        "1 новая закупка",
        "3 новые закупки",
        "5 новых закупок",
    ]
    assert [counted(n, "en") for n in (1, 3)] == ["1 new request", "3 new requests"]
    assert counted(3, "kk") == "3 жаңа сұраныс"


def test_a_reminder_tells_one_date_and_of_no_period() -> None:
    entry = Entry(lead(), Section.CLOSING)
    digest = replace(of(), kind="reminder", entries=(entry,))
    rendered = render(digest)
    assert rendered.subject == (
        "Сұраныс: Напоминание: приём заявок до 18:00, 27 ноября (время Астаны) — "
        "Труба стальная электросварная прямошовная 820×10 мм"
    )
    for body in (rendered.text, rendered.html):
        assert "Период" not in body
        assert "рочитан" not in body


def test_a_day_on_which_nothing_was_read_does_not_pass_for_a_quiet_one() -> None:
    assert "За это время ни один портал не прочитан." in words(replace(empty(), portals=()))


def test_an_empty_day_is_a_sign_of_life() -> None:
    rendered = render(empty())
    assert rendered.subject == "Сұраныс: новых закупок нет — Управление зоны, 23 ноября"
    assert "Новых закупок и изменений нет." in rendered.text
    assert "Прочитано 412 закупок: Портал-образец 412." in rendered.text


def test_portals_that_were_blind_are_named_with_the_reason_in_plain_words() -> None:
    text = words(full())
    assert "Закупки примера — не прочитан: портал показал проверку на робота или вход" in text
    assert "Tenders of Examplia — прочитан частично: время на чтение вышло" in text
    odd = replace(full(), portals=(PortalHealth("П", "skipped", fault="Odd"),))
    assert "П — пропущен: чтение не удалось" in words(odd)


def test_leads_that_did_not_fit_in_are_counted() -> None:
    leads = [lead(str(n)) for n in range(33)]
    digest = compose(OFFICIAL, DAY, leads, {}, start=NOW - timedelta(days=1), end=NOW, most=30)
    assert "Ещё 3 закупки не поместились" in words(digest)


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_scraped_markup_is_shown_as_text(language: str) -> None:
    evil = lead(
        title=HOSTILE,
        buyer=HOSTILE,
        place=HOSTILE,
        number=HOSTILE,
        product=HOSTILE,
        plant=HOSTILE,
        unit=HOSTILE,
        evidence=(
            fact(Verdict.CAN, HOSTILE, HOSTILE, HOSTILE),
            fact(Verdict.CHECK, None, None, None, reason=HOSTILE, because=HOSTILE, ask="plant"),
        ),
        verdict=Verdict.CHECK,
        url="https://evil.example/",
    )
    rendered = render(replace(of(evil), recipient=replace(OFFICIAL, language=language)))
    soup = BeautifulSoup(rendered.html, "lxml")
    assert not soup.find_all(["script", "img", "iframe", "object", "link", "form"])
    assert not [a for tag in soup.find_all(True) for a in tag.attrs if a.startswith("on")]
    assert "\u202e" not in rendered.html + rendered.text
    assert "\x00" not in rendered.html + rendered.text
    assert "7*7" in rendered.text
    assert "\nBcc" not in rendered.subject + rendered.text
    assert soup.find_all("a") == []


def test_links_lead_to_the_portal_only_and_open_safely() -> None:
    for anchor in page(full()).select('a:not([href^="#"])'):
        assert urlsplit(str(anchor["href"])).hostname == "portal.example"
        assert "noopener" in anchor["rel"]


def test_an_address_that_may_not_be_a_link_is_shown_as_text() -> None:
    assert "javascript:alert(1)" in page(full()).get_text()


def test_nothing_is_fetched_when_the_mail_is_opened() -> None:
    html = render(full()).html
    assert "src=" not in html
    assert "url(" not in html
    assert "@import" not in html


@pytest.mark.parametrize("language", ["kk", "en"])
def test_another_language_has_no_russian_left_but_names(language: str) -> None:
    person = replace(OFFICIAL, language=language)
    rendered = render(replace(full(), recipient=person))
    soup = BeautifulSoup(rendered.html, "lxml")
    assert soup.html is not None
    assert soup.html["lang"] == language
    for russian in ("завода", "заказчик", "Количество", "осталось", "не указан", "оценка"):
        assert russian not in rendered.text


def test_a_reason_without_translation_is_marked_as_russian() -> None:
    odd = fact(
        Verdict.CHECK, None, None, None, reason="brand_new", because="по-русски", ask="plant"
    )
    digest = of(lead(verdict=Verdict.CHECK, evidence=(odd,)))
    html = render(replace(digest, recipient=replace(OFFICIAL, language="en"))).html
    marked = BeautifulSoup(html, "lxml").find("div", lang="ru")
    assert marked is not None
    assert "по-русски" in marked.get_text()


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400), st.text(max_size=400))
def test_any_title_and_reason_render(title: str, because: str) -> None:
    odd = fact(Verdict.CHECK, None, None, None, reason="odd", because=because, ask="buyer")
    rendered = render(of(lead(title=title, verdict=Verdict.CHECK, evidence=(odd,))))
    assert len(rendered.subject.splitlines()) == 1


def test_rendering_twice_gives_the_same() -> None:
    assert render(full()) == render(full())


def test_reasons_beyond_the_most_are_counted() -> None:
    facts = tuple(
        fact(Verdict.CAN, "wall_mm", f"{number} мм", "6–25 мм") for number in range(6, 17)
    )
    assert "и ещё 3 довода" in words(of(lead(evidence=facts)))


def test_a_full_digest_of_long_names_with_its_links_is_not_cut_off() -> None:
    longest = {"title": "Құбыр " * 14, "buyer": "Мекеме " * 9, "product": "Болат құбыр " * 6}
    leads = [lead(str(number), **longest, sample=True) for number in range(30)]
    answers = {each.id: "https://desk.example/l/" + "x" * 40 for each in leads}
    kazakh = replace(of(*leads), recipient=replace(OFFICIAL, language="kk"))
    ours = Addresses(answers, "https://desk.example/u/x", "https://desk.example/p/x")
    assert len(render(kazakh, ours).html.encode()) <= 102_000


def test_a_full_digest_is_not_cut_off_by_the_mail_client() -> None:
    facts = tuple(
        fact(Verdict.CHECK, None, None, None, reason="odd", because=f"{number} " + "слово " * 30)
        for number in range(8)
    )
    digest = of(*(lead(str(number), evidence=facts) for number in range(30)))
    assert len(digest.entries) == 30
    assert len(render(digest).html.encode()) <= 102_000
