"""Portals by name. Adding one is a file beside this, a fixture folder and a line here."""

from collections.abc import Mapping

from scrapers.portal import Portal
from scrapers.portals import (
    az_etender,
    eu_ted,
    kz_ets_tender,
    kz_goszakup,
    kz_goszakup_api,
    kz_goszakup_ows,
    kz_mitwork,
    kz_national_bank,
    kz_samruk,
    md_mtender,
    ocds,
    ru_eis,
    sample,
    ua_prozorro,
    uz_etender,
    uz_xt_xarid,
    worldbank,
)

_ALL: tuple[Portal, ...] = (
    az_etender.PORTAL,
    eu_ted.PORTAL,
    kz_ets_tender.PORTAL,
    kz_goszakup.PORTAL,
    kz_goszakup_api.PORTAL,
    kz_goszakup_ows.PORTAL,
    kz_mitwork.PORTAL,
    kz_national_bank.PORTAL,
    kz_samruk.PORTAL,
    md_mtender.PORTAL,
    ocds.PORTAL,
    ru_eis.PORTAL,
    sample.PORTAL,
    ua_prozorro.PORTAL,
    uz_etender.PORTAL,
    uz_xt_xarid.PORTAL,
    worldbank.PORTAL,
)

PORTALS: Mapping[str, Portal] = {portal.name: portal for portal in _ALL}
