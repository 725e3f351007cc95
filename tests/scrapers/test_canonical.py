"""Storing, hashing and fingerprinting of notices."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.canonical import canonical, content_hash, dump_notice, fingerprint, load_notice
from scrapers.records import (
    Award,
    AwardStatus,
    Bid,
    Buyer,
    Code,
    Contract,
    ContractStatus,
    Depth,
    Document,
    Item,
    Lot,
    Money,
    Notice,
    Party,
    Period,
    Phase,
    Place,
    Related,
    Relation,
    Text,
    Unit,
    Vat,
)

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)

# Every field of every record holds something other than its default.
ITEM = Item(
    "1",
    "Труба 820х10",
    "по ГОСТ 20295-85",
    Decimal("640.250"),
    Unit("тонна", Code("KZ-MKEI", "168", "тонна")),
    Money(49218750, "KZT", Vat.EXCLUDED),
    Money(31500000050, "KZT", Vat.INCLUDED),
    (Code("KZ-ENSTRU", "242013.900.000001", "Труба"),),
    (Place("KZ", "город Образцовый", Code("KZ-KATO", "750000000"), Decimal(5)),),
    (Text("kk", "Құбыр"),),
)
DOCUMENT = Document("Спецификация", "https://example.org/1", "technicalSpecifications", "ru", NOON)
LOT = Lot(
    "7",
    "Лот",
    "7-ОК",
    "описание",
    "опубликован",
    Money(5, "JPY"),
    (ITEM,),
    ITEM.places,
    ITEM.codes,
    Period(NOON, NOON + timedelta(days=9), "Asia/Almaty"),
    "30 дней",
    (DOCUMENT,),
    (Text("en", "Lot"),),
    (Related(Relation.PLAN, "7"),),
)
PARTY = Party(
    "ТОО «Образец-Строй»",
    Code("KZ-BIN", "000000000022"),
    "KZ",
    "ул. Примерная, 2",
    "И. Примеров",
    "+7 700 000 00 00",
    "info@example.org",
    "https://example.org",
)
BID = Bid(PARTY, Money(99, "KZT"), NOON, 1, ("7",))
AWARD = Award("7-1", ("7",), (PARTY,), Money(99, "KZT"), NOON, AwardStatus.ACTIVE, (ITEM,), (BID,))
CONTRACT = Contract(
    "5",
    "5/26",
    "7-1",
    ("7", "8"),
    (PARTY,),
    Money(99, "KZT"),
    NOON,
    Period(NOON, NOON + timedelta(days=99), "Asia/Almaty"),
    ContractStatus.ACTIVE,
    (ITEM,),
)
BUYER = Buyer("Образец", Code("KZ-BIN", "000000000011"), "KZ", "ул. Примерная")
NOTICE = Notice(
    "kz_example",
    "17",
    "https://example.org/17",
    "Трубы",
    Phase.OPEN,
    "17-1",
    "о трубах",
    "ru",
    "Опубликовано",
    "Открытый конкурс",
    "goods",
    BUYER,
    replace(BUYER, name="Организатор"),
    "KZ",
    Money(100, "KZT", Vat.EXCLUDED),
    NOON,
    NOON + timedelta(hours=1),
    Period(None, NOON, "Asia/Almaty"),
    (LOT, replace(LOT, id="8", title="Второй")),
    2,
    (DOCUMENT,),
    ITEM.codes,
    (Text("kk", "Құбырлар"),),
    Depth.LISTING,
    True,
    (AWARD,),
    (CONTRACT,),
    (Related(Relation.CONTRACT, "5/26"), Related(Relation.NOTICE, "17")),
)


def test_a_notice_with_every_field_filled_comes_back_the_same() -> None:
    assert load_notice(dump_notice(NOTICE)) == NOTICE


def test_a_bare_notice_comes_back_the_same() -> None:
    bare = Notice("p", "1", "", "t", Phase.PLAN)
    assert dump_notice(bare) == '{"id":"1","phase":"plan","portal":"p","title":"t","url":""}'
    assert load_notice(dump_notice(bare)) == bare


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(
    title=TEXTS,
    quantity=st.none() | st.decimals(allow_nan=False, allow_infinity=False),
    minor=st.integers(),
    moment=st.none() | st.datetimes(timezones=st.just(UTC)),
    phase=st.sampled_from(Phase),
)
def test_whatever_a_notice_holds_comes_back_exactly(
    title: str, quantity: Decimal | None, minor: int, moment: datetime | None, phase: Phase
) -> None:
    item = replace(ITEM, title=title, quantity=quantity, value=Money(minor, "KZT"))
    lot = replace(LOT, items=(item,), period=Period(moment, moment, "UTC"))
    notice = replace(NOTICE, phase=phase, lots=(lot,), published_at=moment)
    back = load_notice(dump_notice(notice))
    assert back == notice
    assert str(back.lots[0].items[0].quantity) == str(quantity)  # 640.250 stays 640.250


@pytest.mark.parametrize("text", ["[]", "7", '{"id":"1"}', '{"id":"1","speed":3}', "{"])
def test_what_is_no_stored_notice_is_refused(text: str) -> None:
    with pytest.raises((ValueError, TypeError, AttributeError)):
        load_notice(text)


@pytest.mark.parametrize(
    "changed",
    [
        replace(NOTICE, depth=Depth.DETAIL),
        replace(NOTICE, url="https://example.org/elsewhere"),
        replace(NOTICE, amended_at=NOON + timedelta(days=1)),
        replace(NOTICE, published_at=None),
        replace(NOTICE, documents=(replace(DOCUMENT, published_at=None, url="https://x/"),)),
        replace(NOTICE, lots=NOTICE.lots[::-1]),
        replace(NOTICE, contracts=(replace(CONTRACT, lots=("8", "7")),)),
    ],
)
def test_a_new_time_stamp_address_or_order_alone_is_no_change(changed: Notice) -> None:
    assert changed != NOTICE
    assert content_hash(changed) == content_hash(NOTICE)


@pytest.mark.parametrize(
    "changed",
    [
        replace(NOTICE, phase=Phase.CANCELLED),
        replace(NOTICE, period=Period(None, NOON + timedelta(days=2), "Asia/Almaty")),
        replace(NOTICE, value=Money(101, "KZT", Vat.EXCLUDED)),
        replace(NOTICE, value=Money(100, "KZT", Vat.INCLUDED)),
        replace(NOTICE, lots=NOTICE.lots[:1]),
        replace(NOTICE, lots=(replace(LOT, items=(replace(ITEM, quantity=Decimal(641)),)),)),
        replace(NOTICE, documents=(replace(DOCUMENT, title="Спецификация, 2-я редакция"),)),
        replace(NOTICE, description="о других трубах"),
        replace(NOTICE, awards=(replace(AWARD, status=AwardStatus.CANCELLED),)),
        replace(NOTICE, contracts=(replace(CONTRACT, value=Money(98, "KZT")),)),
    ],
)
def test_a_reader_would_call_it_a_change(changed: Notice) -> None:
    assert content_hash(changed) != content_hash(NOTICE)


def test_a_fingerprint_does_not_depend_on_the_order_of_notices() -> None:
    other = replace(NOTICE, id="18")
    assert fingerprint([NOTICE, other]) == fingerprint([other, NOTICE])
    assert fingerprint([NOTICE, other]) != fingerprint([NOTICE])


def words_in(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(words_in(part) for part in value.values())
    if isinstance(value, list):
        return " ".join(words_in(part) for part in value)
    return str(value)


def test_without_texts_no_human_text_is_left_but_units_and_codes_are() -> None:
    words = words_in(canonical(NOTICE, texts=False))
    for text in ("Труб", "Лот", "Образ", "Құбыр", "Примерная", "город", "дней", "Специф", "описан"):
        assert text not in words
    for kept in ("тонна", "168", "242013.900.000001", "750000000", "640.250", "excluded", "open"):
        assert kept in words


def test_without_texts_a_new_title_does_not_show_and_a_new_unit_does() -> None:
    retitled = replace(NOTICE, title="Другое")
    measured = replace(ITEM, unit=Unit("кг", Code("KZ-MKEI", "166")))
    remeasured = replace(NOTICE, lots=(replace(LOT, items=(measured,)), NOTICE.lots[1]))
    assert fingerprint([retitled]) == fingerprint([NOTICE])
    assert fingerprint([retitled], texts=True) != fingerprint([NOTICE], texts=True)
    assert fingerprint([remeasured]) != fingerprint([NOTICE])


@pytest.mark.parametrize(
    "record", [NOTICE, LOT, ITEM, DOCUMENT, BUYER, AWARD, CONTRACT, BID, PARTY]
)
def test_the_full_records_of_these_tests_leave_no_field_at_its_default(record: object) -> None:
    for field in fields(record):  # type: ignore[arg-type]  # every one is a dataclass
        assert getattr(record, field.name) != field.default, field.name
