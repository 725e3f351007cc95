"""A page that is not what was asked for gets the name of what it is."""

from datetime import UTC, datetime

import pytest

from scrapers.errors import Blocked, LayoutChanged, Truncated
from scrapers.parsing.html import Page, one, read_page
from scrapers.portal import Answer, Request

URL = "https://portal.example/lots"
HIDDEN_LOGIN = '<div style="display:none"><form><input type="password"></form></div>'


def page(body: str) -> Page:
    text = (
        f"<!DOCTYPE html><html><head><title>Реестр лотов</title></head><body>{body}</body></html>"
    )
    return read(text)


def read(text: str) -> Page:
    now = datetime(2026, 5, 18, tzinfo=UTC)
    headers = {"content-type": "text/html; charset=utf-8"}
    return read_page(Answer(Request(URL), URL, 200, headers, text.encode(), now), "one")


def test_a_wall_in_place_of_the_content_is_blocked() -> None:
    with pytest.raises(Blocked, match="captcha"):
        one(page('<form><img src="/captcha/1.png"></form>'), "//table")


def test_a_full_page_with_a_hidden_log_in_that_lost_its_table_has_changed() -> None:
    full = page(HIDDEN_LOGIN + "<p>Лот: труба стальная</p>" * 2000)
    with pytest.raises(LayoutChanged, match="//table"):
        one(full, "//table")


def test_a_page_cut_short_is_truncated_and_a_wall_cut_short_is_blocked() -> None:
    with pytest.raises(Truncated):
        read("<html><body><table><tr><td>Труба")
    with pytest.raises(Blocked, match="captcha"):
        read("<html><body><p>Подтвердите, что вы не робот")
