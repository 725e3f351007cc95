"""Every route for every role: strangers are led to sign in, plants see nothing of each other,
guests and readers change nothing. The routes are asked of the app, so that none can be forgotten.
"""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi.routing import iter_route_contexts
from sqlmodel import select
from starlette.testclient import TestClient

from service.store.tables import LeadRow, NoticeRow, PersonRow, PlantRow
from service.store.tokens import new_token
from service.web.routes import ROUTERS
from tests.web.seeding import (
    NOW,
    PEOPLE,
    PLANT,
    Seeded,
    a_lead,
    address_of,
    person_id,
)

# What a stranger may open: signing in, the links of mails, the choice of language.
PUBLIC = re.compile(
    r"/(|sign-in.*|sign-out|language/.*|[lup]/.*|health.*|metrics)|/api/v1/(openapi.json|docs)"
)
ADMINS = re.compile(r"/(people|journal)(/.*)?")
_YEAR = timedelta(days=365)
OTHERS_NAME = "Трубный завод"
"""In the name of PLANT, and in no page that OTHER_PLANT's people may see."""


def all_routes() -> Iterator[tuple[str, str]]:
    """Every (method, path) of the app."""
    for router in ROUTERS:
        for route in iter_route_contexts(router.routes):
            for method in sorted((route.methods or set()) - {"HEAD"}):
                yield method, str(route.path)


ROUTES = sorted(set(all_routes()))


def filled_in(path: str, desk: Seeded) -> str:
    """Put the ids of PLANT's records into a path."""
    lead = a_lead(desk.store, PLANT)
    values = {
        "lead_id": str(lead),
        "person_id": str(person_id(desk.store, "plant")),
        "code": "ru" if path.startswith("/language") else PLANT,
        "plant": PLANT,
        "deed": "enable",
        "secret": "x" * 43,
        "token": "1-1." + "x" * 32,
    }
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda found: values.get(found[1], "1"), path)


def ask(client: TestClient, method: str, path: str) -> tuple[int, str, str]:
    answer = client.request(method, path)
    text = answer.text if "text" in answer.headers.get("content-type", "") else ""
    if "json" in answer.headers.get("content-type", ""):
        text = json.dumps(answer.json(), ensure_ascii=False)
    return answer.status_code, text, answer.headers.get("location", "")


def test_the_matrix_has_the_routes_of_the_app() -> None:
    paths = {path for _method, path in ROUTES}
    assert {"/leads", "/leads/{lead_id}", "/people", "/zone", "/l/{token}"} <= paths


def test_strangers_get_nowhere_but_to_the_sign_in(desk: Seeded) -> None:
    stranger, wrong = desk.browser(), []
    for method, path in ROUTES:
        if PUBLIC.fullmatch(path):
            continue
        status, _text, location = ask(stranger, method, filled_in(path, desk))
        led = status == 401 or (status == 303 and location.startswith("/sign-in"))
        if not led:
            wrong.append((method, path, status))
    assert wrong == []


def test_no_request_of_anybody_breaks_the_desk(desk: Seeded) -> None:
    broken = []
    for key in PEOPLE:
        client = desk.browser(key)
        for method, path in ROUTES:
            if path in {"/sign-out", "/me/sign-out-everywhere"}:
                continue
            status, _text, _location = ask(client, method, filled_in(path, desk))
            if status >= 500:
                broken.append((key, method, path, status))
    assert broken == []


def test_another_plants_records_are_not_there(desk: Seeded) -> None:
    client, wrong = desk.browser("other"), []
    for method, path in ROUTES:
        if PUBLIC.fullmatch(path) or path in {"/sign-out", "/me/sign-out-everywhere"}:
            continue
        status, text, _location = ask(client, method, filled_in(path, desk))
        named = "{lead_id}" in path or "{plant}" in path
        if (named and status < 400) or OTHERS_NAME in text:
            wrong.append((method, path, status, OTHERS_NAME in text))
    assert wrong == []
    with desk.store.reading() as session:
        states = set(session.exec(select(LeadRow.state)))
    assert states == {"new"}


def test_an_api_client_of_another_plant_is_refused_too(desk: Seeded) -> None:
    id_ = person_id(desk.store, "other")
    with desk.store.writing() as session:
        token = new_token(session, id_, "t", frozenset({"read", "match", "write"}), NOW, _YEAR)
    client, wrong = desk.browser(), []
    client.headers["Authorization"] = f"Bearer {token}"
    for method, path in ROUTES:
        if PUBLIC.fullmatch(path) or path in {"/sign-out", "/me/sign-out-everywhere"}:
            continue
        status, text, _location = ask(client, method, filled_in(path, desk))
        if ("{lead_id}" in path and status < 400) or OTHERS_NAME in text:
            wrong.append((method, path, status))
    assert wrong == []


def test_only_admins_manage_people(desk: Seeded) -> None:
    let_in = {
        (key, path)
        for key in PEOPLE
        for method, path in ROUTES
        if method == "GET" and ADMINS.fullmatch(path)
        if desk.browser(key).get(path).status_code == 200
    }
    assert let_in == {("admin", "/people"), ("admin", "/journal")}


def test_guests_change_nothing(guests: Seeded) -> None:
    client, before = guests.browser(), snapshot(guests)
    codes = {
        (path, client.request(method, filled_in(path, guests)).status_code)
        for method, path in ROUTES
        if method != "GET" and not path.startswith("/api/")
    }
    refused = {403, 404, 422}
    assert {each for each in codes if each[1] not in refused} <= {("/sign-out", 303)}
    assert snapshot(guests) == before


def test_a_key_that_may_only_read_changes_nothing(desk: Seeded) -> None:
    id_ = person_id(desk.store, "official")
    with desk.store.writing() as session:
        token = new_token(session, id_, "t", frozenset({"read"}), NOW, _YEAR)
    client = desk.browser()
    client.headers["Authorization"] = f"Bearer {token}"
    lead = a_lead(desk.store)
    assert client.get(f"/leads/{lead}").status_code == 200
    assert client.post(f"/leads/{lead}/take", data={"version": 1}).status_code == 403


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/me/tokens", {"name": "another", "rights": "write"}),
        ("/me/password", {"new": "a long new password"}),
        ("/me/sign-out-everywhere", {}),
        ("/people", {"address": "thief@example.org", "role": "admin"}),
    ],
)
def test_a_key_lets_nobody_in(desk: Seeded, path: str, form: dict[str, str]) -> None:
    id_ = person_id(desk.store, "admin")
    with desk.store.writing() as session:
        token = new_token(session, id_, "t", frozenset({"read", "match", "write"}), NOW, _YEAR)
    client, before = desk.browser(), snapshot(desk)
    client.headers["Authorization"] = f"Bearer {token}"
    answer = client.post(path, data=form)
    assert (answer.status_code, dict(answer.cookies)) == (403, {})
    assert snapshot(desk) == before


def test_people_of_a_plant_that_nobody_named_see_nothing(desk: Seeded) -> None:
    with desk.store.writing() as session:
        row = session.exec(select(PersonRow).where(PersonRow.address == address_of("plant"))).one()
        row.plant_id = None
        session.add(row)
    assert desk.browser("plant").get("/leads").status_code == 303


def snapshot(desk: Seeded) -> list[object]:
    """What people could have changed."""
    with desk.store.reading() as session:
        leads = session.exec(select(LeadRow.id, LeadRow.state, LeadRow.version)).all()
        people = session.exec(select(PersonRow.id, PersonRow.updated_at)).all()
        plants = session.exec(select(PlantRow.id, PlantRow.updated_at)).all()
        notices = session.exec(select(NoticeRow.id)).all()
    return [*leads, *people, *plants, *notices]
