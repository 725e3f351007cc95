"""Explain one pair as lines of Russian text: each stage's evidence, and what closed it.

Used by `suranys explain`. Decides nothing: it reads the evidence of a row.
"""

from collections.abc import Mapping

from catalog.records import FamilyName
from matcher import wording
from matcher.matching import candidate, needs_of
from matcher.offers import Offers
from matcher.records import Evidence, LotText, Need, Row, Value, Verdict
from matcher.rows import first_refusal

VERDICTS = {
    Verdict.CAN: "подходит по характеристикам",
    Verdict.CANNOT: "не подходит",
    Verdict.CHECK: "уточнить",
}
MARKS = {Verdict.CAN: "+", Verdict.CANNOT: "−", Verdict.CHECK: "?"}
STAGES = {
    "relevance": "близость текстов",
    "family": "вид изделия",
    "dimensions": "размеры",
    "names": "марки и покрытия",
    "standards": "стандарты",
    "unstated": "чего не сказано",
    "left_open": "оставлено на выбор",
    "notes": "замечания к тексту",
    "quantity": "количество",
    "lot": "лот целиком",
}


def explain(lot: LotText, offers: Offers, row: int) -> list[str]:
    """Explain a lot against the offer of a catalogue row: needs read, evidence, closing gate."""
    needs = needs_of(lot, offers)
    answer = candidate(lot, offers, row)
    offer = offers.offers[row]
    lines = [f"Лот {lot.notice}/{lot.lot}: {lot.title}"]
    lines += [f"Товар {offer.product.code}: {offer.product.name}"]
    for need in needs:
        lines.append(f"  потребность {need.index}: {describe(need, offers.titles)}")
    return [*lines, *explain_row(answer)]


def describe(need: Need, titles: Mapping[FamilyName, str]) -> str:
    """Write what was read of a need: family, attributes, standards, quantity."""
    parts = [titles.get(need.family, need.family) if need.family else "вид не определён"]
    parts += [
        f"{wording.title(key)} {_values(key, given)}" for key, given in need.attributes.items()
    ]
    parts += list(need.standards)
    if need.quantity is not None:
        unit = need.quantity.unit or "ед. не названа"
        unit = wording.QUANTITY_UNITS.get(unit, unit)
        parts.append(f"{wording.number(need.quantity.value)} {unit}")
    return "; ".join(parts)


def _values(key: str, given: tuple[Value, ...]) -> str:
    return wording.values(key, given)


def explain_row(row: Row) -> list[str]:
    """Explain a row by its evidence, in the order of the stages."""
    lines = [f"Ответ: {VERDICTS[row.verdict]} (близость {row.score:.2f})"]
    stage = None
    for each in row.evidence:
        if each.stage != stage:
            stage = each.stage
            lines.append(f"  {STAGES.get(stage, stage)}:")
        lines.append(f"    {MARKS[each.verdict]} {said(each)}")
    closing = first_refusal(row.evidence) if row.verdict is Verdict.CANNOT else None
    if closing is not None:
        lines.append(f"Закрыто: {STAGES.get(closing.stage, closing.stage)} — {closing.because}")
    return lines


def said(found: Evidence) -> str:
    """Write one piece of evidence with whom to ask."""
    ask = f" — {wording.ASKS[found.ask]}" if found.ask else ""
    return f"{found.because}{ask}"
