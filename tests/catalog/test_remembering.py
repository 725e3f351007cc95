"""What is remembered of a word is what the function says of it, and no endless text is kept."""

from collections.abc import Callable

from catalog.remembering import once_a_word


def counted_lengths() -> tuple[list[str], Callable[[str], int]]:
    """Return the words that were worked out so far, and the remembered length of a word."""
    asked: list[str] = []

    def length(word: str) -> int:
        asked.append(word)
        return len(word)

    return asked, once_a_word(length)


def test_a_word_is_worked_out_once() -> None:
    asked, length = counted_lengths()
    assert [length("труба"), length("труба"), length("лист")] == [5, 5, 4]
    assert asked == ["труба", "лист"]


def test_what_is_too_long_for_a_word_is_not_kept() -> None:
    asked, length = counted_lengths()
    assert [length("1" * 1_000), length("1" * 1_000)] == [1_000, 1_000]
    assert len(asked) == 2
