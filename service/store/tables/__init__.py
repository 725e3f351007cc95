"""Every table, by topic. Models and migrations are kept equal by a test.

Keys are Integer, money BigInteger minor units with currency and VAT flag, times UTC, decimals
exact text (SQLite keeps a Decimal as a float), enumerations text with a CHECK. A row's `record` is
the whole value as canonical JSON; the columns beside it exist to be searched, joined and sorted.
"""

from service.store.tables.awards import AwardRow, ContractRow, PurchaseLinkRow
from service.store.tables.cards import LeadCardRow, NoticeSearchRow
from service.store.tables.catalogue import PlantRow, ProductRow
from service.store.tables.desk import (
    ApiTokenRow,
    JournalRow,
    LeadNoteRow,
    LeadResultRow,
    LoginLinkRow,
    SavedSearchRow,
    SignInAttemptRow,
    TaskRow,
    WebSessionRow,
)
from service.store.tables.documents import DocumentCheckRow, DocumentRow, DocumentTextRow
from service.store.tables.leads import LeadRow, MatchedProductRow, MatchingRow, MatchRow
from service.store.tables.naming import METADATA
from service.store.tables.notices import ChangeRow, ItemRow, LotRow, NoticeRow
from service.store.tables.outbox import DeliveryRow, DigestItemRow
from service.store.tables.people import PersonRow
from service.store.tables.purchases import (
    PortalDayRow,
    RateRow,
    SameNoticeRow,
    WaitingRow,
)
from service.store.tables.runs import CursorRow, RunRow

__all__ = [
    "METADATA",
    "ApiTokenRow",
    "AwardRow",
    "ChangeRow",
    "ContractRow",
    "CursorRow",
    "DeliveryRow",
    "DigestItemRow",
    "DocumentCheckRow",
    "DocumentRow",
    "DocumentTextRow",
    "ItemRow",
    "JournalRow",
    "LeadCardRow",
    "LeadNoteRow",
    "LeadResultRow",
    "LeadRow",
    "LoginLinkRow",
    "LotRow",
    "MatchRow",
    "MatchedProductRow",
    "MatchingRow",
    "NoticeRow",
    "NoticeSearchRow",
    "PersonRow",
    "PlantRow",
    "PortalDayRow",
    "ProductRow",
    "PurchaseLinkRow",
    "RateRow",
    "RunRow",
    "SameNoticeRow",
    "SavedSearchRow",
    "SignInAttemptRow",
    "TaskRow",
    "WaitingRow",
    "WebSessionRow",
]
