"""Remembering what was found of a word: texts of buyers are the same few thousand words again.

A plain dictionary rather than `functools.lru_cache`: a hit costs half as much, and words too long
to be words, which only hostile texts hold, are not kept.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
_LONGEST = 40
"""Letters: what is longer is no word and will hardly come again."""
_MOST = 50_000


class _Remembered(dict[str, T], Generic[T]):
    """What a function returned for each word, forgotten all at once when there are too many."""

    def __init__(self, function: Callable[[str], T]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, word: str) -> T:
        value = self._function(word)
        if len(word) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[word] = value
        return value


def once_a_word(function: Callable[[str], T]) -> Callable[[str], T]:
    """Return a function of one word that works each word out once while it is remembered."""
    return _Remembered(function).__getitem__
