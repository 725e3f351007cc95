"""The pages of plants, the zone, reports, tasks, and what people enter."""

import io
import json

import pytest
from docx import Document
from icalendar import Calendar
from openpyxl import load_workbook

from tests.web.seeding import OTHER_PLANT, PLANT, Seeded

FOR_ALL = (
    *("/plants", "/plant", f"/plants/{PLANT}", f"/plants/{PLANT}/filled.svg", "/plants/filled.svg"),
    *(f"/plants/{PLANT}/catalogue", "/report", "/report.docx", "/why-not", "/why-not?q=0001"),
    *("/add", "/leads.csv", "/leads.xlsx", "/leads.ics"),
)
FOR_OFFICIALS = ("/zone", "/zone/demand.svg", "/zone/regions.svg", "/zone/report.xlsx")
ALSO_FOR_OFFICIALS = ("/portals", "/tasks", f"/plants/{OTHER_PLANT}")
FORM = {
    "product_code": "sample-steel-pipe-1",
    "name": "Труба стальная электросварная",
    "family": "steel_pipe_large",
    "capability": "outer_diameter_mm=530..1420; wall_mm=6..25",
    "unit": "t",
    "capacity_per_year": "100000",
    "utilisation_pct": "50",
}


EVERY = (*FOR_ALL, *FOR_OFFICIALS, *ALSO_FOR_OFFICIALS)


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_an_official_gets_every_page(desk: Seeded, language: str) -> None:
    browser = desk.browser("official", lang=language)
    assert {path: browser.get(path).status_code for path in EVERY} == dict.fromkeys(EVERY, 200)


def test_a_plant_gets_its_own_pages_and_no_others(desk: Seeded) -> None:
    browser = desk.browser("plant")
    for path in FOR_ALL:
        assert browser.get(path).status_code in {200, 303}, path
    for path in (*FOR_OFFICIALS, *ALSO_FOR_OFFICIALS):
        assert browser.get(path).status_code in {403, 404}, path


def test_a_stranger_is_led_to_the_sign_in(desk: Seeded) -> None:
    browser = desk.browser()
    for path in EVERY:
        answer = browser.get(path)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/sign-in"), path


def test_a_plant_exports_its_own_leads_only(desk: Seeded) -> None:
    browser = desk.browser("plant")
    book = load_workbook(io.BytesIO(browser.get("/leads.xlsx").content)).active
    assert book is not None
    plants = {row[0] for row in book.iter_rows(min_row=2, values_only=True)}
    assert len(plants) == 1
    calendar = Calendar.from_ical(browser.get("/leads.ics").content)
    events = [part for part in calendar.walk() if part.name == "VEVENT"]
    assert events
    assert all("SUMMARY" in event and "DTSTART" in event for event in events)


@pytest.mark.parametrize("path", ["/leads/abc", "/leads/1.5", "/leads/99999999999999999999"])
def test_an_address_that_names_no_lead_is_not_there(desk: Seeded, path: str) -> None:
    answer = desk.browser("official").get(path)
    assert answer.status_code == 404
    assert "int_parsing" not in answer.text


def test_a_lot_that_two_plants_could_serve_counts_once_in_its_region(desk: Seeded) -> None:
    browser = desk.browser("official")

    def tonnes() -> float:
        book = load_workbook(io.BytesIO(browser.get("/zone/report.xlsx").content))
        rows = [row for sheet in book for row in sheet.iter_rows(values_only=True)]
        start = next(n for n, row in enumerate(rows) if row[0] == "Регион")
        return sum(float(row[2]) for row in rows[start + 1 :] if isinstance(row[2], int | float))

    before = tonnes()
    browser.post("/add", data={"title": "Труба стальная электросварная 720х9 ГОСТ 10704-91, 77 т"})
    assert len(browser.get("/api/v1/leads?portal=entered").json()["items"]) > 1
    assert tonnes() - before == pytest.approx(77)


def test_capacity_counted_in_square_metres_is_not_called_unknown(desk: Seeded) -> None:
    """The sample of windows: 80 000 m² a year at 60 % and 120 000 at 35 % leave 110 000 idle."""
    row = desk.browser("official").get("/plants").text.split('/plants/sample-windows"')[1]
    assert "110\u00a0000\u00a0м²" in row.split("</tr>")[0]


@pytest.mark.parametrize(("lang", "bare"), [("ru", "без покрытия"), ("kk", "жабынсыз")])
def test_a_bare_pipe_is_named_in_words_among_the_coatings(
    desk: Seeded, lang: str, bare: str
) -> None:
    page = desk.browser("official", lang=lang).get(f"/plants/{PLANT}").text
    assert f"3PE, {bare}" in page
    assert "none" not in page


def test_a_chart_is_sent_once(desk: Seeded) -> None:
    browser = desk.browser("official")
    first = browser.get("/plants/filled.svg")
    assert first.headers["content-type"] == "image/svg+xml"
    again = browser.get("/plants/filled.svg", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_trace_names_the_gate_that_closed_a_purchase(desk: Seeded) -> None:
    browser = desk.browser("official")
    browser.post("/add", data={"title": "Услуги по уборке помещений"})
    found = browser.get("/why-not", params={"q": "Услуги"})
    assert found.status_code == 200
    entered = browser.post("/add", data={"title": "Услуги по уборке помещений"})
    page = browser.get(entered.headers["location"])
    assert "Закрыто:" in page.text
    assert "внесено вручную official@" in page.text


def test_an_entered_purchase_is_a_lead_at_once(desk: Seeded) -> None:
    browser = desk.browser("official")
    title = "Труба стальная электросварная прямошовная 720х9 мм ГОСТ 10704-91, 77 т"
    answer = browser.post("/add", data={"title": title, "deadline": "2026-12-15T18:00"})
    assert answer.status_code == 303
    found = browser.get("/api/v1/leads", params={"portal": "entered", "plant": PLANT}).json()
    (lead,) = found["items"]
    assert lead["title"] == title
    assert lead["number"] == "official@desk.example.invalid"
    assert lead["ends_at"] == "2026-12-15T13:00:00Z"  # 18:00 in Almaty, UTC+5
    assert lead["quantity"] == 77


def test_a_file_that_cannot_be_read_is_named_and_nothing_is_stored(desk: Seeded) -> None:
    browser = desk.browser("official")
    answer = browser.post("/add", files={"file": ("a.pdf", b"%PDF-1.4 broken", "application/pdf")})
    assert answer.status_code == 422
    assert "Файл не читается (повреждён)" in answer.text
    assert browser.get("/api/v1/notices", params={"portal": "entered"}).json()["items"] == []


def test_a_guest_enters_nothing(guests: Seeded) -> None:
    assert guests.browser().post("/add", data={"title": "Труба"}).status_code == 403


def look_and_store(desk: Seeded, key: str, form: dict[str, str]) -> None:
    browser = desk.browser(key)
    page = browser.post(f"/plants/{PLANT}/catalogue/preview", data=form)
    assert page.status_code == 200, page.text[:500]
    rows = json.dumps([{**form, "plant": PLANT}], ensure_ascii=False)
    stored = browser.post(f"/plants/{PLANT}/catalogue/apply", data={"rows": rows})
    assert stored.status_code == 303, stored.text[:500]


def test_a_plant_changes_its_catalogue_and_takes_it_back(desk: Seeded) -> None:
    browser = desk.browser("plant")

    def capacity() -> float:
        plants = browser.get("/api/v1/plants").json()["items"]
        return float(plants[0]["products"][0]["capacity_per_year"])

    assert capacity() == 60_000
    look_and_store(desk, "plant", FORM)
    assert capacity() == 100_000
    page = browser.get(f"/plants/{PLANT}/catalogue").text
    undo = page.split(f'action="/plants/{PLANT}/catalogue/undo/')[1].split('"')[0]
    assert browser.post(f"/plants/{PLANT}/catalogue/undo/{undo}").status_code == 303
    assert capacity() == 60_000
    after = browser.get(f"/plants/{PLANT}/catalogue").text
    assert f'action="/plants/{PLANT}/catalogue/undo/{undo}"' not in after
    assert '<option value="steel_pipe_large" selected>Труба стальная сварная' in after
    look_and_store(desk, "plant", FORM)
    again = browser.post(f"/plants/{PLANT}/catalogue/undo/{undo}")
    assert again.status_code == 422
    assert "это изменение уже отменено" in again.text
    assert capacity() == 100_000


def test_another_plant_cannot_change_a_catalogue(desk: Seeded) -> None:
    other = desk.browser("other")
    for path in ("preview", "apply"):
        answer = other.post(f"/plants/{PLANT}/catalogue/{path}", data={**FORM, "rows": "[]"})
        assert answer.status_code == 404


def test_a_broken_row_is_named(desk: Seeded) -> None:
    form = {**FORM, "utilisation_pct": "four"}
    page = desk.browser("plant").post(f"/plants/{PLANT}/catalogue/preview", data=form)
    assert page.status_code == 200
    assert "utilisation_pct" in page.text


def test_a_file_that_is_no_catalogue_is_refused_in_words(desk: Seeded) -> None:
    files = {"file": ("a.xlsx", b"PK\x03\x04 broken", "application/octet-stream")}
    answer = desk.browser("plant").post(f"/plants/{PLANT}/catalogue/preview", files=files)
    assert answer.status_code == 422
    assert "a.xlsx: это не книга Excel; сохраните файл заново как .xlsx" in answer.text


def test_a_file_without_the_column_of_names_is_refused_in_the_readers_language(
    desk: Seeded,
) -> None:
    path, files = (
        f"/plants/{PLANT}/catalogue/preview",
        {"file": ("Прайс.csv", b"code,price\n1,2\n")},
    )
    russian = desk.browser("plant").post(path, files=files).text
    assert "Прайс.csv: нет столбца name (название продукта); есть столбцы: «code»" in russian
    kazakh = desk.browser("plant", lang="kk").post(path, files=files).text
    assert "Прайс.csv: name (өнім атауы) бағаны жоқ" in kazakh


def test_a_task_is_added_and_ended(desk: Seeded) -> None:
    browser = desk.browser("official")
    task = {"title": "Позвонить заказчику", "department": "Отдел сбыта", "due": "2026-11-20"}
    assert browser.post("/tasks", data=task).status_code == 303
    page = browser.get("/tasks").text
    assert "Позвонить заказчику" in page
    assert 'class="urgent"' in page  # its day has passed
    number = page.split('action="/tasks/')[1].split("/")[0]
    assert browser.post(f"/tasks/{number}/done", data={"outcome": "Согласен"}).status_code == 303
    assert "Согласен" in browser.get("/tasks").text
    assert browser.post("/tasks/999/done", data={"outcome": "x"}).status_code == 404
    assert desk.browser("plant").post("/tasks", data=task).status_code == 403


def test_the_numbers_of_a_report_are_the_lengths_of_its_lists(desk: Seeded) -> None:
    browser = desk.browser("official")
    query = {"plant": PLANT, "first": "2026-11-20", "last": "2026-11-24"}
    page = browser.get("/report", params=query).text
    listed = page.split('id="found"')[1].split("</section>")[0].count('<th scope="row">')
    total = browser.get("/api/v1/leads", params={"plant": PLANT, "closed": "1"}).json()["total"]
    assert listed == total > 5
    paper = Document(io.BytesIO(browser.get("/report.docx", params=query).content))
    figures = {row.cells[0].text: row.cells[1].text for row in paper.tables[0].rows}
    assert figures["Найдено"] == str(total)


@pytest.mark.parametrize("first", ["", "x", "2026-13-01", "0001-01-01", "9999-12-31"])
def test_a_period_that_is_none_is_the_last_week(desk: Seeded, first: str) -> None:
    page = desk.browser("official").get("/report", params={"first": first, "last": "2026-11-24"})
    assert page.status_code == 200
    assert 'value="2026-11-14"' in page.text  # Saturday to Friday before Monday 23 November
    assert 'value="2026-11-20"' in page.text
