"""What makes a large catalogue fast must not change its answers."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.family import load_families
from catalog.records import Product, ProductCode
from matcher import retrieval
from matcher.answers import row_to_json, written
from matcher.matching import BATCH, answer_lots, match_lots
from matcher.offers import Offers
from matcher.records import LotText
from matcher.terms import Text, terms
from matcher.tokens import tokens
from matcher.vocabulary import Vocabulary

KINDS = ("Труба стальная", "Эмаль алкидная", "Кабель силовой", "Окно глухое", "Подшипник шариковый")
COLOURS = ("белая", "серая", "красная", "синяя", "зелёная", "чёрная", "жёлтая")
CATALOGUE = [
    f"{kind} {colour} {size}х{wall} арт. {17 * size + wall}"
    for size in range(20, 60)
    for kind in KINDS
    for colour in COLOURS
    for wall in (2, 4)
]


def texts(listed: list[str]) -> list[Text]:
    return [Text(tokens(each)) for each in listed]


def products(listed: list[str]) -> list[Product]:
    return [Product(ProductCode(f"p{place}"), name) for place, name in enumerate(listed)]


@given(st.lists(st.text(alphabet="труба ду10х5,4мм кг s", max_size=30), max_size=6))
@settings(max_examples=60, deadline=None)
def test_parts_multiplied_by_their_terms_are_the_terms_of_each_text(listed: list[str]) -> None:
    vocabulary = Vocabulary()
    counted = vocabulary.learn(texts(listed)).toarray()
    known, missing = vocabulary.count(texts(listed))
    for row, text in enumerate(texts(listed)):
        counts = terms(text)
        found = {term: counted[row, place] for term, place in vocabulary.ids.items()}
        assert {term: count for term, count in found.items() if count} == counts
        assert (known.toarray()[row] == counted[row]).all()
    assert missing == [set()] * len(listed)


@given(st.text(alphabet="трубка ", min_size=1, max_size=12))
def test_an_unknown_word_is_asked_by_the_n_grams_the_catalogue_has(word: str) -> None:
    vocabulary = Vocabulary()
    vocabulary.learn(texts(["труба", "бак"]))
    counted, missing = vocabulary.count(texts([word]))
    asked = terms(texts([word])[0])
    for term, place in vocabulary.ids.items():
        assert counted[0, place] == asked[term]
    assert missing[0] >= {term for term in asked if term[0] == 0 and term not in vocabulary.ids}


def test_a_name_is_found_by_its_heaviest_terms_alone() -> None:
    index = retrieval.build(texts(CATALOGUE))
    asked = CATALOGUE[5::97]
    queries = retrieval.ask(index, texts(asked))
    followed = retrieval.nearest(index, queries, postings=3_000)
    everything = retrieval.nearest(index, queries, postings=10**9)
    assert index.first.nnz > 100 * 3_000
    for name, few, all_ in zip(asked, followed, everything, strict=True):
        assert CATALOGUE[few[0]] == CATALOGUE[all_[0]] == name


def test_one_term_is_followed_however_many_rows_have_it() -> None:
    index = retrieval.build(texts(["труба"] * 50))
    queries = retrieval.ask(index, texts(["труба", "окно"]))
    found = retrieval.nearest(index, queries, postings=1)
    assert [len(rows) for rows in found] == [50, 0]


def test_answers_do_not_depend_on_the_batch_a_lot_stands_in() -> None:
    offers = Offers.build(products(CATALOGUE), load_families())
    lots = [LotText(f"n{place}", "1", name) for place, name in enumerate(CATALOGUE[::31])]
    assert len(lots) > BATCH
    together = list(match_lots(lots, offers, top=3))
    alone = [row for lot in reversed(lots) for row in match_lots([lot], offers, top=3)]
    assert sorted(together, key=str) == sorted(alone, key=str)


def test_lines_are_what_json_would_write_of_each_row() -> None:
    offers = Offers.build(products(["Труба «А» \\ 57х3,5", "Окно\t1,2 м"]), load_families())
    lots = [
        LotText('n"1', "1", "Труба стальная 57х3,5, 12,5 т"),
        LotText("n\n2", "ёж", "Окно, труба 159х4,5 и 219х6"),
        LotText("n3", "1", "щебень"),
    ]
    rows = match_lots(lots, offers)
    lines = [f"{json.dumps(row_to_json(row), ensure_ascii=False)}\n" for row in rows]
    assert b"".join(written(answer_lots(lots, offers), offers)).decode() == "".join(lines)
