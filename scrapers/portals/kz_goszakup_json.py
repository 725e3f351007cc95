"""Fields of goszakup's two APIs, and their plans and contracts as notices.

REST writes `ref_enstru_code` where GraphQL writes `refEnstruCode`; `snake` makes them one. Names of
fields are those of the published registers (goszakup.gov.kz/ru/developer/ows_v3).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from scrapers.errors import LayoutChanged
from scrapers.parsing.dates import local_time
from scrapers.portals import kz_goszakup_terms as terms
from scrapers.records import (
    Buyer,
    Code,
    Contract,
    Depth,
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
    Unit,
    Vat,
)

Json = Mapping[str, object]
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def snake(value: object) -> object:
    """The same JSON with `refEnstruCode` as `ref_enstru_code`, at every depth."""
    if isinstance(value, Mapping):
        return {_CAMEL.sub("_", str(k)).lower(): snake(part) for k, part in value.items()}
    return [snake(part) for part in value] if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Fields:
    """One object of an answer, for reading its fields. Raises LayoutChanged for a wrong type."""

    json: Json
    portal: str
    url: str

    def broken(self, detail: str, selector: str) -> LayoutChanged:
        """The error of a field that is not what it should be."""
        return LayoutChanged(detail, selector=selector, portal=self.portal, url=self.url)

    def part(self, name: str) -> "Fields":
        """An inner object, empty where there is none."""
        inner = self.json.get(name)
        return Fields(inner if isinstance(inner, Mapping) else {}, self.portal, self.url)

    def parts(self, name: str) -> "list[Fields]":
        """The objects of an inner list, or the one that stands in place of a list."""
        inner = self.json.get(name)
        listed = inner if isinstance(inner, list) else [inner]
        return [Fields(one, self.portal, self.url) for one in listed if isinstance(one, Mapping)]

    def text(self, name: str) -> str:
        """A text or number as text, "" where there is none."""
        value = self.json.get(name)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.broken(f"{name} is {type(value).__name__}", f"$..{name}")
        return " ".join(str(value).split())

    def ident(self, name: str) -> str:
        """An id, which is a number in digits."""
        value = self.text(name)
        if not re.fullmatch(r"\d{1,15}", value):
            raise self.broken(f"{name} is {value[:40]!r}", f"$..{name}")
        return value

    def number(self, name: str) -> Decimal | None:
        """A number that is not negative, None where there is none."""
        value = self.json.get(name)
        if value is None or value == "":
            return None
        try:
            found = Decimal(str(value))
        except InvalidOperation as error:
            raise self.broken(f"{name} is {str(value)[:40]!r}", f"$..{name}") from error
        if isinstance(value, bool) or not found.is_finite() or not 0 <= found < 10**15:
            raise self.broken(f"{name} is {str(value)[:40]!r}", f"$..{name}")
        return found

    def money(self, name: str, vat: Vat, currency: str = "KZT") -> Money | None:
        """A sum; 0 is the API's way to state none."""
        amount = self.number(name)
        return Money.of(amount, currency, vat) if amount else None

    def time(self, name: str) -> datetime | None:
        """A local time, with or without an hour."""
        value = self.text(name).split(".")[0].replace("T", " ")
        value += " 00:00:00" if len(value) == 10 else ""
        try:
            return local_time(value, terms.ZONE)
        except ValueError as error:
            raise self.broken(str(error), f"$..{name}") from error

    def last_moment(self, name: str) -> datetime | None:
        """A local time; a day alone, written as its midnight, lasts to its end."""
        found, value = self.time(name), self.text(name)
        whole_day = len(value) == 10 or value.endswith("00:00:00")
        return found + timedelta(days=1, seconds=-1) if found and whole_day else found

    def flag(self, name: str) -> bool:
        """Whether a field is true or 1."""
        return self.json.get(name) in (True, 1, "1")


def bin_code(value: str) -> Code | None:
    """A business or personal identification number."""
    return Code("KZ-BIN", value) if re.fullmatch(r"\d{12}", value) else None


def plan_notice(fields: Fields) -> Notice:
    """A point of an annual plan: demand before any announcement.

    It is known by its first version (`rootrecord_id`), which the number of its later lot begins
    with. The planned month stands as the start of `period`.
    """
    ident, root = fields.ident("id"), fields.text("rootrecord_id")
    own = root if re.fullmatch(r"[1-9]\d{0,14}", root) else ident
    line = plan_item(fields)
    if not line.title:
        raise fields.broken("a plan point without name or code", "$..name_ru")
    gone = fields.flag("is_deleted") or fields.json.get("is_active") in (0, "0", False)
    customer, number = fields.text("subject_biin"), fields.text("plan_act_number")
    code = fields.text("ref_enstru_code")
    return Notice(
        portal=terms.SOURCE,
        id=f"plan:{own}",
        url=f"{terms.HOME}/ru/search/lots?filter%5Benstru%5D={code}&filter%5Bcustomer%5D={customer}",
        title=line.title,
        phase=Phase.CANCELLED if gone else Phase.PLAN,
        number=f"пункт плана {own}" + (f", план {number}" if number else ""),
        language="ru",
        status=fields.part("ref_pln_point_status").text("name_ru") or None,
        method=fields.part("ref_trade_methods").text("name_ru") or None,
        buyer=Buyer(name, bin_code(customer), "KZ")
        if (name := fields.text("subject_name_ru"))
        else None,
        country="KZ",
        published_at=fields.time("date_approved") or fields.time("date_create"),
        amended_at=fields.time("timestamp"),
        period=_planned(fields),
        value=line.value,
        lots=(
            Lot(
                "1",
                line.title,
                value=line.value,
                items=(line,),
                delivery=fields.text("supply_date_ru") or None,
                related=(Related(Relation.PLAN, own),),
            ),
        ),
        related=(Related(Relation.PLAN, ident),) if ident != own else (),
        depth=Depth.DETAIL,
    )


def _planned(fields: Fields) -> Period | None:
    """From the first day of the planned month; `ref_months_id` counts from January = 1."""
    year, month = fields.text("pln_point_year"), fields.text("ref_months_id")
    if not re.fullmatch(r"20\d\d", year) or not re.fullmatch(r"[1-9]|1[0-2]", month):
        return None
    start = local_time(f"{year}-{int(month):02}-01 00:00:00", terms.ZONE)
    return Period(start, None, terms.ZONE)


def plan_item(fields: Fields) -> Item:
    """The one line of a plan point."""
    code, official = fields.text("ref_enstru_code"), fields.part("ref_enstru").text("name_ru")
    if code and not re.fullmatch(r"\d{6}\.\d{3}\.\d{6}", code):
        raise fields.broken(f"not an ENS TRU code: {code[:40]!r}", "$..ref_enstru_code")
    texts = (fields.text("desc_ru"), fields.text("extra_desc_ru"))
    return Item(
        id=fields.ident("id"),
        title=official or fields.text("name_ru") or code,
        description="\n".join(filter(None, texts)),
        quantity=terms.stated(fields.number("count")),
        unit=_unit(fields),
        unit_price=fields.money("price", Vat.UNKNOWN),
        value=fields.money("amount", Vat.UNKNOWN),
        codes=(Code("KZ-ENSTRU", code, official or None),) if code else (),
        places=tuple(
            place
            for name in ("kato", "plans_kato")
            for one in fields.parts(name)
            if (place := _place(one)) is not None
        ),
    )


def _unit(fields: Fields) -> Unit | None:
    inner = fields.part("ref_units")
    code = inner.text("code") or fields.text("ref_units_code")
    name = inner.text("name_ru") or terms.UNITS.get(code, code)
    return Unit(name, Code("KZ-MKEI", code) if code else None) if name else None


def _place(fields: Fields) -> Place | None:
    code, text = fields.text("ref_kato_code"), fields.text("full_delivery_place_name_ru")
    kato = Code("KZ-KATO", code) if re.fullmatch(r"\d{9}", code) else None
    return Place("KZ", text, kato, fields.number("count")) if kato or text else None


def contract_notice(fields: Fields) -> Notice:
    """A contract of the register. Amendments keep the first one's id (`root_id`).

    The sum is that with VAT (`contract_sum_wnds`) where stated. The supplier's name may not be in
    the list: then its number stands for it until `party` fills it in.
    """
    ident, root = fields.ident("id"), fields.text("root_id")
    own = root if re.fullmatch(r"[1-9]\d{0,14}", root) else ident
    buy, number = fields.text("trd_buy_id"), fields.text("contract_number_sys")
    read = fields.text("contract_number")
    title = fields.text("trd_buy_name_ru") or fields.text("description_ru")
    contract = _contract(fields, own)
    links = [Related(Relation.NOTICE, buy)] if re.fullmatch(r"[1-9]\d*", buy) else []
    links += [Related(Relation.CONTRACT, number)] if number else []
    name = fields.part("customer").text("name_ru") or fields.text("customer_name_ru")
    customer = fields.text("customer_bin")
    deleted = fields.flag("deleted")
    return Notice(
        portal=terms.SOURCE,
        id=f"contract:{own}",
        url=f"{terms.HOME}/ru/egzcontract/cpublic/show/{ident}",
        title=title or f"Договор {number or read or own}",
        phase=Phase.CANCELLED if deleted else Phase.AWARDED,
        number=number or read or None,
        language="ru",
        status=fields.part("ref_contract_status").text("name_ru") or None,
        method=fields.part("fakt_trade_methods").text("name_ru") or None,
        buyer=Buyer(name, bin_code(customer), "KZ") if name else None,
        country="KZ",
        value=contract.value,
        published_at=fields.time("crdate"),
        amended_at=fields.time("last_update_date"),
        contracts=() if deleted else (contract,),
        related=tuple(links),
        depth=Depth.LISTING,
    )


def _contract(fields: Fields, ident: str) -> Contract:
    currency = fields.text("ref_currency_code").upper()
    currency = currency if re.fullmatch("[A-Z]{3}", currency) else "KZT"
    ends = fields.last_moment("ec_end_date") or fields.last_moment("plan_exec_date")
    signed = fields.time("sign_date")
    return Contract(
        id=ident,
        number=fields.text("contract_number_sys") or fields.text("contract_number") or None,
        suppliers=_supplier(fields),
        value=fields.money("contract_sum_wnds", Vat.INCLUDED, currency)
        or fields.money("contract_sum", Vat.EXCLUDED, currency),
        signed_at=signed,
        period=Period(signed, ends, terms.ZONE) if ends else None,
        status=terms.CONTRACT_STATUS.get(fields.text("ref_contract_status_id")),
    )


def _supplier(fields: Fields) -> tuple[Party, ...]:
    biin = fields.text("supplier_biin")
    inner = fields.part("supplier")
    name = inner.text("full_name_ru") or inner.text("name_ru")
    if not biin and not name:
        return ()
    return (
        Party(
            name or f"БИН/ИИН {biin}",
            bin_code(biin or inner.text("bin")),
            "KZ",
            fields.text("supplier_legal_address") or None,
            telephone=inner.text("phone") or None,
            email=inner.text("email") or None,
            url=inner.text("website") or None,
        ),
    )


def party(fields: Fields, held: Party) -> Party:
    """A supplier with what the register of participants publishes of it."""
    name = fields.text("full_name_ru") or fields.text("name_ru")
    return Party(
        name or held.name,
        held.id,
        held.country,
        held.address,
        telephone=fields.text("phone") or held.telephone,
        email=fields.text("email") or held.email,
        url=fields.text("website") or held.url,
    )


def unit_item(fields: Fields) -> Item:
    """A line of a contract: quantity and price with VAT; its point of the plan is its id."""
    quantity = terms.stated(fields.number("quantity"))
    return Item(
        id=fields.text("pln_point_id") or fields.ident("id"),
        title=fields.text("name_ru"),
        quantity=quantity,
        unit_price=fields.money("item_price_wnds", Vat.INCLUDED)
        or fields.money("item_price", Vat.EXCLUDED),
        value=fields.money("total_sum_wnds", Vat.INCLUDED)
        or fields.money("total_sum", Vat.EXCLUDED),
    )


def local(moment: datetime) -> str:
    """A moment as the API writes it."""
    return moment.astimezone(ZoneInfo(terms.ZONE)).strftime("%Y-%m-%d %H:%M:%S")
