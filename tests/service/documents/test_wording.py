"""Why a file was not read is said in the reader's language, whatever the reader of files said."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import scrapers.documents
import service.documents
from scrapers.documents import Limits, read_document
from service.documents.wording import why
from service.texts import language
from tests.scrapers.documents import making

RUSSIAN = language("ru")
SAYERS = {"Unreadable", "_ended", "append"}


def said_in(path: Path) -> Iterator[str]:
    """What a module says of files it cannot read, with 7 for every value."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        found: list[ast.expr] = []
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            found += node.args[-1:] if name in SAYERS else []
            found += [each.value for each in node.keywords if each.arg == "reason"]
        elif isinstance(node, ast.Assign):
            names = {getattr(each, "id", getattr(each, "attr", "")) for each in node.targets}
            found += [node.value] if names & {"said", "reason", "why_unread"} else []
        for value in found:
            shown = value.value if isinstance(value, ast.Subscript) else value
            if isinstance(shown, ast.Constant) and isinstance(shown.value, str):
                yield shown.value
            elif isinstance(shown, ast.JoinedStr):
                yield "".join(
                    str(each.value) if isinstance(each, ast.Constant) else "7"
                    for each in shown.values
                )


@pytest.mark.parametrize("code", ["ru", "kk"])
def test_whatever_readers_of_files_say_is_said_in_the_language_of_people(code: str) -> None:
    rooms = [Path(each.__file__ or "").parent for each in (scrapers.documents, service.documents)]
    said = {each for room in rooms for path in room.rglob("*.py") for each in said_in(path)}
    reasons = {each for each in said if " " in each and not re.fullmatch(r"[\W\d]*", each)}
    assert len(reasons) > 45
    # The reason of these pages is itself one of the others.
    assert {each for each in reasons if not why(each, language(code))} == {"pages 7: 7"}
    for each in reasons:
        names = {"tesseract", "antiword", "catdoc", "bsdtar"}
        english = set(re.findall(r"\b[a-z]{3,}", why(each, language(code))))
        assert english <= names, each


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "файл пуст"),
        (making.scan_pdf(), "это скан, а распознавание текста (tesseract) не установлено"),
        (making.zipped({"a.pdf": b"", "b.pdf": b"%PDF-1.7"}), "a.pdf: файл пуст; b.pdf: этот PDF"),
    ],
)
def test_a_file_that_was_read_by_nobody_is_told_in_russian(body: bytes, told: str) -> None:
    assert told in why(read_document(body, Limits()).reason, RUSSIAN)


def test_words_of_a_program_are_left_out_and_names_cost_nothing() -> None:
    assert why("NotFound: HTTP 404 [x]; 2 of 3 pages read", RUSSIAN) == "прочитано страниц: 2 из 3"
    assert why("b.doc: encrypted", RUSSIAN) == "b.doc: закрыт паролем"
    assert why("a: " * 300_000, RUSSIAN) == ""
    english = "pages 3: no text in it"
    assert why(english, language("en")) == english
