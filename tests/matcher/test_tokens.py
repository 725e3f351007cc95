import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.terms import Text, diameters, head, terms
from matcher.tokens import tokens


@pytest.mark.parametrize(
    ("left", "right"),
    [("250 мл", "0,25 л"), ("0.5 л.", "500мл"), ("1,5 т", "1500 кг"), ("900 г", "0.9кг")],
)
def test_one_amount_in_two_units_is_one_token(left: str, right: str) -> None:
    assert tokens(left).amounts == tokens(right).amounts != ()


def test_one_litre_and_five_litres_share_no_amount() -> None:
    assert not set(tokens("эмаль 1 л").amounts) & set(tokens("эмаль 5 л").amounts)


def test_numbers_are_whole_and_written_one_way() -> None:
    assert tokens("820х10").numbers == ("820", "10")
    assert tokens("стенка 4,50").numbers == tokens("стенка 4.5").numbers
    assert not set(tokens("1020").numbers) & set(tokens("820").numbers)


def test_words_run_together_are_parted_where_the_alphabet_changes() -> None:
    assert tokens("невымываемыйPROSEPT ULTRAконцентрат").stems == (
        tokens("невымываемый PROSEPT ULTRA концентрат").stems
    )


def test_a_name_in_two_alphabets_meets() -> None:
    assert tokens("СИНИКОН").letters == tokens("Sinikon").letters
    assert tokens("truba").letters == tokens("труба").letters


def test_a_nominal_diameter_brings_its_outer_one() -> None:
    assert (9, "108") in terms(Text(tokens("отвод Ду 100")))


def test_a_digit_typed_for_a_letter_is_read_as_meant() -> None:
    assert tokens("ги6кая").stems == tokens("гибкая").stems


@pytest.mark.parametrize(("typed", "meant"), [("СтЗсп", "Ст3сп"), ("Зх4ок", "3х4ок")])
def test_a_letter_typed_for_a_three_is_read_as_meant(typed: str, meant: str) -> None:
    assert tokens(typed) == tokens(meant)


@pytest.mark.parametrize("sized", ["утка H=250 L=600", "бур d 250 L 600", "H = 250 L = 600"])
def test_a_letter_that_names_the_next_size_is_no_unit(sized: str) -> None:
    assert tokens(sized).numbers == ("250", "600")
    assert tokens(sized).amounts == ()


def test_a_unit_before_another_number_is_still_a_unit() -> None:
    assert tokens("шампунь 500 ml 2 шт").amounts == ("0.5l",)
    assert tokens("масло 5 l").amounts == ("5l",)


def test_a_labelled_size_is_one_measure_however_written() -> None:
    assert tokens("L=600").measures == tokens("L-600").measures == tokens("l600").measures


def test_a_roman_grade_is_a_number() -> None:
    assert tokens("огнезащита II группы").numbers == tokens("огнезащита 2 группы").numbers == ("2",)
    assert tokens("кабель IV, жила").numbers == ()


def test_a_thing_is_named_by_its_first_word_not_by_its_size() -> None:
    assert head(tokens("DN20 Муфта латунная")) == head(tokens("Муфта")) != ()
    assert head(tokens("Gigant HHT1000")) == ("gigant",)
    assert head(tokens("")) == ()


def test_litres_and_kilograms_of_paint_have_the_figure_in_common() -> None:
    assert diameters(tokens("эмаль 10 л")) == diameters(tokens("эмаль 10 кг")) == ("10",)


def test_a_length_in_metres_meets_the_same_in_millimetres() -> None:
    assert diameters(tokens("уголок 1,5 м")) == ("1.5", "1500")
    assert diameters(tokens("палочки 14 см")) == ("14", "140")
    assert diameters(tokens("лист 10 мм")) == ("10",)


@given(st.text(max_size=300))
def test_any_text_has_tokens_and_terms(text: str) -> None:
    assert all(count > 0 for count in terms(Text(tokens(text))).values())


@pytest.mark.parametrize("hostile", ["1" * 1_000_000, "х" * 10_000, "(" * 100_000, "1х" * 50_000])
def test_a_hostile_text_is_cut_not_chewed(hostile: str) -> None:
    start = time.process_time()
    terms(Text(tokens(hostile)))
    assert time.process_time() - start < 5  # a hang, not a speed, is what this looks for
