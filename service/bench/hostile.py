"""What a text costs that was written to be slow to read."""

import time
from collections.abc import Callable, Mapping
from functools import partial

from catalog.family import load_families
from catalog.records import Product, ProductCode
from matcher.matching import match_lots
from matcher.offers import Offers
from matcher.reading import read_text
from matcher.records import LotText
from service.bench.figures import Figure, Report
from service.bench.quality import Step

MOST_MS = 100.0
SIZE = 1_000_000
"""Characters of the longest text."""

HOSTILE = {
    "1 MB of digits": "7" * SIZE,
    "10 000 «х»": "х" * 10_000,
    "10 000 «1х»": "1х" * 10_000,
    "1 MB of «820х»": "820х" * (SIZE // 4),
    "100 000 open brackets": "(" * 100_000,
    "nested brackets": "(" * 50_000 + ")" * 50_000,
    "1 MB of spaces": "труба" + " " * SIZE + "820",
    "1 MB of «ГОСТ »": "ГОСТ " * (SIZE // 5),
    "1 MB without a space": "а" * SIZE,
    "1 MB of hyphens": "1-" * (SIZE // 2),
}


def hostile(step: Step, texts: Mapping[str, str] = HOSTILE) -> Report:
    """Time each text in reading and in matching, in milliseconds."""
    families = load_families()
    product = Product(code=ProductCode("1"), name="Труба стальная 820х10 ГОСТ 10704")
    offers = Offers.build([product], families)
    figures: list[Figure] = []
    for number, (name, text) in enumerate(texts.items()):
        step(name, number, len(texts))
        lot = LotText("n", "1", text)
        reading = milliseconds(partial(read_text, text, families))
        matching = milliseconds(partial(_match, lot, offers))
        for way, taken in (("extract", reading), ("match", matching)):
            figures.append(Figure(f"{name}: {way}", taken, "ms", must=MOST_MS, at_most=True))
    note = "processor time of one text and one product in a warm process, the better of two runs"
    return Report("hostile", "Texts written to be slow to read", tuple(figures), (note,))


def _match(lot: LotText, offers: Offers) -> None:
    for _ in match_lots([lot], offers):
        pass


def milliseconds(work: Callable[[], object]) -> float:
    """Return the processor time of the better of two runs: the first also fills caches."""
    taken = []
    for _ in range(2):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return 1_000 * min(taken)
