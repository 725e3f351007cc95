"""The inside of a trade of etender.uzex.uz: description, products, files."""

from urllib.parse import quote

from scrapers.parsing.objects import Fields
from scrapers.portals.uz_terms import codes_of
from scrapers.records import Code, Document, Item, Unit, Vat

_FILES = "https://xarid.uzex.uz/x-cloud?file_path="
# OCDS documentType
_SLOTS = {
    "tech_file": "technicalSpecifications",
    "tech_doc_file": "technicalSpecifications",
    "add_file": None,
    "contract_proform_file": "contractDraft",
    "expertise_file": None,
    "prolong_file": None,
    "protocol_file": None,
}


def description(row: Fields) -> str:
    """The two descriptions, each once."""
    texts = [row.text("technical_description"), row.text("addon_description")]
    return "\n".join(dict.fromkeys(filter(None, texts)))


def items(row: Fields, title: str, currency: str) -> tuple[Item, ...]:
    """The products, which are JSON in a text."""
    return tuple(_item(part, title, currency) for part in row.embedded("budget_products"))


def _item(row: Fields, title: str, currency: str) -> Item:
    name, described = row.text("Product_Name"), row.text("Description")
    return Item(
        id=row.ident("Id"),
        title=name or described or title,
        description="\n".join([described] * bool(name) + _properties(row)).strip(),
        quantity=row.number("Quantity") or None,  # 0 is "not stated"
        unit=_unit(row),
        unit_price=row.money("Price", currency, Vat.UNKNOWN) if currency else None,
        value=row.money("Cost", currency, Vat.UNKNOWN) if currency else None,
        codes=_codes(row, name),
    )


def _codes(row: Fields, name: str) -> tuple[Code, ...]:
    written = row.text("Product_Code")
    if not written:
        return ()
    try:
        return codes_of(written, name or None)
    except ValueError as error:
        raise row.changed(str(error), "Product_Code") from error


def _is_unit(part: Fields) -> bool:
    return "измерения" in part.text("Property_Name").lower()


def _unit(row: Fields) -> Unit | None:
    words = [part.text("User_Value") for part in row.parts("Js_Properties") if _is_unit(part)]
    return Unit(words[0]) if words and words[0] else None


def _properties(row: Fields) -> list[str]:
    """One line for each property but the unit."""
    pairs = [
        (part.text("Property_Name"), part.text("User_Value"))
        for part in row.parts("Js_Properties")
        if not _is_unit(part)
    ]
    return [f"{name}: {value}" for name, value in pairs if name and value]


def documents(row: Fields) -> tuple[Document, ...]:
    """The files of the slots, and the forms that criteria and qualifications ask for."""
    found: dict[str, Document] = {}
    for slot, kind in _SLOTS.items():
        path = row.text(f"{slot}_path")
        if path:
            found.setdefault(path, _document(path, row.text(f"{slot}_name"), kind))
    for part in row.embedded("fields"):
        path = part.text("Form_File_Path")
        if path:
            title = part.text("Form_Name") or part.text("Label")
            found.setdefault(path, _document(path, title, None))
    for part in row.embedded("qualification_fields"):
        path = part.text("File_Path")
        if path:
            found.setdefault(path, _document(path, part.text("Name"), None))
    return tuple(found.values())


def _document(path: str, title: str, kind: str | None) -> Document:
    return Document(title or path.rpartition("/")[2] or path, _FILES + quote(path, safe=""), kind)
