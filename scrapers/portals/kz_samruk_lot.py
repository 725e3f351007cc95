"""A lot of zakup.sk.kz to a Lot with its one item, and the files beside it."""

import re
from typing import Literal

from scrapers.parsing.objects import Fields
from scrapers.records import Code, Document, Item, Lot, Place, Text, Vat

_FILES = "https://zakup.sk.kz/eprocfilestorage/open-api/files/download/"
# OCDS documentType
_KINDS = {
    "TENDER_DOCUMENTATION_ATTACHMENT": "biddingDocuments",
    "ELECTRONIC_CONTRACT_PROJECT_ATTACHMENT": "contractDraft",
    "ADVERT_ANNOUNCEMENT": "tenderNotice",
    "LOT_TECHNICAL_SPECIFICATION": "technicalSpecifications",
}
_CATEGORIES: dict[str, Literal["goods", "works", "services"]] = {
    "GOODS": "goods",
    "WORKS": "works",
    "SERVICE": "services",
    "SERVICES": "services",
}


def lot(row: Fields) -> Lot:
    """Read a lot. Raises `LayoutChanged` for one without a name or with a code that is none."""
    russian, kazakh = row.text("nameRu"), row.text("nameKk")
    if not (russian or kazakh):
        raise row.changed("a lot without a name", "nameRu")
    value = row.money("sumTruNoNds", "KZT", Vat.EXCLUDED)
    subject = row.part("truHistory")
    official, in_kazakh = subject.text("ru"), subject.text("kk")
    item = Item(
        id="1",
        title=official or russian or kazakh,
        description=_description(row, subject, official),
        quantity=row.number("count") or None,  # nobody buys nothing: 0 is "not stated"
        unit_price=row.money("price", "KZT", Vat.EXCLUDED),
        value=value,
        codes=_codes(subject, official),
        places=_places(row),
        translations=(Text("kk", in_kazakh),) if in_kazakh else (),
    )
    return Lot(
        id=row.ident("id"),
        title=russian or kazakh,
        number=row.text("number") or None,
        status=row.text("lotStatus") or None,
        value=value,
        items=(item,),
        delivery=_delivery(row),
        documents=documents(row, "lotDocuments"),
        translations=(Text("kk", kazakh),) if russian and kazakh else (),
    )


def category(row: Fields) -> Literal["goods", "works", "services"] | None:
    """What a lot asks for, None for a word never met."""
    return _CATEGORIES.get(row.text("tenderSubjectType"))


def documents(row: Fields, name: str) -> tuple[Document, ...]:
    """The files under the key `name`, each once."""
    found: dict[str, Document] = {}
    for part in row.parts(name):
        uid = part.text("fileUid")
        if not re.fullmatch(r"[\w-]{8,100}", uid, re.ASCII):
            raise part.changed(f"{uid[:40]!r} where a file's id was due", "fileUid")
        kind = _KINDS.get(part.text("documentCategory"))
        found.setdefault(uid, Document(part.text("fileName") or uid, _FILES + uid, kind))
    return tuple(found.values())


def _description(row: Fields, subject: Fields, official: str) -> str:
    """The short name, the buyer's own words, and one line for each attribute."""
    lines = [subject.text("briefRu"), row.text("briefDescriptionRu")]
    for one in row.parts("goodsAttributeList"):
        pair = [one.part("attribute").text("ru"), one.text("nameRu")]
        lines.append(": ".join(part for part in pair if part))
    lines.append(row.text("addAttributeRu"))
    return "\n".join(line for line in dict.fromkeys(lines) if line and line != official)


def _delivery(row: Fields) -> str | None:
    """Days after signing, of the kind the buyer chose, and the Incoterms rule."""
    schedule = row.part("schedule")
    days, kind = schedule.number("count"), schedule.part("dayType").text("ru")
    words = [f"{days:f} дней ({kind.lower()})" if days and kind else "", row.text("incoterms")]
    return "; ".join(filter(None, words)) or None


def _codes(subject: Fields, official: str) -> tuple[Code, ...]:
    code = subject.text("code")
    if not code:
        return ()
    if not re.fullmatch(r"\d{6}\.\d{3}\.\d{6}", code, re.ASCII):
        raise subject.changed(f"{code[:40]!r} is no ENS TRU code", "code")
    return (Code("KZ-ENSTRU", code, official or None),)


def _places(row: Fields) -> tuple[Place, ...]:
    words, kato = row.text("deliveryLocationRu"), row.part("deliveryKato")
    code, country = kato.text("code"), row.part("deliveryCountry").text("code")
    known = Code("KZ-KATO", code) if re.fullmatch(r"\d{9}", code, re.ASCII) else None
    if not words and known is None:
        return ()
    nation = country if re.fullmatch("[A-Z]{2}", country) else None
    return (Place(nation, words or kato.text("ru"), known),)
