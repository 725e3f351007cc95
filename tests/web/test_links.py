"""The links of mails: GET shows, POST acts, once is enough, and no link opens another's door."""

import pytest
from sqlmodel import select

from service.outbox.letters import UNSUBSCRIBE
from service.people.actions import LEAD, PREFERENCES
from service.people.inviting import set_disabled
from service.people.listing import person_by_id
from service.store.lead_work import work_of
from service.store.tables import PersonRow
from service.store.tables.naming import DeclineReason, LeadState
from tests.web.seeding import NOW, OTHER_PLANT, Seeded, a_lead, address_of, person_id


def signed(desk: Seeded, purpose: str, *ids: int, key: str = "plant") -> str:
    return str(desk.app.state.desk.key.sign(purpose, person_id(desk.store, key), *ids))


def unsubscribed(desk: Seeded) -> bool:
    with desk.store.reading() as session:
        person = person_by_id(session, person_id(desk.store, "plant"))
    assert person is not None
    return person.unsubscribed_at is not None


def test_a_scanner_that_follows_every_link_changes_nothing(desk: Seeded) -> None:
    lead = a_lead(desk.store)
    links = (
        f"/u/{signed(desk, UNSUBSCRIBE)}",
        f"/l/{signed(desk, LEAD, lead)}",
        f"/p/{signed(desk, PREFERENCES)}",
    )
    client = desk.browser()
    for link in links:
        for method in ("GET", "HEAD"):
            assert client.request(method, link).status_code in {200, 405}
    assert not unsubscribed(desk)
    with desk.store.reading() as session:
        assert work_of(session, lead)[0].state is LeadState.NEW


def test_one_post_without_any_header_of_a_browser_unsubscribes(desk: Seeded) -> None:
    client, link = desk.browser(), f"/u/{signed(desk, UNSUBSCRIBE)}"
    del client.headers["sec-fetch-site"]
    one_click = {"List-Unsubscribe": "One-Click"}
    answers = [client.post(link, data=one_click) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert not any("set-cookie" in answer.headers for answer in answers)
    assert unsubscribed(desk)
    assert client.post(f"{link}/back").status_code == 200
    assert not unsubscribed(desk)


def test_a_lead_is_taken_from_a_mail_without_signing_in(desk: Seeded) -> None:
    lead, client = a_lead(desk.store), desk.browser()
    link = f"/l/{signed(desk, LEAD, lead)}"
    assert client.post(link, data={"action": "take"}).status_code == 200
    with desk.store.reading() as session:
        work = work_of(session, lead)[0]
    assert (work.state, work.owner) == (LeadState.LOOKING, address_of("plant"))
    official = desk.browser().post(
        f"/l/{signed(desk, LEAD, lead, key='official')}", data={"action": "take"}
    )
    assert official.status_code == 409


def test_a_decline_from_a_mail_says_why(desk: Seeded) -> None:
    lead, client = a_lead(desk.store), desk.browser()
    link = f"/l/{signed(desk, LEAD, lead)}"
    assert client.post(link, data={"action": "decline"}).status_code == 422
    told = {"action": "decline", "reason": "too_small", "remark": "меньше вагона"}
    assert client.post(link, data=told).status_code == 200
    with desk.store.reading() as session:
        assert work_of(session, lead)[0].reason is DeclineReason.TOO_SMALL


def test_another_site_cannot_press_the_buttons_of_a_link(desk: Seeded) -> None:
    lead, client = a_lead(desk.store), desk.browser()
    client.headers["sec-fetch-site"] = "cross-site"
    answer = client.post(f"/l/{signed(desk, LEAD, lead)}", data={"action": "take"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("path", "purpose"), [("/l", UNSUBSCRIBE), ("/u", LEAD), ("/p", LEAD), ("/u", PREFERENCES)]
)
def test_a_link_opens_only_what_it_was_signed_for(desk: Seeded, path: str, purpose: str) -> None:
    answer = desk.browser().get(f"{path}/{signed(desk, purpose, a_lead(desk.store))}")
    assert answer.status_code == 404


@pytest.mark.parametrize("token", ["x", "1-1.abc", "9" * 3000, "%00", "1." + "A" * 32])
def test_a_broken_link_is_a_plain_page(desk: Seeded, token: str) -> None:
    for path in ("/l", "/u", "/p"):
        answer = desk.browser(lang="ru").get(f"{path}/{token}")
        assert answer.status_code == 404
        assert "Ссылка неполная" in answer.text


def test_a_link_to_another_plants_lead_shows_nothing(desk: Seeded) -> None:
    lead = a_lead(desk.store, OTHER_PLANT)
    link = f"/l/{signed(desk, LEAD, lead)}"
    client = desk.browser()
    assert client.get(link).status_code == 410
    assert client.post(link, data={"action": "take"}).status_code == 410


def test_links_of_who_lost_access_open_no_lead(desk: Seeded) -> None:
    lead, id_ = a_lead(desk.store), person_id(desk.store, "plant")
    link = f"/l/{signed(desk, LEAD, lead)}"
    with desk.store.writing() as session:
        set_disabled(session, id_, NOW, disabled=True, actor="test")
    assert desk.browser().get(link).status_code == 410


def test_preferences_are_stored_as_chosen(desk: Seeded) -> None:
    client = desk.browser()
    link = f"/p/{signed(desk, PREFERENCES)}"
    form = {"hour": "7", "weekdays": ["0", "4"], "language": "kk", "weekly": "1"}
    assert client.post(link, data={**form, "least_quantity": "20,5"}).status_code == 200
    with desk.store.reading() as session:
        id_ = person_id(desk.store, "plant")
        person = person_by_id(session, id_)
        row = session.exec(select(PersonRow).where(PersonRow.id == id_)).one()
    assert person is not None
    wishes = person.preferences
    assert (wishes.hour, wishes.weekdays, wishes.weekly, wishes.urgent) == (7, (0, 4), True, False)
    assert (str(wishes.least_quantity), row.language) == ("20.5", "kk")
    wrong = client.post(link, data={**form, "hour": "99"})
    assert wrong.status_code == 422
