"""The words of mails and pages: gettext catalogues, compiled in memory at load.

English phrases are the message ids, so `en.po` holds only names looked up by key (units,
attributes, faults). `ru.po` is what mails and pages share; `ru.web.po` and the like add the phrases
of one part. A new `xx.po` beside this file is a new language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Protocol, runtime_checkable

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

FOLDER = Path(__file__).parent
LANGUAGES = tuple(sorted(path.stem for path in FOLDER.glob("??.po")))


@runtime_checkable
class Spoken(Protocol):
    """A sentence with its values apart: a fault of a catalogue, an InputError. A value may be one
    itself."""

    @property
    def phrase(self) -> str: ...
    @property
    def values(self) -> Mapping[str, object]: ...


@dataclass(frozen=True, slots=True)
class Language:
    """A language with its phrases. Placeholders are `%(name)s`."""

    code: str
    locale: Locale
    phrases: Translations

    def text(self, phrase: str, **values: object) -> str:
        """Translate a phrase and fill its placeholders."""
        return str(self.phrases.gettext(phrase)) % values

    def plural(self, one: str, many: str, n: int, **values: object) -> str:
        """Translate a counted phrase; `%(n)s` is the count."""
        return str(self.phrases.ngettext(one, many, n)) % {"n": n, **values}

    def name(self, context: str, key: str, otherwise: str | None = None) -> str:
        """Name a key (a unit, an attribute, a fault), or give `otherwise`, or the key itself."""
        found = str(self.phrases.pgettext(context, key))
        return otherwise if found == key and otherwise is not None else found

    def told(self, spoken: Spoken, context: str = "input") -> str:
        """Say a sentence whose English phrase and values come from another room."""
        phrase = self.name(context, spoken.phrase)
        values = {
            name: self.told(value, context) if isinstance(value, Spoken) else value
            for name, value in spoken.values.items()
        }
        return phrase % values if values else phrase


@cache
def language(code: str) -> Language:
    """Load a language by its code. Raises KeyError for one that has no catalogue."""
    if code not in LANGUAGES:
        raise KeyError(f"no texts for language {code!r}; there are {', '.join(LANGUAGES)}")
    phrases = _compiled(FOLDER / f"{code}.po", code)
    for part in sorted(FOLDER.glob(f"{code}.*.po")):
        phrases.merge(_compiled(part, code))
    return Language(code, Locale.parse(code), phrases)


def _compiled(path: Path, code: str) -> Translations:
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=code, abort_invalid=True))
    compiled.seek(0)
    return Translations(compiled)
