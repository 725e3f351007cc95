"""Every page in real Chromium: no serious fault of accessibility, no sideways scrolling on a phone,
nothing asked of another host, no console error, the same without JavaScript.
"""

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Response

from service.outbox.letters import UNSUBSCRIBE
from service.people.actions import LEAD, PREFERENCES
from tests.web.conftest import Live, Open
from tests.web.pages import PAGES
from tests.web.seeding import PLANT, a_lead, person_id

LARGEST = 300_000
MOST_REQUESTS = 30


def address(live: Live, path: str) -> str:
    """Fill ids and signed links into the path of a page."""
    store, key = live.desk.store, live.desk.app.state.desk.key
    lead, person = a_lead(store), person_id(store, "plant")
    return path.format(
        lead=lead,
        plant=PLANT,
        lead_link=key.sign(LEAD, person, lead),
        unsubscribe_link=key.sign(UNSUBSCRIBE, person),
        preferences_link=key.sign(PREFERENCES, person),
    )


class Watched:
    """A page that notes what it asks for and what goes wrong."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.asked: list[str] = []
        self.faults: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on(
            "console",
            lambda said: self.faults.append(said.text) if said.type == "error" else None,
        )

    def open(self, path: str) -> Response:
        answer = self.page.goto(path)
        assert answer is not None
        return answer


@pytest.mark.parametrize(("path", "key"), PAGES)
def test_a_page_is_sound(live: Live, visit: Open, path: str, key: str | None) -> None:
    watched = Watched(visit(key))
    answer = watched.open(address(live, path))
    wanted = 404 if path == "/nowhere" else 200
    assert answer.status == wanted
    assert len(answer.body()) < LARGEST
    assert len(watched.asked) <= MOST_REQUESTS
    assert {url for url in watched.asked if not url.startswith(live.address)} == set()
    assert [said for said in watched.faults if "404" not in said] == []
    found = Axe().run(watched.page)
    serious = [
        (fault["id"], [node["target"] for node in fault["nodes"]][:3])
        for fault in found["violations"]
        if fault["impact"] in {"serious", "critical"}
    ]
    assert serious == []


@pytest.mark.parametrize(("path", "key"), PAGES)
def test_a_page_fits_a_phone_without_javascript(
    live: Live, visit: Open, path: str, key: str | None
) -> None:
    watched = Watched(visit(key, width=375, javascript=False))
    watched.open(address(live, path))
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= 375
    assert watched.page.locator("h1").count() == 1
    assert watched.page.locator("main").is_visible()


@pytest.mark.parametrize("path", ["/leads", "/leads/{lead}", "/sign-in"])
def test_contrast_holds_in_the_dark(live: Live, visit: Open, path: str) -> None:
    page = visit("official", dark=True).new_page()
    page.goto(address(live, path))
    found = Axe().run(page, options={"runOnly": ["color-contrast"]})
    assert [fault["id"] for fault in found["violations"]] == []


def test_the_day_of_a_manufacturer(live: Live, visit: Open) -> None:
    page = visit("plant", javascript=False).new_page()
    page.goto("/leads")
    page.get_by_label("Вывод").select_option("can")
    page.get_by_role("button", name="Показать").click()
    assert page.locator(".badge-check").count() == 0
    page.locator(".lead h2 a").first.click()
    assert page.get_by_role("heading", name="Что требуется и что есть у завода").is_visible()
    page.get_by_role("button", name="Взять в работу").click()
    assert page.locator("#work .state").inner_text() == "изучаем"
    page.get_by_label("Новая заметка").fill("Запросить чертёж у заказчика")
    page.get_by_role("button", name="Добавить").click()
    assert page.get_by_text("Запросить чертёж у заказчика").is_visible()
    page.get_by_label("Состояние работы").select_option("declined")
    page.get_by_label("Причина, если не для вас").select_option("too_late")
    page.get_by_role("button", name="Сохранить").click()
    assert page.locator("#work .state").inner_text() == "не для нас"
    page.get_by_role("button", name="Выйти").click()
    assert page.url.endswith("/sign-in")


def test_the_day_of_an_official(live: Live, visit: Open) -> None:
    page = visit("official", javascript=False).new_page()
    page.goto("/leads")
    page.get_by_label("Завод", exact=True).select_option(PLANT)
    page.get_by_role("button", name="Показать").click()
    page.get_by_label("Название поиска").fill("Трубный завод, всё")
    page.get_by_role("button", name="Сохранить поиск").click()
    page.get_by_role("link", name="Сбросить всё").click()
    page.get_by_role("link", name="Трубный завод, всё").click()
    assert page.get_by_label("Завод", exact=True).input_value() == PLANT
    page.locator(".lead h2 a").nth(1).click()
    page.get_by_label("Ответственный").select_option(label="Директор завода")
    page.get_by_role("button", name="Сохранить").click()
    assert "Директор завода" in page.locator("#history-title + ul").inner_text()
    page.goto("/false-alarms")
    assert page.get_by_role("heading", level=1).is_visible()


def test_the_pages_speak_kazakh_with_the_letters_of_kazakh(live: Live, visit: Open) -> None:
    page = visit("plant", lang="kk").new_page()
    page.goto("/leads")
    assert page.locator("html").get_attribute("lang") == "kk"
    assert "Сұраныстар" in page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("link", name="en", exact=True).click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("heading", level=1).inner_text().startswith("Leads")


def test_a_reader_with_a_keyboard_can_skip_to_the_content(live: Live, visit: Open) -> None:
    page = visit("official").new_page()
    page.goto("/leads")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
