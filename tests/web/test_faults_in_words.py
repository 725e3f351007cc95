"""No fault that reaches a page is English on a Russian or Kazakh one."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

import catalog
import service
from catalog.reading import read_catalogue
from catalog.rows import COLUMNS
from scrapers.documents import State
from scrapers.portals import PORTALS
from service.market import not_read
from service.store.tables import DocumentRow, LeadRow, LotRow, MatchRow
from service.texts import Language, language
from tests.web.seeding import NOW, PLANT, Seeded, a_lead

SAYERS = {"said", "CatalogueError", "InputError"}
FOR_PROGRAMS = {"cli", "bench", "replay", "outbox"}
"""Rooms of service whose faults are told on a command line, in English."""
ELSEWHERE = {"modes.py", "importing.py", "indexing.py", "saved_index.py", "zone.py", "writing.py"}
"""Likewise: they are asked for files and folders of the machine by a command alone."""
BOTH = pytest.mark.parametrize("code", ["ru", "kk"])


def pages_code() -> Iterator[Path]:
    for room in (catalog, service):
        folder = Path(room.__file__ or "").parent
        for path in sorted(folder.rglob("*.py")):
            if not FOR_PROGRAMS & set(path.relative_to(folder).parts) | {path.name} & ELSEWHERE:
                yield path


def phrases_of(path: Path) -> Iterator[str]:
    """Phrases given to what says a fault, and those of the names that are given to it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in {"phrase", "TWO_WAYS", "REVERSED", "MORE"}
    }
    assigned = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and any(isinstance(each, ast.Name) and each.id in names for each in node.targets)
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SAYERS:
            place = int(getattr(node.func, "id", "") == "CatalogueError")
            assigned += node.args[place : place + 1]
    for value in assigned:
        ways = (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,)
        for way in ways:
            assert not isinstance(way, ast.JoinedStr), (
                f"{path}: {ast.unparse(way)} hides its values"
            )
            if isinstance(way, ast.Constant) and isinstance(way.value, str):
                yield way.value


def is_told(phrase: str, spoken: Language) -> bool:
    """Whether a phrase has a translation, or no word of its own."""
    own = re.sub(r"%\(\w+\)s", "", phrase)
    contexts = ("input", "why_not")
    return not re.search("[A-Za-z]", own) or any(spoken.name(each, phrase, "") for each in contexts)


@BOTH
def test_every_fault_of_a_catalogue_or_a_form_is_translated(code: str) -> None:
    phrases = {phrase for path in pages_code() for phrase in phrases_of(path)}
    assert len(phrases) > 90
    assert {each for each in phrases if not is_told(each, language(code))} == set()


@BOTH
def test_what_to_do_about_a_portal_that_refuses_is_translated(code: str) -> None:
    own = {portal.when_blocked for portal in PORTALS.values()} - {""}
    assert {each for each in own if not language(code).name("portal_advice", each, "")} == set()


@pytest.mark.parametrize("code", ["kk", "en"])
def test_why_a_portal_of_the_market_is_not_read_is_translated(code: str) -> None:
    spoken = language(code)
    reasons = {each.reason for each in not_read()}
    assert {each for each in reasons if not spoken.name("why_not", each, "")} == set()


@pytest.mark.parametrize("code", ["ru", "kk", "en"])
def test_what_to_do_about_a_document_that_was_not_read_is_said(code: str) -> None:
    unread = {state.value for state in State} - {"read"}
    assert {
        each for each in unread if not language(code).name("document_advice", each, "")
    } == set()


def test_a_leads_page_says_why_a_file_was_not_read_in_the_language_of_the_page(
    desk: Seeded,
) -> None:
    lead = a_lead(desk.store)
    with desk.store.writing() as session:
        query = select(LotRow.notice_id).where(
            LotRow.id == MatchRow.lot_id, MatchRow.id == LeadRow.match_id, LeadRow.id == lead
        )
        file = DocumentRow(
            notice_id=session.exec(query).one(),
            url="https://portal.example/1",
            title="Смета",
            state="encrypted",
            reason="смета.pdf: the PDF has a password",
            created_at=NOW,
        )
        session.add(file)
    page = desk.browser("plant").get(f"/leads/{lead}").text
    assert "смета.pdf: PDF закрыт паролем." in page
    assert "password" not in page
    kazakh = desk.browser("plant", lang="kk").get(f"/leads/{lead}").text
    assert "смета.pdf: PDF құпиясөзбен жабылған." in kazakh


WRONG = (
    ("plant_bin", "12345678901", "в БИН «12345678901» 11 цифр"),
    ("unit", "вёдра", "единица «вёдра» неизвестна"),
    ("family", "ъ", "группа товаров «ъ» неизвестна"),
    ("codes", "24.20", "у кода «24.20» не назван классификатор"),
    ("codes", "ЯЯ:1", "классификатор «ЯЯ» неизвестен"),
    ("capacity_per_year", "60,000", "«60,000» можно прочесть двояко"),
    ("capacity_per_year", "-5", "«-5» меньше нуля"),
    ("utilisation_pct", "120", "«120» вне промежутка 0..100"),
    ("lead_time_days", "2,5", "«2,5» — не число дней"),
    ("as_of", "вчера", "«вчера» — не дата"),
    ("confirmed", "может", "не говорит, подтверждено ли это"),
    ("capability", "wall_mm=25..6", "wall_mm=25..6: начало больше конца; напишите wall_mm=6..25"),
    ("capability", "wall_mm=6-25", "wall_mm=6-25 — не промежуток чисел; напишите 6..25"),
    ("capability", "wall_mm=1,000", "wall_mm: «1,000» можно прочесть двояко"),
    ("capability", "стенка", "в «стенка» нет знака ="),
    ("capability", "wall_mm=..", "у промежутка wall_mm=.. нет ни начала, ни конца"),
)


@pytest.mark.parametrize(("column", "cell", "told"), WRONG)
def test_a_wrong_cell_is_told_in_russian(tmp_path: Path, column: str, cell: str, told: str) -> None:
    file = tmp_path / "каталог.csv"
    file.write_text(f'name;{column}\nТруба;"{cell}"\n', encoding="utf-8")
    (fault,) = read_catalogue(file).faults
    said = language("ru").told(fault.said)
    assert said.startswith(f"каталог.csv, строка 2, столбец {column}: ")
    assert told in said
    ours = said.replace("каталог.csv", "").replace(cell, "")
    english = set(re.findall(r"[A-Za-z_]{2,}", ours)) - set(COLUMNS) - {"wall_mm", "ENSTRU"}
    assert not english & {"is", "the", "write", "did", "you", "mean", "has", "line", "one"}


def test_the_preview_of_a_file_with_faults_is_russian(desk: Seeded) -> None:
    rows = "name;unit;capacity_per_year\nТруба;вёдра;1\nТруба;т;много\n;т;1\n"
    files = {"file": ("каталог.csv", rows.encode(), "text/csv")}
    page = desk.browser("plant").post(f"/plants/{PLANT}/catalogue/preview", files=files)
    assert page.status_code == 200
    for told in (
        "каталог.csv, строка 2, столбец unit: единица «вёдра» неизвестна",
        "каталог.csv, строка 3, столбец capacity_per_year: «много» — не число",
        "каталог.csv, строка 4, столбец name: название пусто",
    ):
        assert told in page.text
    assert "unknown" not in page.text
