"""Seeded mutants of fixture pages: a node deleted, doubled or moved, or the page cut at a byte.

Nodes are elements of HTML and XML and values of JSON. Only rows move (siblings of one name with
parts of their own): two swapped cells of a row are a true page to every reader.
"""

import copy
import json
import re
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any

from scrapers.portal import Answer
from scrapers.records import Award, Contract, Item, Lot, Money, Notice, Period, Vat

_ELEMENT = re.compile(r"<([A-Za-z][\w:.-]*)\b[^<>]*(?<!/)>")
_VOID = frozenset({"br", "img", "input", "meta", "link", "hr"})
_ROWS = frozenset({"tr", "li", "item", "option", "p"})
Mutation = tuple[str, bytes]
"""How the page was spoilt, and the page."""


def mutants(answer: Answer, rng: Random) -> Iterator[Mutation]:
    """Give mutants of an answer for ever."""
    spoil = _of_json if answer.body.lstrip()[:1] in {b"{", b"["} else _of_markup
    nodes = spoil(answer.body)
    while True:
        kind = rng.choice(("delete", "double", "move", "cut"))
        if kind == "cut" or nodes is None:
            at = rng.randrange(len(answer.body.rstrip()))
            yield f"cut at {at}", answer.body[:at]
            continue
        made = nodes(kind, rng)
        if made is not None and made[1] != answer.body:
            yield made


_Maker = Callable[[str, Random], Mutation | None]


def _of_markup(body: bytes) -> _Maker | None:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    spans = list(_elements(text))
    if not spans:
        return None

    def make(kind: str, rng: Random) -> Mutation | None:
        tag, start, end = rng.choice(spans)
        said = f"{kind} {text[start:end][:60]!r} at {start}"
        if kind == "delete":
            return said, (text[:start] + text[end:]).encode()
        if kind == "double":
            return said, (text[:end] + text[start:end] + text[end:]).encode()
        rows = [each for each in spans if each[0] == tag and each[1] >= end]
        if tag not in _ROWS or not rows:
            return None
        _, first, last = rows[0]
        moved = text[:start] + text[first:last] + text[end:first] + text[start:end] + text[last:]
        return said, moved.encode()

    return make


def _elements(text: str) -> Iterator[tuple[str, int, int]]:
    """Name, start and end of every element that is closed by its own tag."""
    for opening in _ELEMENT.finditer(text):
        tag = opening[1]
        if tag.lower() in _VOID:
            continue
        depth = 0
        for each in re.finditer(rf"<(/?){re.escape(tag)}\b[^<>]*>", text[opening.start() :]):
            depth += -1 if each[1] else not each[0].endswith("/>")
            if depth == 0:
                yield tag, opening.start(), opening.start() + each.end()
                break


def _of_json(body: bytes) -> _Maker | None:
    try:
        value = json.loads(body)
    except ValueError:
        return None
    places = list(_places(value))
    if not places:
        return None

    def make(kind: str, rng: Random) -> Mutation | None:
        path = rng.choice(places)
        spoilt = copy.deepcopy(value)
        inner = spoilt
        for key in path[:-1]:
            inner = inner[key]
        last = path[-1]
        if kind == "delete":
            del inner[last]
        elif not isinstance(inner, list):
            return None
        elif kind == "double":
            inner.insert(last, copy.deepcopy(inner[last]))
        else:
            rng.shuffle(inner)
        return f"{kind} {'.'.join(map(str, path))}", json.dumps(spoilt).encode()

    return make


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _places(part, (*path, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _places(part, (*path, number))


Fact = tuple[object, ...]


def wrong(found: Iterable[Notice], true: Iterable[Notice]) -> list[Fact]:
    """Give what mutated records state and the true ones do not: notices, sums, quantities, times
    and codes, each of its notice, lot or item.

    A lot or item is known by its id or its title, for portals that give no ids count them. Texts
    are not compared: where one is gone, parsers take the next best that the page says of the same
    thing (a project's name, another language), which is true as well.
    """
    known = {fact for notice in true for facts in _facts(notice) for fact in facts}
    return [facts[0] for notice in found for facts in _facts(notice) if not known & set(facts)]


def _facts(notice: Notice) -> Iterator[list[Fact]]:
    """Every fact, in the one or two ways in which its owner is known."""
    yield [("notice", notice.portal, notice.id)]
    parts: list[tuple[list[str], Iterable[Fact]]] = [([notice.id], _of_notice(notice))]
    for lot in notice.lots:
        parts.append(([lot.id, lot.title], _of_lot(lot)))
        parts += [([item.id, item.title], _of_item(item)) for item in lot.items]
    for owners, facts in parts:
        for fact in facts:
            yield [(notice.id, owner, *fact) for owner in owners]


def _sum(name: str, money: Money) -> Iterator[Fact]:
    """Without its VAT, which is stated elsewhere on a page and unknown where that is gone."""
    yield name, money.minor, money.currency
    if money.vat is not Vat.UNKNOWN:
        yield name, money


def _of_notice(notice: Notice) -> Iterator[Fact]:
    if notice.value:
        yield from _sum("value", notice.value)
    yield from _of_period(notice.period)
    for buyer in (notice.buyer, notice.procuring_entity):
        if buyer and buyer.id:
            yield "buyer", buyer.id.id
    yield from (("code", code.scheme, code.id) for code in notice.codes)
    yield from _won(notice)


def _won(notice: Notice) -> Iterator[Fact]:
    """Who won which lots for which sum. Of a notice with one lot, nothing says which."""
    decisions: tuple[Award | Contract, ...] = (*notice.awards, *notice.contracts)
    for decided in decisions:
        money = decided.value and (decided.value.minor, decided.value.currency)
        for lot in decided.lots if len(notice.lots) > 1 else ("the only one",):
            for supplier in decided.suppliers:
                yield "won", lot, supplier.name
                if money:
                    yield "won", lot, supplier.name, *money


def _of_lot(lot: Lot) -> Iterator[Fact]:
    if lot.value:
        yield from _sum("value", lot.value)
    yield from _of_period(lot.period)
    yield from (("code", code.scheme, code.id) for code in lot.codes)


def _of_item(item: Item) -> Iterator[Fact]:
    if item.quantity is not None:
        yield "quantity", item.quantity
    for name, money in (("price", item.unit_price), ("value", item.value)):
        if money is not None:
            yield from _sum(name, money)
    yield from (("code", code.scheme, code.id) for code in item.codes)


def _of_period(period: Period | None) -> Iterator[Fact]:
    for name, moment in (("start", period and period.start), ("end", period and period.end)):
        if moment is not None:
            yield name, moment
