"""How goszakup is walked: what is asked, what a status means, what the tabs add."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from scrapers.errors import LayoutChanged
from scrapers.portal import Query, Request, Setting
from scrapers.portals import kz_goszakup, kz_goszakup_api
from scrapers.portals import kz_goszakup_terms as terms
from scrapers.records import Depth, Notice, Phase, Vat
from tests.scrapers.portals.cases import FIXTURES, Case, load

NOW = datetime(2026, 5, 18, 7, tzinfo=UTC)
# The codes of the search form of the site, January 2026.
FORM = [190, 210, 220, 230, 240, 250, 260, 270, 280, 310, 320, 325, 330, 360, 370, 410, 420]
FORM += [430, 440, 444, 445, 460, 510, 540, 550]


def pairs(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(request.url).query)


def multi() -> Case:
    return load(FIXTURES / "kz_goszakup" / "multi_lot")


def after(steps: int) -> Notice:
    """The notice of the multi-lot case after so many answers."""
    case = multi()
    notice = kz_goszakup.listing(case.answers[0], case.query).notices[0]
    for answer in case.answers[1:steps]:
        notice = kz_goszakup.detail(notice, answer)
    return notice


def test_every_word_and_code_is_a_query_of_its_own_with_all_filters() -> None:
    query = Query(NOW, settings={"words": ["труба"], "enstru": ["242013"], "trade_type": "g"})
    by_word, by_code = kz_goszakup.first(query)
    assert ("filter[name]", "труба") in pairs(by_word)
    assert ("filter[enstru]", "242013") in pairs(by_code)
    for request in (by_word, by_code):
        assert ("filter[trade_type]", "g") in pairs(request)
        assert [v for k, v in pairs(request) if k == "filter[status][]"] == ["210", "220", "240"]


def test_lots_whose_protocol_is_young_are_read_after_the_open_ones() -> None:
    asked: dict[str, Setting] = {"words": ["труба"], "trade_type": "g", "awarded_days": 3}
    opened, awarded = kz_goszakup.first(Query(NOW, settings=asked))
    assert [v for k, v in pairs(opened) if k == "filter[status][]"] == ["210", "220", "240"]
    assert pairs(awarded)[:4] == [
        ("filter[name]", "труба"),
        ("filter[status][]", "360"),
        ("filter[itogi_date_from]", "15.05.2026"),
        ("filter[trade_type]", "g"),
    ]
    paused = Query(NOW, since=NOW - timedelta(days=20), settings=asked)
    assert ("filter[itogi_date_from]", "28.04.2026") in pairs(kz_goszakup.first(paused)[1])


def test_the_next_page_keeps_the_filters() -> None:
    case = load(FIXTURES / "kz_goszakup" / "ordinary")
    following = kz_goszakup.listing(case.answers[0], case.query).next
    assert following is not None
    assert pairs(following) == [
        ("filter[trade_type]", "g"),
        ("count_record", "50"),
        ("page", "2"),
    ]


def test_every_status_of_the_search_form_has_a_phase() -> None:
    assert sorted(terms.STATUS_WORDS) == sorted(FORM)
    assert all(terms.known_phase(word) for word in terms.STATUS_WORDS.values())


@pytest.mark.parametrize(
    ("status", "phase"),
    [
        ("Опубликовано (прием заявок)", Phase.OPEN),
        ("Опубликован (дополнение заявок)", Phase.CLOSED),
        ("Опубликовано (ожидание проведения аукциона)", Phase.CLOSED),
        ("ОТМЕНЕНО", Phase.CANCELLED),
        ("Закупка состоялась", Phase.AWARDED),
        ("Закупка не состоялась", Phase.CLOSED),
    ],
)
def test_announcements_use_the_neuter_of_the_same_words(status: str, phase: Phase) -> None:
    assert terms.known_phase(status) is phase


def test_a_stale_open_status_is_closed_by_the_deadline() -> None:
    status = "Опубликован (прием заявок)"
    assert terms.phase_of(status, NOW - timedelta(seconds=1), NOW) is Phase.CLOSED
    assert terms.phase_of(status, NOW + timedelta(seconds=1), NOW) is Phase.OPEN
    assert terms.phase_of(status, None, NOW) is Phase.OPEN


def test_an_unknown_status_keeps_the_notice_open_until_its_deadline() -> None:
    assert terms.phase_of("Невиданный", None, NOW) is Phase.OPEN
    assert terms.phase_of("Невиданный", NOW - timedelta(days=1), NOW) is Phase.CLOSED


def test_a_page_of_unknown_statuses_is_a_changed_layout() -> None:
    case = load(FIXTURES / "kz_goszakup" / "ordinary")
    answer = case.answers[0]
    text = answer.body.decode().replace("<td>Опубликован", "<td>Невиданный")
    with pytest.raises(LayoutChanged, match="unknown status"):
        kz_goszakup.listing(replace(answer, body=text.encode()), case.query)


def test_the_same_row_twice_is_one_lot() -> None:
    case = load(FIXTURES / "kz_goszakup" / "last_page")
    answer = case.answers[0]
    text = answer.body.decode()
    row = text[text.index("<tr>\n                        <td>") : text.index("</tbody>")]
    text = text.replace(row, row * 2).replace("4 по 5 из 5", "2 по 5 из 5")
    doubled = kz_goszakup.listing(replace(answer, body=text.encode()), case.query)
    assert doubled.notices == kz_goszakup.listing(answer, case.query).notices


def test_an_open_row_asks_for_the_announcement_and_its_lots() -> None:
    kinds = [request.kind for request in kz_goszakup.PORTAL.details(after(1))]
    assert kinds[:2] == ["announce", "lots"]


def test_a_closed_row_is_not_opened() -> None:
    assert kz_goszakup.PORTAL.details(replace(after(1), phase=Phase.CANCELLED)) == ()


def test_lot_windows_are_asked_by_the_id_of_the_lots_tab() -> None:
    windows = [r for r in kz_goszakup.PORTAL.details(after(3)) if r.kind == "lot"]
    assert [request.form for request in windows] == [
        (("id", "90010001"),),
        (("id", "90010002"),),
    ]
    assert {request.method for request in windows} == {"POST"}
    assert ("X-Requested-With", "XMLHttpRequest") in windows[0].headers


def test_a_read_lot_window_is_not_asked_again() -> None:
    forms = [r.form for r in kz_goszakup.PORTAL.details(after(4)) if r.kind == "lot"]
    assert forms == [(("id", "90010002"),)]


def test_nothing_is_left_to_ask_after_the_files() -> None:
    assert kz_goszakup.PORTAL.details(after(7)) == ()


def test_lots_the_listing_did_not_show_come_from_the_lots_tab() -> None:
    case = multi()
    listed = after(2)
    partial = replace(listed, lots=listed.lots[:1])
    notice = kz_goszakup.detail(partial, case.answers[2])
    assert [lot.number for lot in notice.lots] == ["90010001-ЗЦП1", "90010002-ЗЦП1"]


def test_a_united_lot_shown_as_its_parts_is_not_counted_twice() -> None:
    case = multi()
    listed = after(2)
    united = replace(listed.lots[0], id="90009999-ОЛ-ЗЦП1", number="90009999-ОЛ-ЗЦП1")
    notice = kz_goszakup.detail(replace(listed, lots=(united,)), case.answers[2])
    assert [lot.id for lot in notice.lots] == ["90010001-ЗЦП1", "90010002-ЗЦП1"]


def test_a_tab_that_shows_fewer_lots_than_are_counted_drops_none() -> None:
    case = multi()
    listed = replace(after(2), lots_stated=3)
    third = replace(listed.lots[0], id="90010077-ЗЦП1", number="90010077-ЗЦП1")
    notice = kz_goszakup.detail(replace(listed, lots=(*listed.lots, third)), case.answers[2])
    assert [lot.id for lot in notice.lots][-1] == "90010077-ЗЦП1"


def test_sums_of_the_listing_get_the_vat_flag_of_the_announcement() -> None:
    assert {lot.value.vat for lot in after(1).lots if lot.value} == {Vat.UNKNOWN}
    assert {lot.value.vat for lot in after(2).lots if lot.value} == {Vat.EXCLUDED}
    assert after(2).depth is Depth.DETAIL


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("<p>751410000", "751410000", "not paragraphs"),
        ("<th>Количество</th>", "<th>Объём</th>", "no lot number"),
        ("<td>120.5</td>", "<td>12 0.5</td>", "not a number"),
        ("<td>242013.900.000777</td>", "<td>242013.900</td>", "ENS TRU"),
        ("<td>120.5</td>", "", "1 labels for 0 values"),
    ],
)
def test_a_lot_window_that_lost_something_is_refused(old: str, new: str, why: str) -> None:
    case = multi()
    answer = case.answers[3]
    text = answer.body.decode()
    assert text.count(old) == 1
    spoilt = replace(answer, body=text.replace(old, new).encode())
    with pytest.raises(LayoutChanged, match=why):
        kz_goszakup.detail(after(3), spoilt)


def test_a_status_that_is_a_date_is_refused() -> None:
    case = multi()
    answer = case.answers[1]
    text = answer.body.decode().replace(
        'value="Опубликовано (прием ценовых предложений)"', 'value="2026-05-15 10:00:00"'
    )
    with pytest.raises(LayoutChanged, match="status"):
        kz_goszakup.detail(after(1), replace(answer, body=text.encode()))


def test_a_window_of_a_foreign_lot_is_refused() -> None:
    case = multi()
    notice = replace(after(3), lots=after(3).lots[1:])
    with pytest.raises(LayoutChanged, match="is not of notice"):
        kz_goszakup.detail(notice, case.answers[3])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("17013627-1", "announce"),
        ("17013627", "announce"),
        ("https://goszakup.gov.kz/ru/announce/index/17013627?tab=lots", "announce"),
        ("81610885-ОК2", "lot-number"),
        ("39332519-ОЛ-ЗЦП3", "lot-number"),
    ],
)
def test_numbers_and_addresses_are_recognised(text: str, kind: str) -> None:
    request = kz_goszakup.entry(text)
    assert request is not None
    assert request.kind == kind


@pytest.mark.parametrize("text", ["", "труба", "https://example.org/announce/index/1", "12345"])
def test_what_is_no_number_of_the_portal_is_not_taken(text: str) -> None:
    assert kz_goszakup.entry(text) is None


def test_the_api_asks_by_last_update_and_one_word_at_a_time() -> None:
    since = datetime(2026, 5, 15, 0, tzinfo=UTC)
    query = Query(NOW, since, {"words": ["труба", "арматура"]})
    bodies = [json.loads(request.json or "") for request in kz_goszakup_api.first(query)]
    filters = [body["variables"]["filter"] for body in bodies]
    assert [f["nameDescriptionRu"] for f in filters] == ["труба", "арматура"]
    assert filters[0]["lastUpdateDate"] == ["2026-05-15 05:00:00", "2026-05-18 12:00:00"]
    assert "publishDate" not in filters[0]


def test_the_next_page_of_the_api_begins_after_its_least_id() -> None:
    case = load(FIXTURES / "kz_goszakup_api" / "ordinary")
    following = kz_goszakup_api.listing(case.answers[0], case.query).next
    assert following is not None
    assert json.loads(following.json or "")["variables"]["after"] == 70000009


def test_both_readers_give_a_notice_the_same_key() -> None:
    pages = load(FIXTURES / "kz_goszakup" / "ordinary")
    api = load(FIXTURES / "kz_goszakup_api" / "ordinary")
    by_page = kz_goszakup.listing(pages.answers[0], pages.query).notices[0]
    by_api = kz_goszakup_api.listing(api.answers[0], api.query).notices[0]
    assert (by_page.portal, by_page.id) == (by_api.portal, by_api.id) == ("kz_goszakup", "90000001")
