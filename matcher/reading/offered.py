"""The families of a product that states what it can be made to, but not what it is."""

from collections.abc import Iterable, Mapping

from catalog.family import Family
from catalog.faults import CellFault
from catalog.records import Capability, FamilyName, Product
from catalog.rows import check_attribute
from catalog.words import fold
from matcher.reading.assigning import Assigned
from matcher.reading.fitting import fit
from matcher.reading.recognising import Words, best, index_of, word_scores
from matcher.reading.text import prepare
from matcher.records import Value


def kinds_of(product: Product, families: Mapping[FamilyName, Family]) -> tuple[FamilyName, ...]:
    """Return the families that a product's name, codes and capability can mean together.

    «Труба стальная» is five families; made from 530 to 1,420 mm it is one of them. Several where
    they are as likely: a wrong kind would refuse what the plant makes.
    """
    named = (name for each in product.capabilities for name in sorted(each.names))
    prepared = prepare(", ".join((product.name, *named)))
    codes = [(mark.scheme, mark.code) for mark in product.codes]
    found = Words(fold(product.name))
    scores = word_scores(found, index_of(families), prepared.standard_names, codes)
    fitting = {
        name: score + fit(_stated(product.capabilities), families[name])
        for name, score in scores.items()
        if all(_possible(each, families[name]) for each in product.capabilities)
    }
    name, rivals = best(fitting)
    return () if name is None else (name, *rivals)


def _possible(capability: Capability, family: Family) -> bool:
    try:
        check_attribute(capability, family)
    except CellFault:
        return False
    return True


def _stated(capabilities: Iterable[Capability]) -> Assigned:
    """Return a capability as a text's sizes, so that both are weighed alike."""
    group: dict[str, list[Value]] = {each.attribute: [*each.spans] for each in capabilities}
    return Assigned(groups=[group])
