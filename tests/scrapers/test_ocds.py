"""Reading of OCDS: merging, phases, and releases of any shape and type."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.errors import LayoutChanged, SourceError, TooLarge, Truncated
from scrapers.json_body import MAX_BYTES, read_json
from scrapers.ocds.merge import merged
from scrapers.ocds.package import json_documents, processes
from scrapers.ocds.release import NoTitle, notice_of
from scrapers.ocds.values import moment, money, number, text
from scrapers.records import Money, Notice, Phase, Vat


def release(**fields: Any) -> dict[str, Any]:
    base = {"ocid": "ocds-1", "date": "2026-06-01T00:00:00Z", "tag": ["tender"]}
    return {**base, "tender": {"title": "Трубы", **fields.pop("tender", {})}, **fields}


def read(one: dict[str, Any]) -> Notice:
    return notice_of(one, portal="ocds", url="https://example.org/", zone="Asia/Almaty")


def test_the_term_of_delivery_is_the_contract_period_of_the_lot_or_the_tender() -> None:
    span = {"startDate": "2026-07-01T00:00:00Z", "endDate": "2026-12-31T23:59:59Z"}
    lots = [{"id": "a", "contractPeriod": {"endDate": "2026-09-30"}}, {"id": "b"}]
    with_lots = read(release(tender={"contractPeriod": span, "lots": lots}))
    assert [lot.delivery for lot in with_lots.lots] == [
        "… – 2026-09-30",
        "2026-07-01 – 2026-12-31",
    ]
    without = read(release(tender={"contractPeriod": span, "items": [{"id": "1"}]}))
    assert [lot.delivery for lot in without.lots] == ["2026-07-01 – 2026-12-31"]


def test_of_several_releases_the_later_field_wins_and_null_takes_a_field_away() -> None:
    older = release(tender={"description": "было", "items": [{"id": 1, "quantity": 5}], "a": [1]})
    newer = release(
        date="2026-06-02T00:00:00Z",
        tag=["tenderUpdate"],
        tender={
            "description": None,
            "items": [{"id": "1", "unit": {"name": "т"}}, {"id": "2"}],
            "a": [2],
        },
    )
    result = merged([newer, older])
    tender = result["tender"]
    assert isinstance(tender, dict)
    assert "description" not in tender
    assert tender["items"] == [{"id": "1", "quantity": 5, "unit": {"name": "т"}}, {"id": "2"}]
    assert tender["a"] == [2]
    assert tender["datePublished"] == "2026-06-01T00:00:00Z"
    assert result["tag"] == ["tender", "tenderUpdate"]
    assert older["tender"]["items"] == [{"id": 1, "quantity": 5}]  # what was read stays as it was


@pytest.mark.parametrize(
    ("fields", "phase"),
    [
        ({"tender": {"status": "planned"}}, Phase.PLAN),
        ({"tender": {"status": "active"}}, Phase.OPEN),
        ({"tender": {"status": "Active.Tendering"}}, Phase.OPEN),
        ({"tender": {"status": "active.qualification"}}, Phase.CLOSED),
        ({"tender": {"status": "complete"}}, Phase.CLOSED),
        ({"tender": {"status": "complete"}, "contracts": [{"id": 1}]}, Phase.AWARDED),
        ({"tender": {"status": "unsuccessful"}, "awards": [{"id": 1}]}, Phase.CLOSED),
        ({"tender": {"status": "withdrawn"}}, Phase.CANCELLED),
        ({"tender": {"finalStatus": "cancelled"}}, Phase.CANCELLED),
        ({"tender": {"status": "нечто"}}, Phase.OPEN),
        ({"tag": ["tenderCancellation"]}, Phase.CANCELLED),
        ({"tag": ["implementation"]}, Phase.AWARDED),
        ({"tag": ["planning"]}, Phase.PLAN),
        ({"tag": "tender", "awards": [{"status": "pending"}]}, Phase.OPEN),
        ({"tag": None}, Phase.OPEN),
    ],
)
def test_a_phase_follows_the_status_then_the_tags(fields: dict[str, Any], phase: Phase) -> None:
    assert read(release(**fields)).phase is phase


@pytest.mark.parametrize(
    ("written", "read_as"),
    [("ru", "ru"), ("kk-KZ", "kk"), ("EN", "en"), ("German", None), ("", None), (7, None)],
)
def test_a_language_is_a_code_of_two_letters(written: object, read_as: str | None) -> None:
    assert read(release(language=written)).language == read_as


def test_a_quantity_changed_by_hand_is_read_changed() -> None:
    one = release(tender={"items": [{"id": "1", "description": "Труба", "quantity": 640}]})
    changed = json.loads(json.dumps(one).replace("640", "641"))
    assert read(one).lots[0].items[0].quantity == 640
    assert read(changed).lots[0].items[0].quantity == 641


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2026-06-22T18:00:00+05:00", "2026-06-22T13:00:00+00:00"),
        ("2026-06-22T18:00:00.00Z", "2026-06-22T18:00:00+00:00"),
        ("2026-06-22T18:00:00", "2026-06-22T13:00:00+00:00"),  # in the publisher's zone
        ("2026-06-22", "2026-06-22T18:59:59+00:00"),  # the whole day, in Almaty
        ("9999-12-31T23:59:59-05:00", None),
        ("22.06.2026", None),
        ("2026-06-22T18:00:00Z" + " " * 99, "2026-06-22T18:00:00+00:00"),
        ("", None),
        (20260622, None),
    ],
)
def test_a_deadline_is_read_in_utc(written: object, read_as: str | None) -> None:
    found = moment(written, "Asia/Almaty", end=True)
    assert (found.isoformat() if found else None) == read_as


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ({"amount": Decimal("1.005"), "currency": "KZT"}, Money(100, "KZT")),
        ({"amount": 7, "currency": "jpy"}, Money(7, "JPY")),
        (
            {"amount": 1, "currency": "UAH", "valueAddedTaxIncluded": True},
            Money(100, "UAH", Vat.INCLUDED),
        ),
        ({"amount": 1, "currency": "тенге"}, None),
        ({"amount": "1", "currency": "KZT"}, None),
        ({"amount": True, "currency": "KZT"}, None),
        ({"amount": Decimal("1E+999999"), "currency": "KZT"}, None),
        ([], None),
    ],
)
def test_a_sum_needs_an_amount_and_a_currency(written: object, read_as: Money | None) -> None:
    assert money(written) == read_as


def test_a_lone_surrogate_and_control_characters_do_not_reach_the_store() -> None:
    assert text(json.loads('"\\ud800Тру\\u0000ба\\n820"')) == "Труба\n820"


@given(st.integers() | st.floats() | st.decimals())
def test_a_number_read_is_finite_and_not_negative(value: object) -> None:
    found = number(value)
    assert found is None or (found.is_finite() and found >= 0)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
WORDS = """
    id title description status tender items lots quantity unit value amount currency name scheme
    classification additionalClassifications relatedLot deliveryAddress deliveryLocation gazetteer
    identifiers documents url documentType tenderPeriod startDate endDate buyer parties roles
    identifier address planning budget awards contracts amendments date tag ocid releases records
    compiledRelease relatedLots
"""
KEYS = st.sampled_from(WORDS.split())
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=40,
)


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_no_document_whatever_its_shape_crashes_the_reader(document: object) -> None:
    try:
        found = processes(document)
    except LayoutChanged:
        return
    for one in found:
        try:
            notice = read(dict(one))
        except NoTitle:
            continue
        assert notice.id
        assert notice.title
        assert len({lot.id for lot in notice.lots}) == len(notice.lots)


@given(st.dictionaries(KEYS, JSON, max_size=8), st.dictionaries(KEYS, JSON, max_size=8))
def test_merging_any_two_releases_of_a_process_gives_one(
    older: dict[str, object], newer: dict[str, object]
) -> None:
    assert isinstance(merged([older, newer]), dict)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_bytes_are_json_or_a_named_error(body: bytes) -> None:
    try:
        read_json(body)
        list(json_documents(body))
    except SourceError:
        pass


def nested(depth: int, inner: object) -> object:
    for _ in range(depth):
        inner = [inner]
    return inner


def test_lists_of_lists_of_lists_are_no_package() -> None:
    assert len(processes(nested(2, release()))) == 1
    with pytest.raises(LayoutChanged):
        processes(nested(900, release()))


def test_values_nested_deeper_than_ocds_merge_without_a_crash() -> None:
    deep: dict[str, object] = {}
    for _ in range(800):
        deep = {"a": deep}
    assert read(dict(merged([release(x=deep), release(x=deep)]))).title == "Трубы"


def test_thousands_of_releases_of_one_process_merge_into_one() -> None:
    many = [
        release(date=f"{2000 + at % 20}-01-01T00:00:00Z", tender={"items": [{"id": at}]})
        for at in range(5000)
    ]
    (one,) = processes({"releases": many})
    assert len(read(dict(one)).lots[0].items) == 5000


def test_documents_of_a_lot_stand_with_it() -> None:
    files = [
        {"id": "1", "url": "https://example.org/1", "relatedLots": ["b"]},
        {"id": "2", "url": "https://example.org/2"},
    ]
    notice = read(release(tender={"lots": [{"id": "a"}, {"id": "b"}], "documents": files}))
    assert [[one.url for one in lot.documents] for lot in notice.lots] == [
        [],
        ["https://example.org/1"],
    ]
    assert len(notice.documents) == 2


WHOLE = json.dumps({"releases": [{"a": [True, None, -1.5e3], "б": "\\u\n{}[]"}]})


@pytest.mark.parametrize("end", range(1, len(WHOLE)))
def test_json_cut_anywhere_is_truncated(end: int) -> None:
    assert read_json(WHOLE.encode())
    with pytest.raises(Truncated):
        read_json(WHOLE[:end].encode())


def test_an_answer_too_long_to_parse_is_named() -> None:
    with pytest.raises(TooLarge):
        read_json(b"[" + b" " * MAX_BYTES)
