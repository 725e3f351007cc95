"""eForms reading when the bytes are damaged, hostile or oddly written."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from scrapers.eforms.document import MAX_BYTES, parse
from scrapers.eforms.fields import amount, country, decimal, instant, language
from scrapers.eforms.notice import read_eforms
from scrapers.errors import LayoutChanged, SourceError, TooLarge, Truncated
from scrapers.records import Money, Notice, Phase, Vat
from tests.scrapers.portals.cases import FIXTURES

WHOLE = (FIXTURES / "eu_ted" / "multi_lot" / "notice.xml").read_bytes()


def read(body: bytes) -> Notice:
    return read_eforms(body, "application/xml", portal="eu_ted", url="https://ted.europa.eu/")


LOCATION = re.compile(rb"<cac:RealizedLocation>.*?</cac:RealizedLocation>", re.DOTALL)


@pytest.mark.parametrize(
    ("region", "words"),
    [("anyw", "anywhere"), ("anyw-cou", "anywhere in the country"), ("Нагорный край", None)],
)
def test_a_place_that_is_no_place_says_so(region: str, words: str | None) -> None:
    place = (
        f"<cac:RealizedLocation><cac:Address><cbc:Region>{region}</cbc:Region></cac:Address>"
        "</cac:RealizedLocation>"
    )
    notice = read(LOCATION.sub(place.encode(), WHOLE, count=1))
    assert notice.lots[0].places[0].text == (words or region)


@pytest.mark.parametrize(
    ("planned", "term"),
    [
        ('<cbc:DurationMeasure unitCode="MONTH">24</cbc:DurationMeasure>', "24 months"),
        (
            "<cbc:StartDate>2026-07-01+02:00</cbc:StartDate>"
            "<cbc:EndDate>2027-06-30+02:00</cbc:EndDate>",
            "2026-07-01 – 2027-06-30",
        ),
        ("<cbc:EndDate>2027-06-30+02:00</cbc:EndDate>", "… – 2027-06-30"),
        ("<cbc:DescriptionCode>UNLIMITED</cbc:DescriptionCode>", "unlimited"),
        ("<cbc:DescriptionCode>UNKNOWN</cbc:DescriptionCode>", None),
        ('<cbc:DurationMeasure unitCode="MONTH">two</cbc:DurationMeasure>', None),
    ],
)
def test_the_term_of_a_contract_is_its_days_or_its_length(planned: str, term: str | None) -> None:
    period = f"<cac:PlannedPeriod>{planned}</cac:PlannedPeriod>"
    notice = read(LOCATION.sub(period.encode(), WHOLE, count=1))
    assert notice.lots[0].delivery == term


@pytest.mark.parametrize("end", range(0, len(WHOLE) - 20, 61))
def test_a_notice_cut_anywhere_is_truncated_and_never_half_read(end: int) -> None:
    with pytest.raises(Truncated):
        read(WHOLE[:end])


@settings(max_examples=200, deadline=None)
@given(
    at=st.integers(0, len(WHOLE)),
    length=st.integers(0, 200),
    junk=st.binary(max_size=30) | st.text("<>/&;\"'=!?[]-", max_size=30).map(str.encode),
)
def test_a_damaged_notice_is_read_or_refused_by_name(at: int, length: int, junk: bytes) -> None:
    try:
        notice = read(WHOLE[:at] + junk + WHOLE[at + length :])
    except SourceError:
        return
    assert notice.title


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_notice_without_one_of_its_elements_is_read_or_refused_by_name(
    data: st.DataObject,
) -> None:
    root = etree.fromstring(WHOLE)
    elements = [element for element in root.iter() if element.getparent() is not None]
    victim = data.draw(st.sampled_from(elements))
    parent = victim.getparent()
    assert parent is not None
    parent.remove(victim)
    try:
        notice = read(etree.tostring(root))
    except LayoutChanged:
        return
    assert notice.title


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE ContractNotice SYSTEM "http://127.0.0.1/x.dtd">',
        '<!DOCTYPE ContractNotice [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]>',
        '<!doctype ContractNotice [<!ENTITY a "b">]>',
        '<! DOCTYPE ContractNotice [<!ENTITY a "b">]>',
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_in_any_charset(declaration: str, charset: str) -> None:
    text = WHOLE.decode().replace("<!-- Made", f"{declaration}<!-- Made", 1)
    text = text.replace('encoding="UTF-8"', f'encoding="{charset}"')
    with pytest.raises(LayoutChanged, match="document type"):
        read(text.encode(charset))


def test_a_document_type_hidden_in_a_comment_is_refused_too() -> None:
    with pytest.raises(LayoutChanged):
        read(WHOLE.replace(b"Made up", b"<!DOCTYPE Made up", 1))


def test_utf_16_with_its_mark_is_read() -> None:
    text = WHOLE.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    assert read(text.encode("utf-16")) == read(WHOLE)


def test_more_bytes_than_any_notice_has_are_not_parsed() -> None:
    with pytest.raises(TooLarge):
        parse(b"<a>" + b" " * MAX_BYTES)


def test_the_language_of_the_notice_comes_first() -> None:
    notice = read(WHOLE)
    assert notice.title == "Țevi de oțel pentru rețeaua de apă"
    assert [text.value for text in notice.translations] == ["Steel pipes for the water network"]
    english = re.sub(rb"(NoticeLanguageCode>)RON", rb"\1ENG", WHOLE)
    assert read(english).title == "Steel pipes for the water network"
    assert read(english).language == "en"


def test_a_result_with_a_winner_is_awarded_and_one_without_is_closed() -> None:
    body = (FIXTURES / "eu_ted" / "cancelled" / "notice.xml").read_bytes()
    assert read(body).phase is Phase.CLOSED
    assert read(body.replace(b">clos-nw<", b">selec-w<")).phase is Phase.AWARDED


@pytest.mark.parametrize(
    ("day", "hour", "read_as"),
    [
        ("2026-07-20+03:00", "10:00:00+03:00", datetime(2026, 7, 20, 7, tzinfo=UTC)),
        ("2026-07-20Z", "10:00:00Z", datetime(2026, 7, 20, 10, tzinfo=UTC)),
        ("2026-07-20+03:00", "10:00:00", datetime(2026, 7, 20, 7, tzinfo=UTC)),
        ("2026-07-20", "10:00:00", datetime(2026, 7, 20, 8, tzinfo=UTC)),  # Brussels, summer
        ("2026-01-20", "10:00:00", datetime(2026, 1, 20, 9, tzinfo=UTC)),  # Brussels, winter
        ("2026-07-20+03:00", "", datetime(2026, 7, 20, 20, 59, 59, tzinfo=UTC)),
        ("2026-02-30+03:00", "", None),
        ("0001-01-01+14:00", "", datetime(1, 1, 1, 9, 59, 59, tzinfo=UTC)),
        ("9999-12-31-14:00", "", None),
        ("", "", None),
        ("soon", "10:00", None),
    ],
)
def test_a_deadline_is_two_fields_and_an_offset(
    day: str, hour: str, read_as: datetime | None
) -> None:
    assert instant(day, hour, end=True) == read_as


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("1362509.46", Decimal("1362509.46")),
        ("17000000", Decimal(17_000_000)),
        ("1.5E3", Decimal(1500)),
        ("-5", None),
        ("NaN", None),
        ("1,000", None),
        ("9" * 30, None),
        ("1E999999999", None),
        ("", None),
    ],
)
def test_a_number_is_plain_or_unknown(written: str, read_as: Decimal | None) -> None:
    assert decimal(written) == read_as


def test_a_sum_without_a_currency_is_unknown() -> None:
    assert amount(etree.fromstring("<a>5</a>")) is None
    assert amount(etree.fromstring('<a currencyID="EURO">5</a>')) is None
    assert amount(etree.fromstring('<a currencyID="EUR">5</a>')) == Money(500, "EUR", Vat.EXCLUDED)
    assert amount(None) is None


def test_codes_of_languages_and_countries_become_the_short_ones() -> None:
    assert [language(code) for code in ("RON", "ell", "NOB", "KAZ", "mul", "x")] == [
        "ro", "el", "nb", "kk", None, None
    ]  # fmt: skip
    assert [country(code) for code in ("ROU", "KAZ", "GBR", "1A0", "de", "")] == [
        "RO", "KZ", "GB", None, "DE", None
    ]  # fmt: skip
