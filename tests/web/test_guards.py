"""Every answer carries the security headers; what another site sends is refused."""

from collections.abc import Iterator

import pytest

from service.web.guards import HEADERS, LONGEST_BODY
from tests.web.seeding import HOME, Seeded


@pytest.mark.parametrize("path", ["/sign-in", "/nowhere", "/static/icon.svg", "/leads"])
def test_every_answer_carries_the_security_headers(desk: Seeded, path: str) -> None:
    answer = desk.browser().get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("headers", "let_in"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": HOME}, False),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True),
        ({"Origin": HOME}, True),
        ({"Origin": "http://127.0.0.1:9999"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
        ({"Referer": HOME + "/leads"}, False),
    ],
)
def test_only_our_own_pages_may_change_anything(
    desk: Seeded, headers: dict[str, str], let_in: bool
) -> None:
    client = desk.browser("official")
    del client.headers["sec-fetch-site"]
    answer = client.post("/sign-out", headers=headers)
    assert answer.status_code == (303 if let_in else 403)


def test_a_request_for_another_host_is_refused(desk: Seeded) -> None:
    answer = desk.browser().get("/sign-in", headers={"Host": "rebound.example"})
    assert answer.status_code == 400


@pytest.mark.parametrize("length", [str(LONGEST_BODY + 1), "-1", "many"])
def test_a_body_that_is_too_large_is_refused_by_its_stated_length(
    desk: Seeded, length: str
) -> None:
    answer = desk.browser("official").post("/sign-out", headers={"Content-Length": length})
    assert answer.status_code == 413


def test_a_body_that_hides_its_length_is_refused_too(desk: Seeded) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(LONGEST_BODY // 1_000_000 + 2):
            yield b"x" * 1_000_000

    answer = desk.browser("official").post(
        "/sign-in/link",
        content=endless(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 413
