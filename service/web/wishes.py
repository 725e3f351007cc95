"""Read what a person chose on the form of preferences."""

from dataclasses import dataclass
from datetime import datetime

from babel.dates import get_day_names
from pydantic import ValidationError
from sqlmodel import Session
from starlette.datastructures import FormData

from catalog.family import load_families
from matcher.records import NeedKind
from scrapers.portals import PORTALS
from service.desk.regions import region_names
from service.errors import InputError
from service.people.listing import Person, save_preferences
from service.people.preferences import EVERY_DAY, Preferences
from service.store.journal import record
from service.texts import LANGUAGES, Language
from service.web.naming import Options, country_name, family_name

_LISTS = ("families", "kinds", "countries", "regions", "weekdays")
_NO_COUNTRY = {"", "EU"}  # portals of several countries
_TICKS = ("weekly", "urgent", "reminders")
# What the form calls its fields. Any other choice is a tick or of a list that has no wrong value.
_LABELS = {
    "hour": "Hour of the morning mail",
    "least_quantity": "Least quantity, in the plant's unit",
    "weekdays": "Days",
    "kinds": "Kinds of demand (none ticked: all)",
    "families": "Goods",
    "countries": "Countries",
    "regions": "Regions",
}


@dataclass(frozen=True, slots=True)
class Form:
    """What the form of preferences offers."""

    families: Options
    kinds: Options
    countries: Options
    regions: Options
    weekdays: Options


def form(lang: Language, wishes: Preferences) -> Form:
    """Give what can be chosen, in a language: what was chosen before is among it."""
    countries = {portal.country for portal in PORTALS.values()} - _NO_COUNTRY
    days = get_day_names("wide", locale=lang.locale)
    return Form(
        families=sorted(
            ((name, family_name(name, lang)) for name in load_families()), key=lambda pair: pair[1]
        ),
        kinds=[(each.value, lang.name("kind", each.value)) for each in NeedKind],
        countries=sorted(
            ((code, country_name(code, lang)) for code in countries | {*wishes.countries}),
            key=lambda pair: pair[1],
        ),
        regions=list(region_names(lang.code).items()),
        weekdays=[(str(day), days[day]) for day in EVERY_DAY],
    )


def keep(
    session: Session, person: Person, data: FormData, by: str, now: datetime, lang: Language
) -> Preferences:
    """Store what a sent form chose and give it back. The journal names `by` where it is new.
    Raises InputError, in `lang`, for nonsense."""
    wishes = chosen(data, person.preferences, lang)
    save_preferences(session, person.id, wishes, now)
    if wishes != person.preferences:  # a button pressed twice is one happening
        record(session, now, by, "preferences", "person", person.id, person_id=person.id)
    return wishes


def chosen(data: FormData, before: Preferences, lang: Language) -> Preferences:
    """Read a sent form. What it does not ask stays as it was. Raises InputError for nonsense: it
    names the fields as the form in `lang` does."""
    values: dict[str, object] = before.model_dump()
    for name in _LISTS:
        values[name] = [str(each) for each in data.getlist(name)][:60]
    values.update({name: data.get(name) == "1" for name in _TICKS})
    values["silent_on_empty"] = {"1": True, "0": False}.get(str(data.get("silent", "")))
    values["hour"] = str(data.get("hour", before.hour))
    least = "".join(str(data.get("least_quantity", "")).split()).replace(",", ".")
    values["least_quantity"] = least or None
    spoken = str(data.get("language", ""))
    values["language"] = spoken if spoken in LANGUAGES else None
    try:
        return Preferences.model_validate(values)
    except ValidationError as error:
        keys = dict.fromkeys(str(each["loc"][0]) for each in error.errors())
        names = ", ".join(f"«{lang.text(_LABELS[key])}»" for key in keys)
        raise InputError(lang.text("Not understood: %(what)s.", what=names)) from error
