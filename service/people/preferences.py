"""What a person wants to be told, and when. Kept as JSON in the person's row."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from matcher.records import NeedKind
from service.config import Language

Weekday = Annotated[int, Field(ge=0, le=6)]
Word = Annotated[str, Field(min_length=1, max_length=80)]
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


class Preferences(BaseModel):
    """A person's choices. An empty list of families, kinds, countries or regions means all.

    `hour` is local, Monday is day 0. `least_quantity` counts in the plant's own unit; a lead whose
    quantity is unknown passes, because unknown is never dropped in silence. `silent_on_empty` None
    is as the role has it: officials get a sign of life on an empty day, plants silence. `language`
    None is that of the configuration; it is kept in a column of its own.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    hour: int = Field(8, ge=0, le=23)
    weekdays: tuple[Weekday, ...] = EVERY_DAY
    families: tuple[Word, ...] = ()
    kinds: tuple[NeedKind, ...] = ()
    countries: tuple[Word, ...] = ()
    regions: tuple[Word, ...] = ()
    least_quantity: Decimal | None = Field(None, ge=0, allow_inf_nan=False)
    silent_on_empty: bool | None = None
    weekly: bool = True
    urgent: bool = True
    reminders: bool = True
    language: Language | None = None


DEFAULTS = Preferences()


def dump_preferences(chosen: Preferences) -> str:
    """Give canonical JSON of what differs from the defaults; the language is not in it."""
    return chosen.model_dump_json(exclude={"language"}, exclude_defaults=True)


def load_preferences(text: str, language: str | None) -> Preferences:
    """Read what is stored. What a later version can no longer read counts as not chosen, since a
    digest with the defaults is better than none."""
    known = language if language in ("ru", "kk", "en") else None
    try:
        return Preferences.model_validate_json(text).model_copy(update={"language": known})
    except ValidationError:
        return Preferences(language=known)
