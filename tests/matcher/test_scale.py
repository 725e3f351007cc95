"""What makes a large catalogue fast must not change its answers."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.family import load_families
from catalog.records import Product, ProductCode
from matcher import indexing, retrieval
from matcher.answers import row_to_json, written
from matcher.matching import BATCH, answer_lots, match_lots
from matcher.offers import Offers
from matcher.records import LotText
from matcher.retrieval import SHARE_OF
from matcher.terms import GRAMMED, Text, terms
from matcher.tokens import tokens
from matcher.vocabulary import Vocabulary, learn

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


def shared_counts(listed: list[str]) -> list[list[int]]:
    """Return for each two texts the sum over shared terms of the products of their counts."""
    counted = [terms(text) for text in texts(listed)]
    return [[sum(n * b[term] for term, n in a.items()) for b in counted] for a in counted]


@given(st.lists(st.text(alphabet="труба ду10х5,4мм кг s😀\x00", max_size=30), max_size=6))
@settings(max_examples=60, deadline=None)
def test_texts_share_by_keys_what_they_share_by_terms(listed: list[str]) -> None:
    learned = learn(texts(listed))
    counts = learned.counts.astype(np.int64)
    assert (counts @ counts.T).toarray().tolist() == shared_counts(listed)
    assert (np.diff(learned.keys.astype(object)) > 0).all()
    asked, missing = Vocabulary(learned.keys).count(texts(listed))
    assert (asked.toarray() == counts.toarray()).all()
    assert missing == [set()] * len(listed)


@given(st.text(alphabet="трубка ", min_size=1, max_size=12))
def test_an_unknown_word_is_asked_by_the_n_grams_the_catalogue_has(word: str) -> None:
    listed = ["труба", "бак"]
    learned = learn(texts(listed))
    asked, missing = Vocabulary(learned.keys).count(texts([word]))
    shared = (asked @ learned.counts.T).toarray()[0].tolist()
    assert shared == shared_counts([word, *listed])[0][1:]
    known = {term for text in texts(listed) for term in terms(text)}
    assert missing[0] == {
        term for term in terms(texts([word])[0]) if term not in known and term[0] not in GRAMMED
    }


def test_parts_of_a_catalogue_make_the_index_of_the_whole() -> None:
    whole = indexing.build([learn(texts(CATALOGUE))])
    parts = [learn(texts(CATALOGUE[start : start + 900])) for start in range(0, 2_800, 900)]
    joined = indexing.build(parts)
    assert (joined.vocabulary.keys == whole.vocabulary.keys).all()
    for name in ("counts", "first", "figures"):
        assert (getattr(joined, name) != getattr(whole, name)).nnz == 0
    for name in ("idf", "lengths", "totals"):
        assert (getattr(joined, name) == getattr(whole, name)).all()


def test_of_a_frequent_term_the_heaviest_rows_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = [f"труба {'стальная ' * (place % 7)}" for place in range(300)]
    everything = indexing.build([learn(texts(listed))]).first
    monkeypatch.setattr(indexing, "MOST_ROWS", 40)
    parts = [learn(texts(listed[start : start + 70])) for start in range(0, 300, 70)]
    some = indexing.build(parts).first
    for term in range(everything.shape[0]):
        full, few = everything[term], some[term]
        assert few.nnz == min(full.nnz, 40)
        left_out = np.setdiff1d(full.indices, few.indices)
        if len(left_out):
            heaviest = full[:, left_out].toarray().max()
            assert few.data.min() >= heaviest - 2 * SHARE_OF.max() / indexing.LEVELS


def test_a_name_is_found_by_its_heaviest_terms_alone() -> None:
    index = indexing.build([learn(texts(CATALOGUE))])
    asked = CATALOGUE[5::97]
    queries = retrieval.ask(index, texts(asked))
    followed = retrieval.nearest(index, queries, postings=3_000)
    everything = retrieval.nearest(index, queries, postings=10**9)
    assert index.first.nnz > 100 * 3_000
    for name, few, all_ in zip(asked, followed, everything, strict=True):
        assert CATALOGUE[few[0]] == CATALOGUE[all_[0]] == name


def test_one_term_is_followed_however_many_rows_have_it() -> None:
    index = indexing.build([learn(texts(["труба"] * 50))])
    queries = retrieval.ask(index, texts(["труба", "окно"]))
    found = retrieval.nearest(index, queries, postings=1)
    assert [len(rows) for rows in found] == [50, 0]


def test_answers_do_not_depend_on_the_batch_a_lot_stands_in() -> None:
    offers = Offers.build(products(CATALOGUE), load_families())
    lots = [LotText(f"n{place}", "1", name) for place, name in enumerate(CATALOGUE[::17])]
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
