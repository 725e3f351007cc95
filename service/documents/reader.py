"""The reader as configured, and its version: what it could not read is tried again with another."""

import hashlib
from dataclasses import replace
from functools import cache
from pathlib import Path

import scrapers.documents
from scrapers.documents import Limits
from service.config import Documents
from service.documents.child import ChildSettings
from service.documents.pool import DocumentReaders
from service.documents.programs import Programs, installed


def document_readers(settings: Documents, *, tables: bool = False) -> DocumentReaders:
    """Give readers with the limits of the settings and the programs of this machine."""
    programs = installed()
    if not settings.ocr:
        programs = replace(programs, tesseract=None, languages="")
    child = ChildSettings(
        memory=settings.memory_mb << 20,
        cpu_seconds=settings.cpu_seconds,
        limits=Limits(pages=settings.pages),
        programs=programs,
        tables=tables,
    )
    readers = DocumentReaders(child, wall_seconds=settings.seconds)
    if settings.readers:
        readers.count = settings.readers
    return readers


def reader_version(programs: Programs) -> str:
    """Name the reader's code and the programs it has."""
    return f"{_code()} {programs.name}".strip()


@cache
def _code() -> str:
    digest = hashlib.sha256()
    folder = Path(scrapers.documents.__file__ or "").parent
    for path in sorted(folder.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
