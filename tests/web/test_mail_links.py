"""Every link of every kind of mail, opened as mail scanners do: GET and HEAD, again and again.

The mails are those the jobs write; links are taken out of their HTML, their text, their headers and
their calendars, and none is known to the test beforehand.
"""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from fastapi import FastAPI
from sqlmodel import select
from starlette.testclient import TestClient

from service.clock import FixedClock
from service.config import Config, Desk
from service.jobs.alerts import write_alerts
from service.jobs.digest import write_digests
from service.jobs.weekly import write_weekly
from service.people.inviting import add_person
from service.people.listing import find_person
from service.places import places
from service.store import Store, open_store
from service.store.catalogue import save_catalogue
from service.store.sessions import start_session
from service.store.tables import METADATA, DeliveryRow
from service.store.tables.naming import DeliveryKind, Origin, Role
from service.web.app import create_app
from tests.service.digest.samples import NOW
from tests.service.digest.test_alerts import closing, take
from tests.service.digest.test_job import CATALOGUE, MILL, ZONE, save

HOME = "https://desk.example"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LAST = datetime(2026, 12, 7, 4, tzinfo=UTC)
LINK = re.compile(r"https?://[^\s<>\"]+")
ADMIN = "admin@example.invalid"

Mails = Mapping[str, list[EmailMessage]]
Dump = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True, slots=True)
class Post:
    """The mails as their receivers have them, by kind, and the store and pages behind them."""

    store: Store
    app: FastAPI
    mails: Mails

    def browser(self, **headers: str) -> TestClient:
        """A program that opens links: no cookie, nothing of a browser unless said."""
        return TestClient(self.app, base_url=HOME, headers=headers, follow_redirects=False)

    def dump(self) -> Dump:
        """Every row of every table."""
        with self.store.reading() as session:
            return {
                table.name: sorted(
                    (tuple(row) for row in session.execute(table.select())), key=repr
                )
                for table in METADATA.sorted_tables
            }


@pytest.fixture(scope="module")
def mailed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mails]:
    """The folder of a store, and the mails its jobs wrote: one of each kind at least."""
    folder = tmp_path_factory.mktemp("mailed")
    config = settings(folder)
    live = places(config)
    with open_store(live.database_url) as store:
        with store.writing() as session:
            save_catalogue(session, CATALOGUE, Origin.BUNDLED, NOW)
        save(store, closing("first", NOW + 17 * DAY), "p1")
        write_digests(store, config, live, FixedClock(NOW))
        save(store, closing("soon", NOW + 2 * DAY), "p1")
        write_alerts(store, config, live, FixedClock(NOW + HOUR))
        # Two days nothing ran: what comes is told late, in one mail of three days.
        save(store, closing("late", NOW + 19 * DAY), "p1")
        write_digests(store, config, live, FixedClock(NOW + 3 * DAY))
        take(store, 1, None)
        write_weekly(store, config, live, FixedClock(LAST - HOUR))
        write_alerts(store, config, live, FixedClock(NOW + 14 * DAY))
        return folder, _written(store, config)


@pytest.fixture
def post(mailed: tuple[Path, Mails], tmp_path: Path) -> Iterator[Post]:
    """The mails, and the pages on a copy of the store they came from, a week later."""
    folder, mails = mailed
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    config = settings(tmp_path)
    with open_store(places(config).database_url) as store:
        yield Post(store, create_app(config, store, clock=FixedClock(LAST)), mails)


def settings(folder: Path) -> Config:
    return Config(folder=folder, recipients=(ZONE, MILL), desk=Desk(address=HOME))


def _written(store: Store, config: Config) -> Mails:
    """Ask for the mails that answer people, and read all there are."""
    app = create_app(config, store, clock=FixedClock(LAST))
    with store.writing() as session:
        add_person(session, ADMIN, "Админ", Role.ADMIN, LAST, actor="test")
        admin = find_person(session, ADMIN)
        assert admin is not None
        secret = start_session(session, admin.id, LAST, DAY)
    ours = {"Sec-Fetch-Site": "same-origin", "Cookie": f"__Host-suranys={secret}"}
    browser = TestClient(app, base_url=HOME, headers=ours, follow_redirects=False)
    assert browser.post("/sign-in/link", data={"address": MILL.address}).status_code == 200
    invited = {"address": "new@example.invalid", "role": "official"}
    assert browser.post("/people", data=invited).status_code == 303
    # What waits in the outbox leaves with the next answer.
    assert browser.post("/sign-in/link", data={"address": ADMIN}).status_code == 200
    with store.reading() as session:
        kinds = {row.message_id: row.kind for row in session.exec(select(DeliveryRow))}
    found: dict[str, list[EmailMessage]] = {}
    for path in sorted(places(config).digests.glob("*.eml")):
        message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        assert isinstance(message, EmailMessage)
        found.setdefault(kinds.pop(str(message["Message-ID"])), []).append(message)
    assert not kinds  # every mail of the store was looked at
    return found


def bodies(message: EmailMessage) -> Iterator[tuple[str, str]]:
    for part in message.walk():
        if part.get_content_maintype() == "text":
            content = part.get_content()
            yield (
                part.get_content_type(),
                content.decode() if isinstance(content, bytes) else content,
            )


def links(message: EmailMessage) -> set[str]:
    """Every address in a mail: headers, HTML, text, calendar."""
    found = set(LINK.findall(str(message["List-Unsubscribe"] or "")))
    for kind, content in bodies(message):
        if kind == "text/html":
            soup = BeautifulSoup(content, "lxml")
            found |= {str(tag["href"]) for tag in soup.select("[href]")}
            found |= {str(tag["src"]) for tag in soup.select("[src]")}
            inside = {each[1:] for each in found if each.startswith("#")}
            assert inside <= {str(tag["id"]) for tag in soup.find_all(id=True)}
        else:
            found |= {each.rstrip(".,)") for each in LINK.findall(content)}
    return {each for each in found if not each.startswith(("#", "cid:"))}


def our_links(post: Post) -> set[str]:
    """Addresses of ours in all mails; any other is that of a notice."""
    found = {link for mails in post.mails.values() for mail in mails for link in links(mail)}
    assert {urlsplit(each).hostname for each in found} == {"desk.example", "portal.invalid"}
    return {each for each in found if each.startswith(HOME)}


def test_there_is_a_mail_of_every_kind_with_links_in_every_place(post: Post) -> None:
    assert set(post.mails) == {kind.value for kind in DeliveryKind}
    assert len(post.mails["digest"]) > 2  # the late ones too
    of_digest = post.mails["digest"][0]
    assert str(of_digest["List-Unsubscribe"]).startswith(f"<{HOME}/u/")
    paths = {urlsplit(each).path.split("/")[1] for each in our_links(post)}
    assert paths == {"u", "p", "l", "leads", "sign-in"}
    for kind, mails in post.mails.items():
        for mail in mails:
            kinds = dict(bodies(mail))
            assert set(LINK.findall(kinds["text/plain"])), kind
            assert "<a " in kinds["text/html"], kind


def test_a_scanner_that_opens_every_link_of_every_mail_changes_nothing(post: Post) -> None:
    before, scanner, found = post.dump(), post.browser(), sorted(our_links(post))
    for method in ("HEAD", "GET", "GET", "HEAD"):
        for link in found:
            answer = scanner.request(method, link)
            # Pages of the desk send a stranger to sign in.
            assert answer.status_code in {200, 303}, (method, link)
            assert "set-cookie" not in answer.headers
            if method == "HEAD":
                assert answer.content == b""
    assert post.dump() == before


def forms(post: Post) -> Iterator[tuple[str, dict[str, str | list[str]]]]:
    """Every form behind the links with what it sends, once for each of its buttons."""
    browser, seen = post.browser(), set()
    for link in sorted(our_links(post)):
        for form in BeautifulSoup(browser.get(link).text, "lxml").find_all("form", method="post"):
            values = _values(form)
            for button in form.find_all("button"):
                named = {str(button["name"]): str(button["value"])} if button.get("name") else {}
                key = (str(form["action"]), *named.values())
                if key not in seen:
                    seen.add(key)
                    yield str(form["action"]), {**values, **named}


def _values(form: Tag) -> dict[str, str | list[str]]:
    values: dict[str, str | list[str]] = {}
    for tag in form.find_all(["input", "select"]):
        name, kind = str(tag["name"]), tag.get("type", "")
        if tag.name == "select":
            options = [str(each.get("value", "")) for each in tag.find_all("option")]
            values[name] = next(each for each in reversed(options) if each)
        elif kind in {"checkbox", "radio"}:
            values.setdefault(name, []).append(str(tag["value"]))  # type: ignore[union-attr]  # a list: the line itself makes it
        else:
            values[name] = str(tag.get("value", ""))
    return values


def test_each_form_behind_the_links_acts_once_however_often_it_is_sent(post: Post) -> None:
    sent = list(forms(post))
    assert {path.split("/")[1] for path, _ in sent} == {"u", "p", "l", "sign-in"}
    browser = post.browser(**{"Sec-Fetch-Site": "same-origin"})
    for path, values in sent:
        before = post.dump()
        assert browser.post(path, data=values).status_code in {200, 303}, (path, values)
        after = post.dump()
        assert after != before, (path, values)
        again = browser.post(path, data=values)
        assert again.status_code in {200, 410}, (path, values)
        assert post.dump() == after, (path, values)
