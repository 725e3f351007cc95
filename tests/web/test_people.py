"""People: invited per plant or department, taken out again; plants that nobody gets mail for."""

from html import unescape

import pytest
from sqlmodel import select

from service.people.inviting import unattended_plants
from service.store.journal import happenings
from service.store.tables import DeliveryRow, PersonRow
from service.web.rendering import PAGES
from tests.web.seeding import NOW, OTHER_PLANT, PLANT, Seeded, address_of, person_id

NEW = {"address": "New@Plant.example.invalid", "name": "Новый директор", "role": "plant"}


def test_an_admin_invites_somebody_of_a_plant_and_a_mail_goes_out(desk: Seeded) -> None:
    client = desk.browser("admin")
    assert client.post("/people", data={**NEW, "plant": OTHER_PLANT}).status_code == 303
    with desk.store.reading() as session:
        row = session.exec(
            select(PersonRow).where(PersonRow.address == NEW["address"].lower())
        ).one()
        mails = session.exec(select(DeliveryRow).where(DeliveryRow.person_id == row.id)).all()
        told = happenings(session, "person", row.id)
    assert [mail.kind for mail in mails] == ["invitation"]
    assert [each.action for each in told] == ["invite"]
    assert "Новый директор" in unescape(client.get("/people").text)


@pytest.mark.parametrize(
    "wrong",
    [
        {**NEW},
        {**NEW, "plant": "no-such-plant"},
        {**NEW, "address": "not an address", "plant": PLANT},
        {**NEW, "address": "a@b\r\nBcc: all@zone.kz", "plant": PLANT},
        {**NEW, "role": "emperor"},
    ],
)
def test_nobody_is_invited_by_a_form_filled_wrongly(desk: Seeded, wrong: dict[str, str]) -> None:
    assert desk.browser("admin").post("/people", data=wrong).status_code == 422
    with desk.store.reading() as session:
        assert not session.exec(select(PersonRow).where(PersonRow.name == "Новый директор")).all()


def test_the_last_admin_cannot_be_shut_out(desk: Seeded) -> None:
    id_ = person_id(desk.store, "admin")
    answer = desk.browser("admin").post(f"/people/{id_}/disable")
    assert answer.status_code == 422


def test_the_last_admin_cannot_be_made_something_else(desk: Seeded) -> None:
    form = {"address": address_of("admin"), "role": "official"}
    assert desk.browser("admin").post("/people", data=form).status_code == 422
    assert desk.browser("admin").get("/people").status_code == 200


@pytest.mark.parametrize("before", ["0", "99999999999999999999", "x"])
def test_the_journal_takes_no_nonsense(desk: Seeded, before: str) -> None:
    answer = desk.browser("admin").get("/journal", params={"before": before})
    assert answer.status_code == 422


def test_a_plant_whose_people_get_no_mail_is_shown(desk: Seeded) -> None:
    client = desk.browser("admin")
    with desk.store.reading() as session:
        before = {code for code, _name in unattended_plants(session)}
    assert PLANT not in before
    client.post(f"/people/{person_id(desk.store, 'plant')}/disable")
    with desk.store.reading() as session:
        assert {code for code, _name in unattended_plants(session)} == before | {PLANT}
    assert f"/people?plant={PLANT}#invite" in client.get("/people").text


def test_moving_somebody_to_another_plant_ends_what_they_had_open(desk: Seeded) -> None:
    moved = desk.browser("plant")
    assert moved.get("/leads").status_code == 200
    form = {"address": address_of("plant"), "role": "plant", "plant": OTHER_PLANT}
    desk.browser("admin").post("/people", data=form)
    assert moved.get("/leads").status_code == 303


@pytest.mark.parametrize("key", ["official", "plant", "admin"])
def test_every_page_of_the_navigation_is_there(desk: Seeded, key: str) -> None:
    client = desk.browser(key)
    shown = client.get("/leads").text
    offered = [address for address, _title, _whom in PAGES if f'href="{address}"' in shown]
    assert offered
    codes = {address: client.get(address).status_code for address in offered}
    assert {address for address, code in codes.items() if code not in {200, 303}} == set()


@pytest.mark.parametrize(
    ("spoken", "button"), [("ru", "Писать снова"), ("kk", "Қайта жазу"), ("en", "Write again")]
)
def test_an_admin_lets_mail_go_to_an_address_that_bounced(
    desk: Seeded, spoken: str, button: str
) -> None:
    id_ = person_id(desk.store, "plant")
    with desk.store.writing() as session:
        row = session.get_one(PersonRow, id_)
        row.suppressed_at, row.suppressed_for = NOW, "5.1.1 no such user"
    client = desk.browser("admin", lang=spoken)
    assert button in unescape(client.get("/people").text)
    assert desk.browser("plant").post(f"/people/{id_}/resume").status_code == 403
    assert client.post(f"/people/{id_}/resume").status_code == 303
    assert button not in unescape(client.get("/people").text)
    with desk.store.reading() as session:
        row = session.get_one(PersonRow, id_)
        assert (row.suppressed_at, row.suppressed_for) == (None, "")
        told = happenings(session, "person", id_)[0]
    assert (told.action, told.actor) == ("resume", address_of("admin"))
    assert "resume" not in client.get("/journal").text
