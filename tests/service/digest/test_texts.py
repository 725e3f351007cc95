"""Every phrase has its translation, with the same placeholders, in every language."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

import scrapers.errors
from matcher.wording import SENTENCES, TITLES
from scrapers.records import Phase
from service.texts import FOLDER, LANGUAGES, language
from service.web.rendering import PAGES

ROOT = FOLDER.parent
Key = str | tuple[str, str]


def called(path: Path) -> set[Key]:
    """Phrases given to `.text(...)` and `.plural(...)` in a file of Python."""
    found: set[Key] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            values = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            words = [value for value in values if isinstance(value, str)]
            if node.func.attr == "text" and words:
                found.add(words[0])
            elif node.func.attr == "plural" and len(words) == 2:
                found.add((words[0], words[1]))
    return found


def in_template(path: Path) -> set[Key]:
    """Phrases given to `t(...)`, `_(...)` and `_n(...)` in a template."""
    keywords = {"t": None, "_": None, "_n": (1, 2)}
    rows = extract_from_file("jinja2.ext:babel_extract", path, keywords=keywords)
    return {
        message if isinstance(message, str) else (str(message[0]), str(message[1]))
        for _line, message, _comments, _context in rows
    }


def phrases() -> set[Key]:
    found: set[Key] = set()
    for room in ("digest", "outbox", "desk", "web"):
        for path in (ROOT / room).rglob("*.py"):
            found |= called(path)
        for path in (ROOT / room / "templates").glob("*.*"):
            found |= in_template(path) if path.suffix in {".html", ".txt"} else set()
    return found | {phrase for _address, phrase, _whom in PAGES}


def catalogue(code: str) -> Catalog:
    """The phrases of a language, of every part."""
    with (FOLDER / f"{code}.po").open("rb") as file:
        whole = read_po(file, locale=code, abort_invalid=True)
    for path in FOLDER.glob(f"{code}.*.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale=code, abort_invalid=True):
                if message.id:
                    assert whole.get(message.id, message.context) is None, f"{path}: {message.id}"
                    whole[message.id] = message
    return whole


def entries(code: str) -> list[Message]:
    return [message for message in catalogue(code) if message.id]


def id_of(message: Message) -> Key:
    return message.id if isinstance(message.id, str) else (message.id[0], message.id[1])


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def test_the_languages_of_the_country_are_there() -> None:
    assert set(LANGUAGES) == {"en", "kk", "ru"}


@pytest.mark.parametrize("code", ["ru", "kk"])
def test_every_phrase_is_translated(code: str) -> None:
    known = {id_of(m) for m in entries(code) if not m.context and all(forms(m))}
    assert phrases() - known == set()


@pytest.mark.parametrize("code", ["ru", "kk"])
def test_no_translation_is_left_of_a_phrase_that_is_gone(code: str) -> None:
    assert {id_of(m) for m in entries(code) if not m.context} - phrases() == set()


@pytest.mark.parametrize("code", LANGUAGES)
def test_placeholders_agree(code: str) -> None:
    placeholder = re.compile(r"%\((\w+)\)[sd]|%%")
    wrong = []
    for message in entries(code):
        key = id_of(message)
        known = set(placeholder.findall(key if isinstance(key, str) else " ".join(key)))
        if message.context == "reason":
            known = {"title", "asked", "offered"}
        for form in forms(message):
            found = set(placeholder.findall(form))
            stray = "%" in placeholder.sub("", form) and (known or message.context == "reason")
            if stray or found - known or (not message.context and found != known):
                wrong.append((message.id, form))
    assert wrong == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_translation_is_empty_or_marked_doubtful(code: str) -> None:
    assert [m.id for m in entries(code) if m.fuzzy or not all(forms(m))] == []


@pytest.mark.parametrize("code", ["ru", "kk"])
def test_every_plural_form_is_given(code: str) -> None:
    counted = [m for m in entries(code) if m.pluralizable]
    assert counted
    assert {len(forms(m)) for m in counted} == {catalogue(code).num_plurals}


def keys(code: str, context: str) -> set[str]:
    return {str(m.id) for m in entries(code) if m.context == context}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_way_of_failing_to_read_a_portal_has_plain_words(code: str) -> None:
    names = {
        name
        for name, thing in vars(scrapers.errors).items()
        if isinstance(thing, type) and issubclass(thing, Exception)
    }
    assert names - keys(code, "fault") == set()


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_phase_and_attribute_has_a_name(code: str) -> None:
    assert {phase.value for phase in Phase} - keys(code, "phase") == set()
    assert TITLES.keys() - keys(code, "attribute") == set()


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_attribute_and_unit_of_a_family_has_a_name(code: str) -> None:
    files = sorted((ROOT.parent / "catalog" / "families").glob("*.toml"))
    families = [tomllib.loads(path.read_text(encoding="utf-8")) for path in files]
    assert families
    attributes = {key for family in families for key in family.get("attributes", {})}
    assert attributes - keys(code, "attribute") == set()
    assert {family["unit"] for family in families} - keys(code, "unit") == set()


@pytest.mark.parametrize("code", ["en", "kk"])
def test_every_reason_of_the_matcher_can_be_said(code: str) -> None:
    assert SENTENCES.keys() - keys(code, "reason") == set()


@pytest.mark.parametrize(
    "context", ["unit", "zone", "phase", "fault", "attribute", "word", "unstated"]
)
def test_the_languages_name_the_same_things(context: str) -> None:
    assert keys("ru", context) == keys("kk", context) == keys("en", context)


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (1, "остался 1 рабочий день"),
        (2, "осталось 2 рабочих дня"),
        (5, "осталось 5 рабочих дней"),
        (11, "осталось 11 рабочих дней"),
        (21, "остался 21 рабочий день"),
    ],
)
def test_russian_counts_as_russians_do(n: int, words: str) -> None:
    one, many = "%(n)d working day left", "%(n)d working days left"
    assert language("ru").plural(one, many, n) == words


def test_kazakh_and_english_count_as_they_do() -> None:
    one, many = "%(n)d working day left", "%(n)d working days left"
    assert [language("kk").plural(one, many, n) for n in (1, 5)] == [
        "1 жұмыс күні қалды",
        "5 жұмыс күні қалды",
    ]
    assert [language("en").plural(one, many, n) for n in (1, 5)] == [
        "1 working day left",
        "5 working days left",
    ]


def test_an_unknown_language_is_a_named_error() -> None:
    with pytest.raises(KeyError, match="no texts for language 'xx'"):
        language("xx")


def test_a_key_nobody_named_is_shown_as_it_is() -> None:
    assert language("ru").name("unit", "furlong") == "furlong"
    assert language("ru").name("fault", "Odd", otherwise="сбой") == "сбой"
