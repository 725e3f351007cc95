"""An offer of a known kind is asked about a text of no known kind only for a noun they share."""

from catalog.family import load_families
from catalog.records import FamilyName
from matcher.ruling import shares_a_noun

FAMILIES = load_families()
FURNITURE = FAMILIES[FamilyName("furniture")]
PIPE = FAMILIES[FamilyName("steel_pipe_large")]


def test_an_adjective_in_common_is_no_noun_in_common() -> None:
    assert not shares_a_noun("Бумага офисная А4", "Мебель школьная и офисная", FURNITURE)


def test_a_thing_for_pipes_is_no_pipe() -> None:
    assert not shares_a_noun("Аппарат для сварки труб", "Трубы стальные", PIPE)
    assert not shares_a_noun("Крышка трубы", "Трубы стальные", PIPE)


def test_a_noun_of_the_offer_that_no_family_lists_is_enough() -> None:
    assert shares_a_noun("Тюбинг чугунный", "Тюбинги", PIPE)


def test_the_label_of_samples_is_nothing_in_common() -> None:
    assert not shares_a_noun("ОБРАЗЕЦ: говядина", "ОБРАЗЕЦ: Мебель школьная", FURNITURE)
    assert not shares_a_noun("ҮЛГІ: сиыр еті", "ҮЛГІ: Жиһаз", FURNITURE)
    assert not shares_a_noun("SAMPLE: beef", "SAMPLE: Furniture", FURNITURE)
    assert not shares_a_noun("NAMUNA: mol goʻshti", "NAMUNA: Mebel", FURNITURE)
