"""zakup.sk.kz: what is asked, how far lots are read, and what a refusal says."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scrapers.errors import Blocked, LayoutChanged
from scrapers.portal import Query
from scrapers.portals.kz_samruk import PORTAL, detail, details, entry, first, listing
from scrapers.records import Depth, Lot, Notice, Phase
from tests.scrapers.portals.cases import FIXTURES, load

NOW = datetime(2026, 5, 18, 7, tzinfo=UTC)
PLANS = "plan-items"
ADVERTS = "https://zakup.sk.kz/eprocsearch/api/external/4dv3rts"


def notice(lots: int, depth: Depth = Depth.DETAIL, phase: Phase = Phase.OPEN) -> Notice:
    each = tuple(Lot(str(number), "Труба") for number in range(lots))
    return Notice("kz_samruk", "900105", "", "Труба", phase, lots=each, depth=depth)


def test_each_word_is_asked_alone_without_a_signature() -> None:
    asked = first(Query(NOW, settings={"words": ["труба", "краска"], "subjects": ["GOODS"]}))
    bodies = [json.loads(request.json or "") for request in asked]
    assert [body["query"] for body in bodies] == ["труба", "краска"]
    assert {body["advertStatus"] for body in bodies} == {"PUBLISHED"}
    assert bodies[0]["tenderSubjectTypes"] == ["GOODS"]
    assert {request.headers for request in asked} == {(("language", "ru"),)}


def test_plan_items_are_a_register_of_their_own_whose_pages_follow_in_it() -> None:
    asked = {"words": ["труба"], "subjects": [], "read": ["adverts", "plans"]}
    adverts, plans = first(Query(NOW, settings=asked))
    assert plans.url.partition("?")[0] == adverts.url.partition("?")[0].replace("4dv3rts", PLANS)
    assert json.loads(plans.json or "") == {"query": "труба"}
    case = load(FIXTURES / "kz_samruk" / "plans")
    rows = json.loads(case.answers[0].body)
    full = json.dumps([rows[0] | {"id": number} for number in range(1, 11)]).encode()
    page = listing(replace(case.answers[0], body=full), case.query)
    assert page.next is not None
    assert page.next.url == plans.url.replace("page=0", "page=1")
    assert page.next.json == '{"query": "труба"}'


def test_a_plan_item_is_a_plan_from_its_month_on_and_is_not_opened() -> None:
    case = load(FIXTURES / "kz_samruk" / "plans")
    pipe, gone = listing(case.answers[0], case.query).notices
    assert pipe.period is not None
    assert pipe.period.start == datetime(2026, 8, 31, 19, tzinfo=UTC)  # 1 September in Almaty
    assert (pipe.phase, gone.phase, details(pipe)) == (Phase.PLAN, Phase.CANCELLED, ())
    assert gone.lots[0].items[0].quantity is None


def test_lots_are_asked_page_by_page_until_one_is_not_full() -> None:
    pages = [[request.url for request in details(notice(lots))] for lots in (0, 9, 10, 20)]
    assert [len(each) for each in pages] == [1, 1, 2, 3]
    assert pages[3][2] == f"{ADVERTS}/lots/900105?size=10&page=2"


def test_only_an_open_advert_of_a_listing_is_opened() -> None:
    (request,) = details(notice(0, Depth.LISTING))
    assert request.url == f"{ADVERTS}/900105"
    assert details(notice(0, Depth.LISTING, Phase.CLOSED)) == ()


def test_a_second_page_of_lots_is_added_and_a_lot_seen_again_stays_one() -> None:
    case = load(FIXTURES / "kz_samruk" / "multi_lot")
    (start,) = listing(case.answers[0], case.query).notices
    deep = detail(detail(start, case.answers[1]), case.answers[2])
    assert [lot.id for lot in deep.lots] == ["7700001", "7700002"]
    assert deep.category is None  # goods and works
    assert detail(deep, case.answers[2]) == deep


def test_a_refusal_in_words_is_blocked_and_tells_of_saved_answers() -> None:
    case = load(FIXTURES / "kz_samruk" / "unsigned")
    with pytest.raises(Blocked, match="signature is required"):
        listing(case.answers[0], case.query)
    assert "--replay" in PORTAL.when_blocked


def test_an_object_that_refuses_nothing_is_a_new_layout() -> None:
    case = load(FIXTURES / "kz_samruk" / "unsigned")
    answer = replace(case.answers[0], body=b'{"content": []}')
    with pytest.raises(LayoutChanged):
        listing(answer, case.query)


@pytest.mark.parametrize(
    "text",
    ["900105", " https://zakup.sk.kz/#/ext(popup:item/900105/advert) "],
)
def test_a_number_or_address_leads_to_the_advert(text: str) -> None:
    request = entry(text)
    assert request is not None
    assert (request.url, request.ref) == (f"{ADVERTS}/900105", "900105")


@pytest.mark.parametrize(
    "text", ["", "12", "https://zakup.sk.kz/", "https://goszakup.gov.kz/900105"]
)
def test_what_names_no_advert_leads_nowhere(text: str) -> None:
    assert entry(text) is None
