"""Whether the little that a listing says of a lot makes it worth reading whole.

Not a verdict: a lot passes when it names a family by a word, a standard or a code, when it is
works, which buy goods that no title names, or when it names nothing but «материалы» and the like.
"""

from collections.abc import Mapping

from catalog.family import Family
from catalog.records import FamilyName
from catalog.words import stems
from matcher.reading.intents import intent_of
from matcher.reading.recognising import Index, Words, index_of, word_scores, works_scores
from matcher.reading.text import prepare
from matcher.records import LotText

_HIDING = frozenset(
    stems(
        """материалы материал товары товар продукция изделия изделие тмц оборудование
        материалдар тауарлар өнімдер жабдық жабдықтар materiallar mahsulotlar
        materials goods products equipment avadanlıq material mal malların"""
    )
)
"""Words behind which any goods may stand."""


def may_concern(lot: LotText, families: Mapping[FamilyName, Family]) -> bool:
    """Tell whether a lot may ask for goods of these families, as far as its listing row says."""
    index = index_of(families)
    title = Words(prepare(lot.title).folded)
    intent = intent_of(title, lot.category)
    if intent.works:
        return True
    texts = (lot.title, *lot.texts)
    if any(_names(text, index, lot.codes) for text in texts):
        return True
    if any(_names(line.text, index, line.codes) for line in lot.lines):
        return True
    bare = not lot.codes and not any(line.codes for line in lot.lines)
    return bare and not intent.service and not _HIDING.isdisjoint(title.stems)


def _names(text: str, index: Index, codes: tuple[tuple[str, str], ...]) -> bool:
    prepared = prepare(text)
    words = Words(prepared.folded)
    if word_scores(words, index, prepared.standard_names, codes):
        return True
    return bool(works_scores(words, index))
