"""Made-up texts for measuring speed."""

from statistics import mean

from service.bench.texts import need_text, product_name


def test_the_same_number_always_gives_the_same_text() -> None:
    assert [product_name(7), need_text(7, 50)] == [product_name(7), need_text(7, 50)]


def test_names_differ_and_are_as_long_as_real_ones() -> None:
    names = [product_name(number) for number in range(1_000)]
    assert len(set(names)) > 950
    assert 25 < mean(map(len, names)) < 60


def test_a_need_asks_for_a_product_of_the_catalogue() -> None:
    words = {word for number in range(50) for word in product_name(number).split()}
    asked = [need_text(number, 50).split() for number in range(40)]
    shared = [len(words & set(each)) for each in asked]
    assert sum(count > 0 for count in shared) > 30
