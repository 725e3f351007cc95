"""Names of what lists are narrowed by, in the reader's language."""

from catalog.family import load_families
from catalog.records import FamilyName
from matcher.records import NeedKind, Verdict
from scrapers.portals import PORTALS
from scrapers.records import Phase
from service.desk.choices import Choices
from service.desk.entering import PORTAL as ENTERED
from service.desk.regions import region_names
from service.digest.cleaning import cut
from service.digest.reasons import verdict_words
from service.store.tables.naming import LeadState
from service.texts import Language

Options = list[tuple[str, str]]


def family_name(family: str, lang: Language) -> str:
    """Name a family; one that is no longer known is its own key."""
    known = load_families().get(FamilyName(family))
    return known.titles.get(lang.code) or known.titles["ru"] if known else family


def every_family(lang: Language) -> Options:
    """Give every family there is: its key and name."""
    return _sorted([(each, family_name(each, lang)) for each in load_families()])


def country_name(code: str, lang: Language) -> str:
    """Name a country by its ISO code."""
    return str(lang.locale.territories.get(code.upper(), code))


def portal_name(name: str, lang: Language) -> str:
    """Name a portal, and what people entered themselves."""
    if name == ENTERED:
        return lang.text("entered by hand")
    portal = PORTALS.get(name)
    return cut(portal.title if portal else name, 60)


def options(found: Choices, lang: Language) -> dict[str, Options]:
    """Give what each filter offers: value and name."""
    regions = region_names(lang.code)
    return {
        "verdict": [
            (each.value, verdict_words(each, lang)) for each in (Verdict.CAN, Verdict.CHECK)
        ],
        "plant": [(code, cut(name, 80)) for code, name in found.plants],
        "family": _sorted([(each, family_name(each, lang)) for each in found.families]),
        "kind": [(each.value, lang.name("kind", each.value)) for each in NeedKind],
        "phase": [(each.value, lang.name("phase", each.value)) for each in Phase],
        "country": _sorted([(each, country_name(each, lang)) for each in found.countries]),
        "region": _sorted([(each, regions.get(each, each)) for each in found.regions]),
        "portal": _sorted([(each, portal_name(each, lang)) for each in found.portals]),
        "state": [(each.value, lang.name("state", each.value)) for each in LeadState],
    }


def _sorted(pairs: Options) -> Options:
    return sorted(pairs, key=lambda pair: pair[1])
