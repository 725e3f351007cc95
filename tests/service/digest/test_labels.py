"""A sample is marked on every card, and not four times on one."""

import pytest

from service.digest.composing import compose
from service.digest.labels import labelled, unlabelled
from service.digest.records import LeadLine
from service.digest.rendering import render
from tests.service.digest.samples import DAY, NOW, PLANT, lead


def card(line: LeadLine) -> str:
    """The text part from the first lead on."""
    text = render(compose(PLANT, DAY, [line], {}, start=None, end=NOW)).text
    return text.partition("\n1. ")[2].partition("\n--\n")[0]


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Образец: Водоканал", "Водоканал"),
        ("ОБРАЗЕЦ. Труба", "Труба"),
        ("ҮЛГІ. Құбыр", "Құбыр"),
        ("SAMPLE. Pipe", "Pipe"),
        ("Образец", "Образец"),
        ("Образцовая ферма", "Образцовая ферма"),
        ("Sampler of water", "Sampler of water"),
        ("", ""),
    ],
)
def test_a_label_is_taken_off_and_a_like_word_is_not(text: str, rest: str) -> None:
    assert unlabelled(text) == rest


def test_a_card_of_a_sample_bears_its_badge_once() -> None:
    made_up = lead(sample=True, buyer="Образец: Водоканал", portal="Образец (вымышленные закупки)")
    shown = card(made_up)
    assert shown.startswith("[ОБРАЗЕЦ] Труба")
    assert shown.casefold().count("образец") == 1
    assert "\n   Водоканал\n" in shown
    assert "\n   № 10001-1\n" in shown


def test_the_portal_of_a_true_purchase_for_a_made_up_plant_is_named() -> None:
    assert "Портал-образец № 10001-1" in card(lead(sample=True))


def test_names_of_true_purchases_are_left_as_they_are() -> None:
    assert "\n   Образец: музей\n" in card(lead(buyer="Образец: музей"))
    assert labelled("Образец: музей")
