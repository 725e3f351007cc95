"""Reading one file, whatever it is: by its content to its reader, an archive member by member."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from scrapers.documents.archives import Member, members
from scrapers.documents.docx import read_docx
from scrapers.documents.kinds import is_locked_office, recognise
from scrapers.documents.limits import Limits
from scrapers.documents.pdf import Ocr, clean, read_pdf
from scrapers.documents.plain import read_html, read_lines, read_rtf, read_text
from scrapers.documents.records import WITH_TEXT, Kind, Page, Read, State, Unreadable


@dataclass(frozen=True, slots=True)
class Tools:
    """What reading borrows from outside: programs that may or may not be installed.

    All raise `Unreadable`. `doc_text` turns an old Word file into text; `unpack` gives the files
    of a RAR or 7z archive within the limits.
    """

    ocr: Ocr | None = None
    doc_text: Callable[[bytes], str] | None = None
    unpack: Callable[[bytes, Limits], Iterable[Member]] | None = None


def read_document(body: bytes, limits: Limits, tools: Tools | None = None) -> Read:
    """Read a file. Never raises for what is in it: the state says what is wrong.

    MemoryError is the caller's, who knows how much there was.
    """
    return _read(body, limits, tools or Tools(), limits.depth)


def _read(body: bytes, limits: Limits, tools: Tools, depth: int) -> Read:
    if not body:
        return Read(State.BROKEN, reason="an empty file")
    if len(body) > limits.packed:
        return Read(State.TOO_LARGE, reason=f"{len(body)} bytes")
    kind = recognise(body)
    try:
        return _by_kind(kind, body, limits, tools, depth)
    except Unreadable as problem:
        return Read(problem.state, kind, problem.reason)
    except RecursionError:
        return Read(State.BOMB, kind, "nested too deeply")


def _by_kind(kind: Kind, body: bytes, limits: Limits, tools: Tools, depth: int) -> Read:
    match kind:
        case Kind.PDF:
            return read_pdf(body, limits, tools.ocr)
        case Kind.DOCX:
            return read_docx(body, limits)
        case Kind.XLSX:
            # openpyxl is two thirds of a child's start, and most children meet no workbook.
            from scrapers.documents.xlsx import read_xlsx  # noqa: PLC0415 - see above

            return read_xlsx(body, limits)
        case Kind.XLS:
            from scrapers.documents.xls import read_xls  # noqa: PLC0415 - as above

            return read_xls(body, limits)
        case Kind.RTF:
            return read_rtf(body, limits)
        case Kind.HTML:
            return read_html(body, limits)
        case Kind.TEXT:
            return read_text(body, limits)
        case Kind.DOC:
            return _doc(body, limits, tools)
        case Kind.IMAGE:
            return _image(body, limits, tools)
        case Kind.ZIP | Kind.RAR | Kind.SEVEN_ZIP:
            return _archive(kind, body, limits, tools, depth)
    raise Unreadable(State.WRONG_TYPE, "no kind of document that is read here")


def _doc(body: bytes, limits: Limits, tools: Tools) -> Read:
    if is_locked_office(body):
        raise Unreadable(State.ENCRYPTED, "the office file has a password")
    if tools.doc_text is None:
        raise Unreadable(State.UNREAD, "an old Word file, and neither antiword nor catdoc is there")
    return read_lines(tools.doc_text(body), Kind.DOC, limits)


def _image(body: bytes, limits: Limits, tools: Tools) -> Read:
    if tools.ocr is None:
        raise Unreadable(State.UNREAD, "a picture, and no OCR (tesseract) is installed")
    text = clean(tools.ocr(body))[: limits.page_characters]
    if not text.strip():
        raise Unreadable(State.UNREAD, "no text was recognised in the picture")
    return Read(State.READ, Kind.IMAGE, "", (Page(1, text),), 1)


def _archive(kind: Kind, body: bytes, limits: Limits, tools: Tools, depth: int) -> Read:
    """Read every member, the text of all together within the limits of one document."""
    if depth <= 0:
        raise Unreadable(State.BOMB, f"archives inside archives, more than {limits.depth} deep")
    found: list[Read] = []
    left = limits
    for member in _members(kind, body, limits, tools):
        if member.problem is not None:
            problem = member.problem
            found.append(Read(problem.state, reason=problem.reason, name=member.name))
        elif left.characters <= 0 or left.pages <= 0:
            said = "the archive holds more than is read"
            found.append(Read(State.TOO_LARGE, reason=said, name=member.name))
        elif not member.name.lower().endswith((".p7s", ".sig", ".cms")):  # signatures
            read = replace(_read(member.body, left, tools, depth - 1), name=member.name)
            left = _less(left, member.body, read)
            found.append(read)
    return _summed(kind, found)


def _members(kind: Kind, body: bytes, limits: Limits, tools: Tools) -> Iterable[Member]:
    if kind is Kind.ZIP:
        return members(body, limits)
    if tools.unpack is None:
        said = f"a {kind.value} archive, and bsdtar is not installed"
        raise Unreadable(State.UNREAD, said)
    return tools.unpack(body, limits)


def _less(limits: Limits, body: bytes, read: Read) -> Limits:
    pages = [page for one in read.walk() for page in one.pages]
    return replace(
        limits,
        unpacked=max(limits.unpacked - len(body), 0),
        characters=limits.characters - sum(len(page.text) for page in pages),
        pages=limits.pages - len(pages),
    )


def _summed(kind: Kind, found: list[Read]) -> Read:
    """The state of an archive: read when all in it is, partial when some is, else the worst."""
    if not found:
        return Read(State.UNREAD, kind, "an archive without documents")
    bombs = [one for one in found if one.state is State.BOMB]
    if bombs:
        return Read(State.BOMB, kind, f"{bombs[0].name}: {bombs[0].reason}")
    unread = [one for one in found if one.state is not State.READ]
    reason = "; ".join(f"{one.name}: {one.reason or one.state.value}" for one in unread[:5])
    if not unread:
        state = State.READ
    elif any(one.state in WITH_TEXT for one in found):
        state = State.PARTIAL
    else:
        state = unread[0].state
    return Read(state, kind, reason, (), 0, tuple(found))
