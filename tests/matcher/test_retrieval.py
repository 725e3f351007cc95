import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.records import Product, ProductCode
from matcher import indexing, rescoring, retrieval
from matcher.hierarchy import PLACE, above, places
from matcher.matching import match_lots
from matcher.offers import Offers
from matcher.records import LotText
from matcher.terms import Text
from matcher.tokens import tokens
from matcher.vocabulary import learn

CATALOGUE = [
    "Эмаль ПФ-115 белая / 1 л",
    "Эмаль ПФ-115 белая / 5 л",
    "Труба стальная электросварная 820х10 ГОСТ 10704",
    "Труба стальная электросварная 1020х12 ГОСТ 10704",
    "Труба профильная 40х20х2",
    "",
]


def texts(listed: list[str]) -> list[Text]:
    return [Text(tokens(each)) for each in listed]


def order(query: str, catalogue: list[str]) -> list[int]:
    index = indexing.build([learn(texts(catalogue))])
    queries = retrieval.ask(index, texts([query]))
    rows = retrieval.nearest(index, queries)[0]
    if not len(rows):
        return []
    scores, relevance = rescoring.score(retrieval.compare(index, queries, 0, rows))
    assert ((scores >= 0) & (scores <= 1) & (relevance >= 0) & (relevance <= 1)).all()
    return [int(row) for row in rows[np.lexsort((rows, -scores))]]


def test_the_volume_asked_for_comes_before_the_other_volume() -> None:
    assert order("эмаль пф-115 белая, 5000 мл", CATALOGUE)[0] == 1
    assert order("эмаль пф-115 белая, 1л.", CATALOGUE)[0] == 0


def test_the_size_asked_for_comes_before_the_other_size() -> None:
    assert order("труба эл/св 1020х12 стальная", CATALOGUE)[0] == 3


def test_an_empty_text_finds_nothing_and_is_never_found() -> None:
    assert order("", CATALOGUE) == []
    assert 5 not in order("труба", CATALOGUE)


def test_equal_texts_keep_the_order_of_the_catalogue() -> None:
    assert order("краска", ["краска", "лак", "краска"])[:2] == [0, 2]


def test_the_answer_for_a_text_depends_on_no_other_text_of_the_batch() -> None:
    index = indexing.build([learn(texts(CATALOGUE))])
    both = retrieval.ask(index, texts(["труба 820х10", "эмаль"]))
    alone = retrieval.ask(index, texts(["эмаль"]))
    assert list(retrieval.nearest(index, both)[1]) == list(retrieval.nearest(index, alone)[0])


def test_a_code_that_continues_another_stands_under_it() -> None:
    assert above(["01", "01.11", "01.11.03", "02", "01.1"]) == [(), (0,), (0, 1), (), (0,)]


def test_a_crowded_branch_makes_each_of_its_entries_less_likely() -> None:
    codes = ["1", "1.1", "1.1.1", "1.1.2", "1.1.3", "2", "2.1", "2.1.1"]
    found = places(codes, codes, above(codes))
    assert found is not None
    of = {code: dict(zip(PLACE, row, strict=True)) for code, row in zip(codes, found, strict=True)}
    assert [code for code in codes if of[code]["heading"]] == ["1", "1.1", "2", "2.1"]
    for signal in ("crowd", "siblings", "branch"):
        assert of["1.1.1"][signal] > of["2.1.1"][signal] > 0


def test_a_catalogue_of_goods_has_no_tree() -> None:
    assert places(["a", "b"], ["a", "b"], above(["a", "b"])) is None


def test_work_is_no_answer_to_a_lot_that_asks_for_goods() -> None:
    named = {
        "1": "Товары", "1.1": "Насосы", "2": "УСЛУГИ", "2.1": "Ремонт насосов", "2.2": "Насосы"
    }  # fmt: skip
    offers = Offers.build([Product(ProductCode(c), n) for c, n in named.items()], {})
    lots = [LotText(t, "", t) for t in ("Насосы", "Услуги по ремонту насосов")]
    rows = list(match_lots(lots, offers))
    best = {row.notice: row.product for row in reversed(rows) if row.product is not None}
    assert best == {"Насосы": "1.1", "Услуги по ремонту насосов": "2.1"}


def test_of_wrong_sizes_the_nearest_comes_first() -> None:
    walls = ["Труба 159х8", "Труба 159х10", "Труба 159х4", "Труба 159х6"]
    assert order("труба 159х4,5", walls)[0] == 2


def test_figures_come_as_near_as_they_are_in_proportion() -> None:
    index = indexing.build([learn(texts(["лист 10", "лист 100", "лист", "лист 9 10 11"]))])
    queries = retrieval.ask(index, texts(["лист 9", "лист", "лист 10, 500"]))
    rows = np.arange(4)
    near = [retrieval.compare(index, queries, number, rows).near for number in range(3)]
    assert near[0][3] == 1
    assert 0 < near[0][0] < 1
    assert near[0][1] == near[0][2] == 0
    assert not near[1].any()
    assert near[2][0] == 0.5


words = st.lists(st.sampled_from(["труба", "эмаль", "820х10", "5 л", "Ду100", "ГОСТ"]), max_size=6)


@settings(max_examples=60)
@given(st.lists(words.map(" ".join), min_size=1, max_size=6))
def test_no_row_scores_above_the_text_itself(catalogue: list[str]) -> None:
    index = indexing.build([learn(texts(catalogue))])
    queries = retrieval.ask(index, texts(catalogue))
    rows = np.arange(len(catalogue))
    for number in range(len(catalogue)):
        scores, _ = rescoring.score(retrieval.compare(index, queries, number, rows))
        assert scores[number] >= scores.max() - 1e-5
