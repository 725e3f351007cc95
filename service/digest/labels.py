"""Mark what is made up once a card: a label the card already bears is taken off its other lines."""

import re
from functools import cache

from service.texts import LANGUAGES, language


@cache
def _label() -> re.Pattern[str]:
    """Find the word for a sample, in any of our languages, at the head of a text."""
    words = "|".join(re.escape(language(code).text("SAMPLE")) for code in LANGUAGES)
    return re.compile(rf"\s*(?:{words})\b[:.]?\s*", re.IGNORECASE)


def labelled(text: str) -> bool:
    """Tell whether a text says of itself that it is a sample."""
    return _label().match(text) is not None


def unlabelled(text: str) -> str:
    """Take the label off a text, unless nothing else would be left."""
    return _label().sub("", text, count=1) or text if labelled(text) else text
