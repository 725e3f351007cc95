"""The list of leads and the page of one: filters, paging, work, two people at once, bad input."""

import json
import re
from html import unescape

import pytest
from sqlmodel import select

from service.store.lead_work import notes_of, result_of, work_of
from service.store.tables import LeadCardRow, LeadRow, NoticeRow
from service.store.tables.naming import DeclineReason, LeadState
from tests.web.seeding import PLANT, Seeded, a_lead, address_of

HOSTILE = (
    '<script>alert(1)</script>"><img src=x onerror=alert(2)> =HYPERLINK("http://evil") '
    "{{ 7*7 }} %(n)s \u202e\u2066028 \x00"
)


def ids(text: str) -> list[int]:
    """Ids of the leads of a list, in order."""
    return [int(found) for found in re.findall(r'<h2><a href="/leads/(\d+)"', text)]


def test_the_list_is_narrowed_by_what_the_address_asks(desk: Seeded) -> None:
    client = desk.browser("official")
    everything = ids(client.get("/leads").text)
    fitting = client.get("/leads?verdict=can").text
    assert 0 < len(ids(fitting)) < len(everything)
    assert "badge-check" not in fitting
    paints = client.get(f"/leads?plant={PLANT}").text
    assert "Завод красок" not in re.sub(r"<option.*?</option>", "", paints)


def test_a_plant_sees_its_own_leads_only(desk: Seeded) -> None:
    own = set(ids(desk.browser("plant").get("/leads").text))
    other = set(ids(desk.browser("other").get("/leads").text))
    assert own
    assert other
    assert not own & other


@pytest.mark.parametrize(
    "query",
    [
        "verdict=maybe",
        "sort=%27%3B%20DROP%20TABLE%20lead",
        "sum_from=many",
        "deadline_days=-1",
        "kind=stated&kind=<script>",
        "plant=../../etc/passwd",
    ],
)
def test_a_filter_that_is_nonsense_is_named_and_left_out(desk: Seeded, query: str) -> None:
    answer = desk.browser("official").get(f"/leads?{query}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert ids(answer.text)
    assert "<script>" not in answer.text


def test_a_cursor_that_nobody_gave_is_answered_in_plain_words(desk: Seeded) -> None:
    answer = desk.browser("official", lang="ru").get("/leads?after=xyz")
    assert answer.status_code == 422
    assert "Traceback" not in answer.text


def test_a_search_is_kept_by_name_and_found_again(desk: Seeded) -> None:
    client = desk.browser("official")
    answer = client.post(
        "/searches", data={"name": "Мой водовод", "query": "text=труба&verdict=can"}
    )
    assert answer.status_code == 303
    page = unescape(client.get("/leads").text)
    assert "Мой водовод" in page
    assert "Мой водовод" not in unescape(desk.browser("admin").get("/leads").text)
    assert client.post("/searches/1/remove").status_code == 303
    assert "Мой водовод" not in unescape(client.get("/leads").text)


def test_taking_a_lead_makes_it_mine_and_is_in_its_history(desk: Seeded) -> None:
    client, lead = desk.browser("plant", lang="ru"), a_lead(desk.store)
    assert client.post(f"/leads/{lead}/take", data={"version": 1}).status_code == 303
    with desk.store.reading() as session:
        work, version, _plant = work_of(session, lead)
    assert (work.state, work.owner, version) == (LeadState.LOOKING, address_of("plant"), 2)
    assert "Директор завода" in client.get(f"/leads/{lead}").text
    assert lead in ids(client.get("/leads?mine=1&closed=1").text)


def test_the_second_of_two_is_shown_the_difference_and_loses_nothing(desk: Seeded) -> None:
    lead = a_lead(desk.store)
    first, second = desk.browser("official", lang="ru"), desk.browser("plant", lang="ru")
    form = {"state": "bidding", "owner": address_of("plant"), "version": "1"}
    assert first.post(f"/leads/{lead}/work", data=form).status_code == 303
    mine = {"state": "declined", "reason": "price", "remark": "Цена ниже себестоимости"}
    answer = second.post(f"/leads/{lead}/work", data={**mine, "version": "1"})
    assert answer.status_code == 409
    assert "Цена ниже себестоимости</textarea>" in answer.text
    assert "подаём заявку" in answer.text
    with desk.store.reading() as session:
        assert work_of(session, lead)[0].state is LeadState.BIDDING
    again = re.search(r'name="version" value="(\d+)"', answer.text)
    assert again is not None
    stored = second.post(f"/leads/{lead}/work", data={**mine, "version": again[1]})
    assert stored.status_code == 303
    with desk.store.reading() as session:
        assert work_of(session, lead)[0].reason is DeclineReason.PRICE


def test_pressing_twice_is_no_conflict(desk: Seeded) -> None:
    client, lead = desk.browser("plant"), a_lead(desk.store)
    form = {"state": "looking", "owner": address_of("plant"), "version": "1"}
    assert [client.post(f"/leads/{lead}/work", data=form).status_code for _ in range(2)] == [
        303
    ] * 2
    for _ in range(2):
        client.post(f"/leads/{lead}/notes", data={"text": "Позвонить заказчику"})
    with desk.store.reading() as session:
        assert len(notes_of(session, lead)) == 1


def test_a_decline_says_why_and_stands_in_the_list_of_false_alarms(desk: Seeded) -> None:
    client, lead = desk.browser("plant", lang="ru"), a_lead(desk.store)
    form = {"state": "declined", "version": "1"}
    assert client.post(f"/leads/{lead}/work", data=form).status_code == 422
    told = {**form, "reason": "wrong_goods", "remark": "Это дымовая труба"}
    assert client.post(f"/leads/{lead}/work", data=told).status_code == 303
    for key in ("plant", "official"):
        assert "Это дымовая труба" in desk.browser(key).get("/false-alarms").text
    assert "Это дымовая труба" not in desk.browser("other").get("/false-alarms").text


def test_the_result_of_a_bid_is_kept_as_typed_by_people(desk: Seeded) -> None:
    client, lead = desk.browser("plant", lang="ru"), a_lead(desk.store)
    client.post(f"/leads/{lead}/work", data={"state": "won", "version": "1"})
    told = {"contract": "№ 17/2026", "quantity": "1 240,5", "unit": "t", "value": "96 000 000"}
    assert client.post(f"/leads/{lead}/result", data=told).status_code == 303
    with desk.store.reading() as session:
        result = result_of(session, lead)
    assert result is not None
    assert (str(result.quantity), result.unit) == ("1240.5", "t")
    assert result.value is not None
    assert result.value.minor == 9_600_000_000
    wrong = client.post(f"/leads/{lead}/result", data={**told, "value": "много"})
    assert wrong.status_code == 422


@pytest.mark.parametrize("reference", ["999999", "0", "-1", "99999999999999999999", "abc"])
def test_a_lead_that_is_not_there_is_a_plain_page(desk: Seeded, reference: str) -> None:
    answer = desk.browser("official", lang="ru").get(f"/leads/{reference}")
    assert answer.status_code in {404, 422}
    assert "Traceback" not in answer.text
    assert "К закупкам" in answer.text


def test_a_lead_cannot_be_given_to_somebody_of_another_plant(desk: Seeded) -> None:
    lead = a_lead(desk.store)
    form = {"state": "looking", "owner": address_of("other"), "version": "1"}
    for key in ("plant", "official"):
        answer = desk.browser(key).post(f"/leads/{lead}/work", data=form)
        assert answer.status_code == 422


def test_a_hostile_notice_is_harmless_text(desk: Seeded) -> None:
    lead = a_lead(desk.store)
    poison(desk, HOSTILE)
    client = desk.browser("official")
    for path in ("/leads?closed=1", f"/leads/{lead}"):
        text = client.get(path).text
        assert "<script" not in text
        assert "<img src=x" not in text
        assert "\u202e" not in text
        assert "\u2066" not in text
        assert "\x00" not in text
        assert "&lt;script&gt;" in text


def test_a_title_of_100_kb_leaves_the_page_small(desk: Seeded) -> None:
    lead = a_lead(desk.store)
    poison(desk, "Ж" * 100_000)
    client = desk.browser("official")
    for path in ("/leads", f"/leads/{lead}"):
        assert len(client.get(path).content) < 300_000


def test_a_link_of_a_notice_leads_to_its_portal_or_nowhere(desk: Seeded) -> None:
    lead = a_lead(desk.store)
    with desk.store.writing() as session:
        for row in session.exec(select(NoticeRow)):
            row.record = row.record.replace(
                '"https://sample.suranys.example', '"javascript:alert(1)//'
            )
            session.add(row)
    text = desk.browser("official").get(f"/leads/{lead}").text
    assert 'href="javascript:' not in text


def test_a_locked_or_lost_database_is_told_in_plain_words(desk: Seeded) -> None:
    client = desk.browser("official", lang="ru")
    with desk.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE lead_card RENAME TO hidden_card")
    answer = client.get("/leads")
    assert answer.status_code == 503
    assert "База данных не отвечает" in answer.text
    assert "sqlite" not in answer.text.lower()


def poison(desk: Seeded, text: str) -> None:
    """Put a text into every title of the notice of a lead, as a hostile portal would."""
    with desk.store.writing() as session:
        for row in session.exec(select(NoticeRow)):
            record = json.loads(row.record)
            record["title"] = record["description"] = text
            for lot in record.get("lots", []):
                lot["title"] = lot["description"] = text
            row.record, row.title = json.dumps(record, ensure_ascii=False), text
            session.add(row)
        for card in session.exec(select(LeadCardRow)):
            card.title = card.buyer = card.place = text
            session.add(card)


def test_every_state_has_a_lead_that_can_reach_it(desk: Seeded) -> None:
    client = desk.browser("official")
    with desk.store.reading() as session:
        leads = session.exec(select(LeadRow.id)).all()
    for lead, state in zip(leads, LeadState, strict=False):
        reason = "price" if state is LeadState.DECLINED else ""
        form = {"state": state.value, "reason": reason, "version": "1"}
        assert client.post(f"/leads/{lead}/work", data=form).status_code == 303
