"""From an attached file to the evidence of a lead, on both engines."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlmodel import select

from catalog.records import FamilyName, ProductCode
from matcher.records import Verdict
from scrapers.documents import State
from scrapers.records import Document, Lot, Notice
from service.clock import FixedClock
from service.config import Config
from service.jobs.match import match
from service.store import Store, open_store
from service.store.catalogue import save_catalogue
from service.store.codec import load_evidence, load_quantity
from service.store.tables import MatchRow
from service.store.tables.naming import Origin
from tests.scrapers.documents import making
from tests.service.documents.test_job import Files, run, save, states, url
from tests.service.notices import NOON, pipe_notice
from tests.service.test_match_job import CATALOGUE, PIPE

PAINT = replace(
    PIPE,
    code=ProductCode("008"),
    name="Эмаль ПФ-115",
    family=FamilyName("paints"),
    capabilities=(),
    unit="kg",
)
SCHOOL = "Капитальный ремонт школы с заменой наружных сетей"


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with open_store(store_url) as opened:
        with opened.writing() as session:
            products = (*CATALOGUE.products, PAINT)
            save_catalogue(session, replace(CATALOGUE, products=products), Origin.BUNDLED, NOON)
        yield opened


def works(*documents: Document) -> Notice:
    notice = pipe_notice(lots=(Lot("1", SCHOOL),), title=SCHOOL)
    return replace(notice, category="works", documents=documents)


def answers(store: Store) -> list[MatchRow]:
    """Match, and give what stands of each product."""
    clock = FixedClock(NOON)
    match(store, Config(), clock, wall=clock)
    with store.reading() as session:
        return list(session.exec(select(MatchRow)))


def test_the_kilograms_of_a_bill_reach_the_paint_maker_with_document_and_page(
    store: Store,
) -> None:
    save(store, works(Document("Дефектный акт.docx", url("/a"))))
    run(store, Files({"/a": making.word()}))
    paint = [row for row in answers(store) if load_quantity(row.quantity).stated == 1250]
    assert [row.verdict for row in paint] == [Verdict.CHECK]
    said = [each.because for each in load_evidence(paint[0].evidence)]
    assert "прочитано в документе: Дефектный акт.docx, стр. 1" in said


def test_a_scan_makes_the_lead_say_that_a_document_was_not_read(store: Store) -> None:
    notice = replace(pipe_notice(), documents=(Document("Спецификация.pdf", url("/a")),))
    save(store, notice)
    (before,) = answers(store)
    run(store, Files({"/a": making.scan_pdf()}))
    assert states(store) == {"/a": State.UNREAD}
    (after,) = answers(store)
    asked = [each for each in load_evidence(after.evidence) if each.ask == "document"]
    assert [each.because for each in asked] == ["документ не прочитан: Спецификация.pdf"]
    assert after.verdict == Verdict.CHECK
    assert before.id == after.id
