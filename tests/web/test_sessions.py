"""Sessions: links, passwords, fixation, signing out, limits, and no word on who is known."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from service.clock import FixedClock
from service.config import Desk
from service.errors import ConfigError
from service.people.inviting import set_disabled, set_password
from service.places import places
from service.store.attempts import PER_ACCOUNT, PER_NETWORK
from service.store.sessions import LINK_LASTS, new_login_link
from service.store.tables import JournalRow, LoginLinkRow, WebSessionRow
from service.web.access import COOKIE
from service.web.app import create_app
from service.web.passwords import hash_password
from service.web.routes.signin import safe
from tests.web.seeding import NOW, Seeded, address_of, person_id, secret_of

PASSWORD = "шесть слов и запятая, тихо"


def link_for(desk: Seeded, key: str = "official") -> str:
    id_ = person_id(desk.store, key)
    with desk.store.writing() as session:
        return f"/sign-in/link/{new_login_link(session, id_, NOW)}"


def signed_in(client: TestClient) -> bool:
    return bool(client.get("/leads").status_code == 200)


def at(desk: Seeded, after: timedelta) -> Seeded:
    """The same desk at a later time."""
    desk.app.state.desk = replace(desk.app.state.desk, clock=FixedClock(NOW + after))
    return desk


def test_a_link_that_was_mailed_signs_in_once(desk: Seeded) -> None:
    client = desk.browser()
    sent = client.post("/sign-in/link", data={"address": address_of("official").upper()})
    assert sent.status_code == 200
    [written] = places(desk.config, "sample").digests.rglob("*.eml")  # it left with the answer
    mail = message_from_bytes(written.read_bytes(), policy=policy.default)
    part = mail.get_body(("plain",))
    assert part is not None
    found = re.search(r"http://127\.0\.0\.1:8000(/sign-in/link/[\w-]{43})", part.get_content())
    assert found is not None
    assert client.get(found[1]).status_code == 200
    assert not signed_in(client)  # a scanner that looks spends nothing
    assert client.post(found[1]).status_code == 303
    assert signed_in(client)
    again = desk.browser()
    assert again.get(found[1]).status_code == again.post(found[1]).status_code == 410
    assert not signed_in(again)


def test_a_link_lapses(desk: Seeded) -> None:
    link = link_for(desk)
    client = at(desk, LINK_LASTS).browser()
    assert client.post(link).status_code == 410


def test_the_database_holds_no_secret_that_signs_anybody_in(desk: Seeded) -> None:
    link, cookie = link_for(desk).rpartition("/")[2], secret_of(desk.store, "admin")
    with desk.store.reading() as session:
        stored = {
            *session.exec(select(LoginLinkRow.hash)),
            *session.exec(select(WebSessionRow.hash)),
        }
    assert {len(each) for each in stored} == {64}
    assert not stored & {link, cookie}


def test_a_cookie_from_before_the_sign_in_is_worth_nothing_after_it(desk: Seeded) -> None:
    client = desk.browser()
    client.cookies.set(COOKIE, "planted-by-somebody-else")
    client.post(link_for(desk))
    assert client.cookies.get(COOKIE, domain="127.0.0.1") != "planted-by-somebody-else"
    victim = desk.browser()
    victim.cookies.set(COOKIE, "planted-by-somebody-else")
    assert not signed_in(victim)


def test_signing_in_again_ends_the_session_before(desk: Seeded) -> None:
    before = secret_of(desk.store, "official")
    client = desk.browser()
    client.cookies.set(COOKIE, before)
    assert signed_in(client)
    client.post(link_for(desk))
    old = desk.browser()
    old.cookies.set(COOKIE, before)
    assert not signed_in(old)


def test_signing_out_ends_the_session_for_the_cookie_too(desk: Seeded) -> None:
    client = desk.browser("official")
    cookie = client.cookies[COOKIE]
    assert client.post("/sign-out").status_code == 303
    thief = desk.browser()
    thief.cookies.set(COOKIE, cookie)
    assert not signed_in(thief)


def test_the_cookie_is_for_this_host_and_no_script(desk: Seeded) -> None:
    answer = desk.browser().post(link_for(desk))
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    ("after", "still"),
    [(timedelta(hours=11), True), (timedelta(hours=12), False), (timedelta(days=14), False)],
)
def test_a_session_ends_when_it_is_left_alone(desk: Seeded, after: timedelta, still: bool) -> None:
    client = desk.browser("official")
    at(desk, after)
    assert signed_in(client) is still


def test_a_session_ends_in_the_end_however_busy_it_is(desk: Seeded) -> None:
    client = desk.browser("official")
    for hours in range(10, 14 * 24, 10):
        at(desk, timedelta(hours=hours))
        assert signed_in(client), hours
    at(desk, timedelta(days=14))
    assert not signed_in(client)


def test_a_password_signs_in_and_a_new_one_ends_every_session(desk: Seeded) -> None:
    id_ = person_id(desk.store, "plant")
    with desk.store.writing() as session:
        set_password(session, id_, hash_password(PASSWORD), NOW, actor="test")
    before, client = desk.browser("plant"), desk.browser()
    answer = client.post(
        "/sign-in/password",
        data={"address": address_of("plant"), "password": PASSWORD, "next": "/leads?mine=1"},
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/leads?mine=1")
    changed = client.post("/me/password", data={"old": PASSWORD, "new": "another long sentence"})
    assert changed.status_code == 303
    assert signed_in(client)
    assert not signed_in(before)


def test_unknown_and_known_people_get_the_same_answers(desk: Seeded) -> None:
    client = desk.browser()
    answers = {}
    for address in (address_of("official"), "nobody@desk.example.invalid"):
        link = client.post("/sign-in/link", data={"address": address})
        wrong = client.post("/sign-in/password", data={"address": address, "password": "x" * 12})
        answers[address] = (link.status_code, link.text, wrong.status_code, wrong.text)
    assert len(set(answers.values())) == 1


def test_guessing_is_stopped_for_an_account_even_with_the_right_password(desk: Seeded) -> None:
    id_ = person_id(desk.store, "plant")
    with desk.store.writing() as session:
        set_password(session, id_, hash_password(PASSWORD), NOW, actor="test")
    client, address = desk.browser(), address_of("plant")
    for _ in range(PER_ACCOUNT):
        assert client.post("/sign-in/link", data={"address": address}).status_code == 200
    right = client.post("/sign-in/password", data={"address": address, "password": PASSWORD})
    assert right.status_code == 429
    at(desk, timedelta(minutes=16))
    later = client.post("/sign-in/password", data={"address": address, "password": PASSWORD})
    assert later.status_code == 303


def test_guessing_is_stopped_for_a_network(desk: Seeded) -> None:
    client = desk.browser()
    codes = [
        client.post("/sign-in/link", data={"address": f"n{number}@x.example.invalid"}).status_code
        for number in range(PER_NETWORK + 1)
    ]
    assert codes == [200] * PER_NETWORK + [429]


def test_who_lost_access_is_out_at_once(desk: Seeded) -> None:
    client, link = desk.browser("plant"), link_for(desk, "plant")
    with desk.store.writing() as session:
        set_disabled(session, person_id(desk.store, "plant"), NOW, disabled=True, actor="test")
    assert not signed_in(client)
    assert desk.browser().post(link).status_code == 410


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/leads?mine=1", "/leads?mine=1"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_nobody_is_led_to_another_site(wanted: str, goes: str) -> None:
    assert safe(wanted) == goes


def test_signing_in_is_in_the_journal(desk: Seeded) -> None:
    desk.browser().post(link_for(desk))
    with desk.store.reading() as session:
        found = session.exec(select(JournalRow.actor, JournalRow.action)).all()
    assert (address_of("official"), "signed in by link") in found


def test_a_guest_sees_the_sample_and_changes_nothing(guests: Seeded) -> None:
    client = guests.browser()
    assert signed_in(client)
    assert client.get("/people").status_code == 403
    assert client.post("/sign-in/link", data={"address": address_of("admin")}).status_code == 403
    assert client.post("/leads/1/take", data={"version": 1}).status_code == 403


def test_no_guest_is_let_in_to_live_data(desk: Seeded) -> None:
    with pytest.raises(ConfigError, match="loopback"):
        create_app(desk.config, desk.store, mode="live", guest=True)


def test_pages_outside_of_loopback_want_tls(desk: Seeded) -> None:
    plain = desk.config.model_copy(update={"desk": Desk(address="http://desk.zone.kz")})
    with pytest.raises(ConfigError, match="https"):
        create_app(plain, desk.store)
