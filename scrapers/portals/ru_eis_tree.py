"""Documents of the EIS as plain trees: XML and its JSON form read by one set of names.

The portal's XML has a dozen namespaces whose prefixes change from document to document, and the
JSON that dumps hold keeps such prefixes in its keys. Names here are local names; an element that
occurs more than once is a list.
"""

import re
from datetime import datetime
from decimal import Decimal

from lxml.etree import _Element

from scrapers.eforms.document import parse
from scrapers.errors import LayoutChanged, TooLarge
from scrapers.json_body import read_json
from scrapers.ocds.values import Json, mapping, mappings, moment, text
from scrapers.portal import Answer
from scrapers.records import Code, Money, Unit

NAME = "ru_eis"
HOME = "https://zakupki.gov.ru"
ZONE = "Europe/Moscow"

_DEEPEST = 200
_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,9})?")
_OFFSET = re.compile(r"([+-])(\d\d):00$")
# Times carry the customer's offset; since 2016 each has had one zone of this name.
_ZONES = {
    2: "Europe/Kaliningrad",
    3: "Europe/Moscow",
    4: "Europe/Samara",
    5: "Asia/Yekaterinburg",
    6: "Asia/Omsk",
    7: "Asia/Krasnoyarsk",
    8: "Asia/Irkutsk",
    9: "Asia/Yakutsk",
    10: "Asia/Vladivostok",
    11: "Asia/Magadan",
    12: "Asia/Kamchatka",
}


def changed(answer: Answer, what: str, selector: str) -> LayoutChanged:
    """The error for a document that is not as it was."""
    return LayoutChanged(what, selector=selector, portal=NAME, url=answer.url)


def xml(answer: Answer) -> _Element:
    """Parse the XML of an answer; errors as of `scrapers.eforms.document.parse`."""
    return parse(answer.body, answer.content_type, portal=NAME, url=answer.url)


def local(element: _Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def tree(element: _Element) -> Json:
    """The children of an element by name; a leaf is its text. Attributes are left out."""
    found: dict[str, object] = {}
    for child in element:
        value: object = tree(child) if len(child) else text(child.text)
        name = local(child)
        held = found.get(name)
        if name not in found:
            found[name] = value
        elif isinstance(held, list):
            held.append(value)
        else:
            found[name] = [held, value]
    return found


def documents(answer: Answer) -> list[Json]:
    """The notices of a JSON document or list of them, with bare names."""
    value = read_json(answer.body, answer.content_type, portal=NAME, url=answer.url)
    bare = _bare(value if isinstance(value, list) else [value], answer, 0)
    return mappings(bare)


def _bare(value: object, answer: Answer, depth: int) -> object:
    if depth > _DEEPEST:
        raise TooLarge("JSON nested too deeply", portal=NAME, url=answer.url)
    if isinstance(value, dict):
        return {
            key.rpartition(":")[2]: _bare(part, answer, depth + 1) for key, part in value.items()
        }
    if isinstance(value, list):
        return [_bare(part, answer, depth + 1) for part in value]
    return value


def node(value: object, *names: str) -> Json:
    """The branch at a path, the first of several; an empty one where there is none."""
    for name in names:
        found = mapping(value).get(name)
        value = found[0] if isinstance(found, list) and found else found
    return mapping(value)


def nodes(value: object, *names: str) -> list[Json]:
    """All branches of the last name of a path."""
    found = node(value, *names[:-1]).get(names[-1])
    return mappings(found) if isinstance(found, list) else mappings([found])


def leaf(value: object, *names: str) -> str:
    """The text at a path, "" where there is none."""
    found = node(value, *names[:-1]).get(names[-1])
    found = found[0] if isinstance(found, list) and found else found
    written = str(found) if isinstance(found, int | Decimal) else text(found)
    return " ".join(written.split())


def number(value: object, *names: str) -> Decimal | None:
    """A number of 15 digits at most at a path; None for anything else."""
    written = leaf(value, *names)
    return Decimal(written) if _NUMBER.fullmatch(written) else None


def money(value: object, *names: str, currency: str = "RUB") -> Money | None:
    """A sum at a path; VAT is never stated."""
    amount = number(value, *names)
    known = re.fullmatch(r"[A-Z]{3}", currency)
    return Money.of(amount, currency) if amount is not None and known else None


def time(value: object, *names: str) -> datetime | None:
    """A time at a path; without an offset it is taken to be Moscow's."""
    return moment(leaf(value, *names), ZONE)


def zone(value: object, *names: str) -> str:
    """The IANA zone of the offset that a time at a path carries, Moscow's without one."""
    match = _OFFSET.search(leaf(value, *names))
    return _ZONES.get(int(match[1] + match[2]), ZONE) if match else ZONE


def code(value: Json, scheme: str, key: str = "code", name: str = "name") -> tuple[Code, ...]:
    """The code of a branch such as okpd2, if it has one."""
    written = leaf(value, key)
    return (Code(scheme, written, leaf(value, name) or None),) if written else ()


def unit(value: Json) -> Unit | None:
    """A unit of OKEI."""
    name, ident = leaf(value, "name"), leaf(value, "code")
    return Unit(name or ident, Code("OKEI", ident) if ident else None) if name or ident else None
