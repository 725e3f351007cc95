"""Portals by name. Adding one is a file beside this, a fixture folder and a line here."""

from collections.abc import Mapping

from scrapers.portal import Portal
from scrapers.portals import kz_goszakup, kz_mitwork, kz_national_bank

_ALL: tuple[Portal, ...] = (
    kz_goszakup.PORTAL,
    kz_mitwork.PORTAL,
    kz_national_bank.PORTAL,
)

PORTALS: Mapping[str, Portal] = {portal.name: portal for portal in _ALL}
