"""Numbers, sums, days and deadlines as a reader of a language writes them."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from scrapers.records import Money, Vat
from service.digest.cleaning import cut
from service.digest.workdays import working_days_left
from service.texts import Language, language

_SIGNS = {"KZT": "₸", "RUB": "₽", "EUR": "€", "USD": "$"}
_LONGEST_UNIT = 30
_STATED_DECIMALS = 3
# CLDR has «қараша 27» for patterns of its own, but Kazakh letters write day, then month.
_DAY = "d MMMM"
_DAY_YEAR = {"ru": "d MMMM y 'г'.", "kk": "y 'жылғы' d MMMM", "en": "d MMMM y"}


def number(value: Decimal, lang: Language) -> str:
    """Write a number: whole from 100 up, else three significant digits; never a false precision."""
    if value == value.to_integral_value() or abs(value) >= 100:
        shown = value.quantize(Decimal(1), ROUND_HALF_UP)
    else:
        places = max(2 - value.adjusted(), 0)
        shown = value.quantize(Decimal(1).scaleb(-min(places, 6)), ROUND_HALF_UP).normalize()
    return _formatted(shown, lang)


def _formatted(value: Decimal, lang: Language) -> str:
    return _decimal(value, "#,##0.######", lang.code)


# Babel takes 0.1 ms for a number or a date, which was a third of the time of a list's page; the
# same sums, shares and days come again and again. Keys are small, so the memory is a few MB.
@lru_cache(maxsize=20_000)
def _decimal(value: Decimal, shape: str, code: str) -> str:
    return str(format_decimal(value, format=shape, locale=language(code).locale))


@lru_cache(maxsize=5_000)
def _share(share: Decimal, code: str) -> str:
    return str(format_percent(share, format="#,##0.#%", locale=language(code).locale))


@lru_cache(maxsize=5_000)
def _date(value: date, shape: str, code: str) -> str:
    return str(format_date(value, format=shape, locale=language(code).locale))


def percent(share: Decimal, lang: Language) -> str:
    """Write a share of 1 as per cent with one decimal, with the blank Russian and Kazakh put."""
    least = Decimal("0.001")
    shown = max(share, least)
    written = _share(shown, lang.code)
    if lang.code != "en":
        written = written.replace("%", "\u00a0%")
    return lang.text("less than %(share)s", share=written) if share < least else written


def money(value: Money, lang: Language) -> str:
    """Write a sum with its currency and what is known of VAT; minor units only where not zero."""
    amount = value.amount
    shape = "#,##0" if amount == amount.to_integral_value() else "#,##0.00"
    sum_ = _decimal(amount, shape, lang.code)
    sign = _SIGNS.get(value.currency) or cut(value.currency, 3)
    vat = {
        Vat.INCLUDED: ", " + lang.text("VAT included"),
        Vat.EXCLUDED: ", " + lang.text("without VAT"),
        Vat.UNKNOWN: "",
    }[value.vat]
    return f"{sum_}\u00a0{sign}{vat}"


def day(value: date, lang: Language, *, year: bool = False) -> str:
    """Write a day: «23 ноября», with the year where it is wanted."""
    shape = _DAY_YEAR.get(lang.code, "d MMMM y") if year else _DAY
    return _date(value, shape, lang.code).replace(" ", "\u00a0", 1)


def moment(value: datetime, zone: str, lang: Language) -> str:
    """Write a moment in a zone: «18:00, 27 ноября (время Астаны)»."""
    local = value.astimezone(ZoneInfo(zone))
    return f"{local:%H:%M}, {day(local.date(), lang)} ({zone_name(local, zone, lang)})"


def zone_name(local: datetime, zone: str, lang: Language) -> str:
    """Name a zone as people do; where it has no name, by its distance from UTC."""
    offset = local.utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset is not None else 0
    hours, rest = divmod(abs(minutes), 60)
    utc = f"UTC{'−' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
    return lang.name("zone", zone, otherwise=utc)


def time_left(
    now: datetime, deadline: datetime, zone: str, lang: Language, country: str | None = None
) -> str:
    """Say how long is left in working days of the portal's zone."""
    if deadline <= now:
        return lang.text("the deadline has passed")
    tz = ZoneInfo(zone)
    if now.astimezone(tz).date() == deadline.astimezone(tz).date():
        return lang.text("today is the last day")
    left = working_days_left(now, deadline, zone, country)
    if left == 0:
        return lang.text("no working day left")
    return lang.plural("%(n)d working day left", "%(n)d working days left", left)


def deadline(
    now: datetime,
    end: datetime | None,
    zone: str,
    home: str,
    lang: Language,
    country: str | None = None,
) -> str:
    """Write a deadline in the portal's zone, and in the reader's (`home`) where clocks differ."""
    if end is None:
        return lang.text("not stated — ask the buyer")
    return _until(now, end, zone, home, lang.code, country)


@lru_cache(maxsize=1024)  # said of each lead in its card and at the head, to each of its readers
def _until(
    now: datetime, end: datetime, zone: str, home: str, code: str, country: str | None
) -> str:
    lang = language(code)
    written = lang.text("until %(moment)s", moment=moment(end, zone, lang))
    there, here = end.astimezone(ZoneInfo(zone)), end.astimezone(ZoneInfo(home))
    if there.utcoffset() != here.utcoffset():
        written += " = " + moment(end, home, lang)
    return f"{written}, {time_left(now, end, zone, lang, country)}"


def quantity(value: Decimal, unit: str | None, lang: Language, *, estimated: bool = False) -> str:
    """Write a quantity with its unit, and that it is an estimate where it is one.

    What a buyer states is written as stated: portals state up to three decimals, and «4 322 т» for
    4321.5 would be another quantity. What was computed is longer, and is rounded.
    """
    plain = value.normalize()
    exponent = plain.as_tuple().exponent
    stated = not estimated and isinstance(exponent, int) and exponent >= -_STATED_DECIMALS
    written = _formatted(plain, lang) if stated else number(value, lang)
    if unit:
        written += "\u00a0" + cut(lang.name("unit", unit), _LONGEST_UNIT)
    if estimated:
        written += " (" + lang.text("estimate") + ")"
    return written
