"""What became of documents, in words for people.

Readers say in English why a file was not read whole, several reasons joined by semicolons; it is
stored so. The phrases here are what they say, with the values cut out again.
"""

import re
from functools import cache

from scrapers.documents import State
from service.texts import Language

STATES = {
    State.READ: "прочитан",
    State.PARTIAL: "прочитан не целиком",
    State.UNREAD: "не прочитан",
    State.ENCRYPTED: "под паролем",
    State.TOO_LARGE: "слишком большой",
    State.BOMB: "опасный архив",
    State.WRONG_TYPE: "не документ",
    State.BROKEN: "испорчен",
    State.TIMED_OUT: "не прочитан за отведённое время",
    State.CRASHED: "не удалось открыть",
    State.WAITING: "ждёт очереди",
    State.UNREACHABLE: "портал не отдал, спросим ещё",
    State.REFUSED: "портал не отдаёт",
    State.GONE: "на портале его больше нет",
    State.NOT_SAVED: "не сохранён",
}

_REASONS = (
    "%(read)s of %(all)s pages read",
    "broken pages: %(pages)s",
    "pages %(pages)s: %(why)s",
    "no text layer, and no OCR (tesseract) is installed",
    "more than %(count)s scanned pages",
    "no text on any page",
    "no page of it can be opened",
    "a PDF without pages",
    "not a readable PDF",
    "the PDF has a password",
    "the office file has a password",
    "the workbook has a password",
    "the archive has a password",
    "the file has a password",
    "no text in it, perhaps pictures",
    "no text in it",
    "the first %(count)s characters read",
    "only its beginning was read",
    "sheet %(sheet)s: the first %(rows)s rows read",
    "%(read)s of %(all)s sheets read",
    "sheet %(sheet)s is broken: %(error)s",
    "no cell with a value",
    "an empty file",
    "%(size)s bytes in one part",
    "%(size)s bytes",
    "broken %(kind)s: %(error)s",
    "no ZIP directory: %(error)s",
    "more than %(count)s files in one archive",
    "%(count)s files in one archive",
    "declares %(size)s bytes unpacked",
    "unpacks %(times)s times its size",
    "more than %(size)s bytes come out of %(packed)s",
    "files of the archive overlap",
    "a symbolic link",
    "a link or a device",
    "packed by method %(method)s, which is not read",
    "the archive breaks off in it",
    "the archive is not whole: %(error)s",
    "nested too deeply",
    "archives inside archives, more than %(depth)s deep",
    "no kind of document that is read here",
    "an old Word file, and neither antiword nor catdoc is there",
    "no converter of old Word files is installed",
    "a picture, and no OCR (tesseract) is installed",
    "no text was recognised in the picture",
    "the archive holds more than is read",
    "a %(kind)s archive, and bsdtar is not installed",
    "an archive without documents",
    "XML with entities of its own",
    "not read within %(seconds)s s",
    "more than %(seconds)s s of processor time",
    "reading it takes more than %(size)s MB of memory",
    "the reader died over it (status %(status)s)",
    "the reader failed: %(error)s",
    "the reader's answer is no document: %(error)s",
    "unpacking took more than %(seconds)s s",
    "unpacking takes too much memory: %(error)s",
    "%(program)s took more than %(seconds)s s",
    "%(program)s cannot be started: %(error)s",
    "%(program)s gave up: %(error)s",
    "more comes out than is declared",
    "no portal here may fetch it",
    "%(name)s: %(why)s",
)
"""The first that fits counts; what fits none are the words of a program."""


_LONGEST, _DEEPEST = 1000, 4


def why(reason: str, lang: Language) -> str:
    """Say in a language why a file has no text, or not all of it. What nobody has put into words
    for people (an error of a program) is left out: the file's state says it in short."""
    parts = reason[:_LONGEST].split("; ")
    return "; ".join(filter(None, (_one(part, lang, _DEEPEST) for part in parts)))


def _one(part: str, lang: Language, deepest: int) -> str:
    """Say one reason; `deepest` bounds what names in names of a hostile archive cost."""
    if not deepest:
        return ""
    for phrase, pattern in _patterns():
        found = pattern.fullmatch(part)
        if found is None:
            continue
        values = found.groupdict()
        if "why" in values:
            inner = values["why"]
            values["why"] = _one(inner, lang, deepest - 1) or lang.name("document", inner, "")
            if not values["why"]:
                return ""
        said = lang.name("document_reason", phrase)
        return said % values if values else said
    return ""


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (
            phrase,
            re.compile(re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+?)", re.escape(phrase)), re.DOTALL),
        )
        for phrase in _REASONS
    )
