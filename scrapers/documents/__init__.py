"""Attached documents: bytes in, text and tables out. Pure: no network, clock, database, process.

    read = read_document(body, Limits())      # a `Read`: state, pages, members of an archive
    items = items_of(read)                    # lines of a bill or specification, with their page

Every file is hostile: recognised by its content, never by its name, and read inside `Limits`.
Libraries written in C read some of them, so the service does it in a child process.
"""

from scrapers.documents.items import Found, items_of
from scrapers.documents.limits import Limits
from scrapers.documents.reading import Tools, read_document
from scrapers.documents.records import Kind, Page, Read, State, Table

__all__ = [
    "Found",
    "Kind",
    "Limits",
    "Page",
    "Read",
    "State",
    "Table",
    "Tools",
    "items_of",
    "read_document",
]
