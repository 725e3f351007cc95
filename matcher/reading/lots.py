"""Reading a lot: its title, texts and lines together, into the needs it holds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple

from catalog.family import Family
from catalog.records import FamilyName
from catalog.units import fold_unit
from matcher.reading.checks import check
from matcher.reading.dealings import barred
from matcher.reading.documents import billed, narrowed, not_read, pages_of, read_in
from matcher.reading.fitting import fit, understand
from matcher.reading.intents import Intent, intent_of
from matcher.reading.recognising import best, denied, index_of, works_scores
from matcher.reading.signs import runs
from matcher.reading.single import Understood, read_part, single_amount
from matcher.records import Amount, Bar, LotText, Need, NeedKind, Note, Value

_MOST_NEEDS = 200
_GAS_STANDARDS = ("50838", "58121", "4437", "52779")
"""ГОСТ Р 50838, ГОСТ Р 58121, ISO 4437: polyethylene pipe for gas; 52779 its fittings."""
Groups = list[dict[str, list[Value]]]


class _Base(NamedTuple):
    """What all needs of a lot have in common, as in `Need`."""

    family: FamilyName | None
    kind: NeedKind
    rivals: tuple[FamilyName, ...]
    service: bool
    notes: tuple[Note, ...]
    documented: bool
    runs: int
    bar: Bar | None


@dataclass(slots=True)
class _Whole:
    """What the texts of a lot say together: sizes by group, shared values, standards."""

    groups: Groups = field(default_factory=list)
    shared: dict[str, list[Value]] = field(default_factory=dict)
    standards: dict[str, None] = field(default_factory=dict)
    amounts: list[tuple[Amount, int]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def read_lot(lot: LotText, families: Mapping[FamilyName, Family]) -> tuple[Need, ...]:
    """Return the needs of a lot, at least one; several sizes are several needs.

    Several values of one attribute in a need are alternatives the text leaves open. `family` is
    the best of those that fit and `rivals` the others; a decision must hold for all of them.
    """
    title = read_part(lot.title, families, codes=lot.codes)
    intent = intent_of(title.words, lot.category)
    parts = [title]
    if lot.texts:
        # The text may be wordier than the title: «краска (чернила) для струйного принтера».
        without = () if title.score > 0 else denied(title.words, index_of(families))
        parts += [
            read_part(text, families, expected=title.family, without=without) for text in lot.texts
        ]
    lead = _lead(parts, families, intent)
    pages = list(pages_of(lot, lead, families)) if lot.documents else []
    lead = narrowed(lead, [part for _, part in pages]) if pages else lead
    lines = [
        (line, read_part(line.text, families, codes=line.codes, expected=lead.family))
        for line in lot.lines
        if line.source is None
    ]
    mended = (Note("repair_only", None, lot.title[:80], "buyer"),) if intent.repair else ()
    base = _Base(
        family=lead.family.name if lead.family is not None else None,
        kind=_kind(lot, intent),
        runs=max(runs(part.prepared.atoms) for part in parts) if intent.works else 1,
        rivals=lead.rivals,
        service=intent.service,
        bar=barred(title.words),
        notes=(*mended, *not_read(lot)),
        documented=_documented(lot),
    )
    named = [(line, part) for line, part in lines if part.assigned.groups or part.score > 0]
    whole = _joined([part for part in parts if _same(part, lead)], lead.family)
    if pages and not named:
        base = base._replace(notes=(*base.notes, *_completed(whole, pages, lead.family)))
    needs: list[Need] = []
    for line, part in named:
        own = _joined([part], part.family or lead.family)
        amount = _stated(line.quantity, line.unit) or _first(own)
        own_base = base._replace(bar=base.bar or barred(part.words))
        needs += _needs(_filled(own, whole), own_base, part, line.text, amount)
    if not named and (intent.works or not whole.groups):
        needs = _billed(lot, base, lead, intent, families)
    if not needs or (intent.works and not named and not _serves(needs, base)):
        stated = _stated(lot.quantity, lot.unit) or _lines_amount(lot)
        needs = [*_needs(whole, base, lead, lot.title, stated or _first(whole)), *needs]
    return tuple(
        need if need.index == index else replace(need, index=index)
        for index, need in enumerate(needs[:_MOST_NEEDS])
    )


def _completed(
    whole: _Whole, pages: list[tuple[str, Understood]], family: Family | None
) -> tuple[Note, ...]:
    """Complete what the lot leaves open from its documents; returns from which pages."""
    sources = []
    for source, part in pages:
        told = _joined([part], family)
        if not (told.groups or told.shared or told.standards):
            continue
        sources.append(source)
        groups = whole.groups
        _filled(whole, told)
        if not groups:
            for group in told.groups:
                _add_group(whole.groups, group)
    return read_in(sources)


def _billed(
    lot: LotText,
    base: _Base,
    lead: Understood,
    intent: Intent,
    families: Mapping[FamilyName, Family],
) -> list[Need]:
    """Return the needs that the bills of a lot's documents list."""
    lines = [
        (line, read_part(line.text, families, codes=line.codes))
        for line in lot.lines
        if line.source is not None
    ]
    needs: list[Need] = []
    for line, part in billed(lines, lead.family, works=intent.works):
        own = base._replace(
            bar=base.bar or barred(part.words),
            notes=(*base.notes, *read_in((line.source,))),
        )
        whole = _joined([part], part.family)
        amount = _stated(line.quantity, line.unit) or _first(whole)
        needs += _needs(whole, own, part, line.text, amount)
    return needs


def _serves(needs: list[Need], base: _Base) -> bool:
    """Whether the bill lists the good that the lot's own words imply; if not, that stays open."""
    return base.family is None or any(need.family == base.family for need in needs)


def _lead(
    parts: list[Understood], families: Mapping[FamilyName, Family], intent: Intent
) -> Understood:
    """Return the part that names the family: the title, else the first text; works by object."""
    lead = next((part for part in parts if part.score > 0), parts[0])
    if not intent.works:
        return lead
    for part in parts:
        scores = works_scores(part.words, index_of(families))
        if not scores:
            continue
        for wanted in scores:
            done = understand(part.prepared, families[wanted])
            scores[wanted] += fit(done, families[wanted])
            if lead.family is not None and wanted in {lead.family.name, *lead.rivals}:
                scores[wanted] += 0.5
        name, rivals = best({key: max(score, 0.5) for key, score in scores.items()})
        if name is not None:
            done = understand(part.prepared, families[name])
            return part._replace(family=families[name], rivals=rivals, assigned=done, score=1.0)
    return lead


def _documented(lot: LotText) -> bool:
    """Whether documents of a lot were read, and none was left unread."""
    read = bool(lot.documents) or any(line.source for line in lot.lines)
    return read and not lot.unread


def _kind(lot: LotText, intent: Intent) -> NeedKind:
    if lot.plan:
        return NeedKind.PLAN
    return NeedKind.IMPLIED if intent.works else NeedKind.STATED


def _same(part: Understood, lead: Understood) -> bool:
    """Whether a text speaks of the lead's good: it names the same family, a rival, or none."""
    if part is lead or part.score <= 0 or part.family is None or lead.family is None:
        return True
    kin = {lead.family.name, *lead.rivals}
    return bool(kin & {part.family.name, *part.rivals})


def _joined(parts: list[Understood], family: Family | None) -> _Whole:
    """Put texts together: a size said twice, in two languages or in two places, is one size."""
    whole = _Whole()
    for part in parts:
        done = part.assigned
        if part.family is not family:
            done = understand(part.prepared, family)
        for group in done.groups:
            _add_group(whole.groups, group)
        for key, values in done.shared.items():
            kept = whole.shared.setdefault(key, [])
            kept += [value for value in values if value not in kept]
        whole.standards.update(dict.fromkeys(part.prepared.standards))
        whole.notes += done.notes
        if not whole.amounts:
            whole.amounts = list(done.amounts)
    for group in whole.groups:
        for key in group.keys() & whole.shared.keys():
            if all(value in group[key] for value in whole.shared[key]):
                del whole.shared[key]
    return whole


def _add_group(groups: Groups, group: dict[str, list[Value]]) -> None:
    """Add a size, or complete the one it repeats: equal in every key both state, one shared."""
    for known in groups:
        both = known.keys() & group.keys()
        if both and all(known[key] == group[key] for key in both):
            known.update(group)
            return
        if not both:
            known.update(group)
            return
    groups.append({key: list(values) for key, values in group.items()})


def _filled(own: _Whole, whole: _Whole) -> _Whole:
    """Complete a line with what the lot around it states and the line does not."""
    stated = {key for group in own.groups for key in group} | own.shared.keys()
    for key, values in whole.shared.items():
        if key not in stated:
            own.shared[key] = values
    if not own.groups and len(whole.groups) == 1:
        own.groups = [dict(whole.groups[0])]
    if not own.standards:
        own.standards = whole.standards
    return own


def _needs(
    whole: _Whole, base: _Base, part: Understood, text: str, amount: Amount | None
) -> Iterator[Need]:
    """Yield one need for each size, all with the shared values; numbered when all are known."""
    family = part.family
    groups: Groups = whole.groups or [{}]
    for number, group in enumerate(groups):
        attributes: dict[str, tuple[Value, ...]] = {
            key: tuple(values) for key, values in group.items()
        }
        for key, values in whole.shared.items():
            if key not in attributes:
                attributes[key] = tuple(values)
        notes = [n for n in whole.notes if n.attribute is None or n.attribute in attributes]
        gas = "sdr" in attributes and _for_gas(part, whole)
        notes += check(attributes, family, gas=gas)
        yield Need(
            index=0,
            text=text,
            family=family.name if family is not None else base.family,
            kind=base.kind,
            attributes=attributes,
            standards=tuple(whole.standards),
            quantity=amount if len(groups) == 1 else _following(whole, number),
            rivals=part.rivals if part.score > 0 else base.rivals,
            service=base.service,
            notes=tuple(dict.fromkeys((*base.notes, *notes))),
            documented=base.documented,
            runs=base.runs,
            bar=base.bar,
        )


def _for_gas(part: Understood, whole: _Whole) -> bool:
    """Whether a polyethylene pipe is for gas, by its standard or its words."""
    gas_standard = any(name in standard for name in _GAS_STANDARDS for standard in whole.standards)
    return gas_standard or any(stem.startswith(("газ", "gaz", "gas")) for stem in part.words.stems)


def _following(whole: _Whole, number: int) -> Amount | None:
    """Return the quantity that stands behind the size: «530х8 – 120 м, 720х10 – 50 м»."""
    behind = [amount for amount, after in whole.amounts if after == number + 1]
    followed = {after for _, after in whole.amounts}
    return behind[0] if len(behind) == 1 and len(followed) > 1 else None


def _first(whole: _Whole) -> Amount | None:
    return single_amount([amount for amount, _ in whole.amounts])


def _stated(quantity: Decimal | None, unit: str | None) -> Amount | None:
    """Return a lot's own quantity with its unit folded; none for zero and below."""
    if quantity is None or not quantity.is_finite() or quantity <= 0:
        return None
    return Amount(quantity, fold_unit(unit) if unit else None)


def _lines_amount(lot: LotText) -> Amount | None:
    """Return the quantity of a lot's only line."""
    own = [line for line in lot.lines if line.source is None]
    return _stated(own[0].quantity, own[0].unit) if len(own) == 1 else None
