"""Plans and contracts in goszakup's GraphQL: queries, filters, rows. See kz_goszakup_api."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from scrapers.portal import Query, Setting
from scrapers.portals.kz_goszakup_json import (
    Fields,
    contract_notice,
    local,
    plan_notice,
    snake,
    unit_item,
)
from scrapers.records import Depth, Notice, Related, Relation

PLANS = """query($filter: PlansFiltersInput, $limit: Int, $after: Int) {
 Plans(filter: $filter, limit: $limit, after: $after) {
  id rootrecordId subjectBiin subjectNameRu nameRu refEnstruCode descRu extraDescRu
  refUnitsCode count price amount refMonthsId plnPointYear supplyDateRu planActNumber
  dateApproved dateCreate timestamp isActive isDeleted
  RefEnstru { nameRu } RefUnits { nameRu code } RefTradeMethods { nameRu }
  RefPlnPointStatus { nameRu }
  PlansKato { refKatoCode fullDeliveryPlaceNameRu count } }
}"""
CONTRACTS = """query($filter: ContractFiltersInput, $limit: Int, $after: Int) {
 Contract(filter: $filter, limit: $limit, after: $after) {
  id rootId trdBuyId trdBuyNumberAnno trdBuyNameRu descriptionRu deleted crdate lastUpdateDate
  supplierBiin supplierLegalAddress contractNumber contractNumberSys customerBin refCurrencyCode
  contractSum contractSumWnds signDate ecEndDate planExecDate refContractStatusId
  RefContractStatus { nameRu } FaktTradeMethods { nameRu }
  Supplier { bin nameRu fullNameRu email phone website } Customer { nameRu }
  ContractUnits { id lotId plnPointId itemPrice itemPriceWnds quantity totalSum totalSumWnds
   deleted } }
}"""
QUERIES = {"Plans": PLANS, "Contract": CONTRACTS}
"""By root field of the schema."""


def filters(root: str, query: Query, since: datetime) -> list[dict[str, object]]:
    """The filters to ask a root field with.

    Plans by the codes of the settings, this year and the next (a code is the only filter by goods
    the API has); contracts by when they were last changed.
    """
    if root == "Contract":
        return [{"lastUpdateDate": [local(since), local(query.now)]}]
    years = [query.now.year, query.now.year + 1]
    codes = _listed(query.settings, "enstru")
    return [{"refEnstruCode": code, "plnPointYear": year} for code in codes for year in years]


def roots(settings: Mapping[str, Setting]) -> list[str]:
    """The root fields to read besides Lots."""
    wanted = _listed(settings, "read")
    return [
        root for name, root in (("plans", "Plans"), ("contracts", "Contract")) if name in wanted
    ]


def _listed(settings: Mapping[str, Setting], name: str) -> list[str]:
    value = settings.get(name, [])
    return [str(part) for part in value] if isinstance(value, list) else [str(value)]


def notice(root: str, row: Mapping[str, object], portal: str, url: str) -> Notice:
    """One row as a notice. Raises LayoutChanged."""
    renamed = snake(row)
    fields = Fields(renamed if isinstance(renamed, dict) else {}, portal, url)
    return plan_notice(fields) if root == "Plans" else _contract(fields)


def _contract(fields: Fields) -> Notice:
    """A contract with its lines, which GraphQL gives at once."""
    found = contract_notice(fields)
    rows = [row for row in fields.parts("contract_units") if not row.flag("deleted")]
    points = [one for row in rows if (one := row.text("pln_point_id")).isdecimal()]
    related = (*found.related, *(Related(Relation.PLAN, point) for point in points))
    items = tuple(map(unit_item, rows))
    return replace(
        found,
        contracts=tuple(replace(one, items=items) for one in found.contracts),
        related=tuple(dict.fromkeys(related)),
        depth=Depth.DETAIL,
    )
