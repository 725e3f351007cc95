"""Which documents speak of which lot, and what they add to it."""

from dataclasses import replace
from decimal import Decimal

from matcher.records import LotText
from scrapers.documents import Kind, Limits, Page, Read, State, items_of, read_document
from scrapers.records import Lot, Notice, Phase
from service.documents.codec import Document
from service.matching.attaching import documented_lots
from service.matching.lots import lot_texts
from service.store.documents import Attached
from tests.scrapers.documents import making
from tests.scrapers.documents.test_items import KK, RU

NOTICE = Notice("testportal", "1", "https://portal.invalid/1", "Трубы", Phase.OPEN)


def of(read: Read) -> Document:
    return Document(read, items_of(read))


def file(
    document: Document | None,
    title: str = "Спецификация.pdf",
    lot: str | None = None,
    state: State | None = None,
) -> Attached:
    known = State.READ if document else State.UNREAD
    return Attached(f"https://x/{title}", title, lot, None, state or known, "", document)


def pages(*texts: str) -> Document:
    made = tuple(Page(number, text) for number, text in enumerate(texts, 1))
    return of(Read(State.READ, Kind.PDF, "", made, len(made)))


def only(notice: Notice, *files: Attached) -> LotText:
    (lot,) = documented_lots(notice, files)
    return lot


def test_without_documents_a_lot_is_as_it_was() -> None:
    notice = replace(NOTICE, lots=(Lot("1", "Труба"), Lot("2", "Краска")))
    assert list(documented_lots(notice, ())) == list(lot_texts(notice))


def test_a_page_is_named_by_document_and_number() -> None:
    lot = only(NOTICE, file(pages("Труба 530х8", "Труба 720х10")))
    assert [(page.source, page.text) for page in lot.documents] == [
        ("Спецификация.pdf, стр. 1", "Труба 530х8"),
        ("Спецификация.pdf, стр. 2", "Труба 720х10"),
    ]


def test_a_bill_becomes_lines_and_its_page_no_text() -> None:
    body = making.zipped({"Смета.xlsx": making.sheets(Лист=making.ROWS)})
    lot = only(NOTICE, file(of(read_document(body, Limits())), "Архив.zip"))
    assert [(line.text, line.quantity, line.unit) for line in lot.lines] == [
        ("Труба стальная 530х8 ГОСТ 10704-91", Decimal("120.5"), "тн"),
        ("Эмаль ПФ-115 серая", Decimal(1250), "кг"),
    ]
    assert {line.source for line in lot.lines} == {"Архив.zip › Смета.xlsx, лист «Лист»"}
    assert lot.documents == ()


def test_a_specification_gives_quantity_unit_and_code_where_the_portal_gave_none() -> None:
    read = Read(State.READ, Kind.PDF, "", (Page(1, "", (KK,)), Page(2, "", (RU,))), 2)
    lot = only(NOTICE, file(of(read)))
    assert (lot.quantity, lot.unit) == (Decimal("120.5"), "Тонна (метрическая)")
    assert lot.codes == (("KZ-ENSTRU", "242013.900.000001"),)


def test_beside_other_lots_only_pages_that_name_the_lot_are_its_own() -> None:
    lots = (
        Lot("1", "Труба", number="70000001-ЗЦП1"),
        Lot("2", "Краска", number="70000002-ЗЦП1"),
    )
    spec = pages(
        "Общие условия", "Лот 70000001-ЗЦП1 Труба 530х8", "её стенка", "Лот 70000002-ЗЦП1 Эмаль"
    )
    first, second = documented_lots(replace(NOTICE, lots=lots), [file(spec)])
    assert [page.source[-6:] for page in first.documents] == ["стр. 2", "стр. 3"]
    assert [page.source[-6:] for page in second.documents] == ["стр. 4"]


def test_a_lot_without_a_number_is_known_by_its_title() -> None:
    lots = (Lot("1", "Труба стальная"), Lot("2", "Эмаль алкидная"), Lot("3", "Эмаль  алкидная"))
    spec = pages("Труба  СТАЛЬНАЯ 530х8", "ГОСТ 10704-91", "Эмаль алкидная ПФ-115")
    first, *alike = documented_lots(replace(NOTICE, lots=lots), [file(spec)])
    assert [page.text for page in first.documents] == ["Труба  СТАЛЬНАЯ 530х8", "ГОСТ 10704-91"]
    assert [(lot.documents, lot.unread) for lot in alike] == [((), ()), ((), ())]


def test_a_document_that_names_no_lot_is_missing_to_each_of_several() -> None:
    lots = (Lot("1", "Труба стальная"), Lot("2", "Эмаль алкидная"))
    files = [file(pages("Толщина стенки 8 мм")), file(pages("Стороны"), "Проект договора.pdf")]
    for lot in documented_lots(replace(NOTICE, lots=lots), files):
        assert lot.documents == ()
        assert lot.unread == ("Спецификация.pdf (общий для нескольких лотов, к лоту не отнесён)",)


def test_a_file_of_one_lot_says_nothing_of_another() -> None:
    lots = (Lot("1", "Труба"), Lot("2", "Краска"))
    files = [file(pages("Эмаль"), lot="2"), file(None, "Ведомость.doc", lot="2")]
    first, second = documented_lots(replace(NOTICE, lots=lots), files)
    assert (first.documents, first.unread) == ((), ())
    assert (len(second.documents), second.unread) == (1, ("Ведомость.doc",))


def test_an_unread_document_is_named_unless_it_can_say_no_size() -> None:
    lot = only(
        NOTICE,
        file(None, "Спецификация.pdf"),
        file(None, "Проект договора.docx"),
        file(None, "Приложение.zip", state=State.ENCRYPTED),
    )
    assert lot.unread == ("Спецификация.pdf", "Приложение.zip")


def test_a_document_read_in_part_gives_its_text_and_is_named() -> None:
    lot = only(NOTICE, file(pages("Труба 530х8"), state=State.PARTIAL))
    assert len(lot.documents) == 1
    assert lot.unread == ("Спецификация.pdf",)


def test_a_draft_of_the_contract_is_not_read_for_sizes() -> None:
    lot = only(NOTICE, file(pages("Труба 530х8"), "Проект договора.docx"))
    assert lot.documents == ()
