"""What a lot asks for: its good, what is done with it, its sizes as needs, its contradictions."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.family import load_families
from catalog.records import Span
from matcher.reading import read_lot
from matcher.records import Amount, Line, LotText, Need, NeedKind

FAMILIES = load_families()


def needs(title: str, *texts: str, **more: object) -> tuple[Need, ...]:
    return read_lot(LotText("n", "1", title, texts=texts, **more), FAMILIES)  # type: ignore[arg-type]  # keywords of LotText


def mm(value: float) -> tuple[Span, ...]:
    return (Span(value, value),)


def test_what_the_title_denies_its_wordier_text_does_not_bring_back() -> None:
    text = "Краска (чернила) для струйного принтера 70 мл"
    assert [need.family for need in needs("Краска для принтера, комплект", text)] == [None]


@pytest.mark.parametrize(
    ("title", "family"),
    [
        ("Труба стальная электросварная 820х10 ГОСТ 10704", "steel_pipe_large"),
        ("Болат құбыр электрмен дәнекерленген 820х10", "steel_pipe_large"),
        ("Пўлат қувур 1020х12", "steel_pipe_large"),
        ("құбырларды сатып алу 530х8", "steel_pipe_large"),
        ("Труба эл/св 57х3,5", "steel_pipe_small"),
        ("Труба стальная 40х20х2", "steel_profile"),
        ("Труба б/ш 57х4", "steel_pipe_seamless"),
        ("Тігіссіз болат құбыр 57х4", "steel_pipe_seamless"),
        ("Труба ВГП 25х3,2", "steel_pipe_water_gas"),
        ("Труба в ППУ изоляции 219х6", "steel_pipe_insulated"),
        ("Труба ПНД 32 мм", "pe_pipe_pressure"),
        ("Труба п/э SDR 11 d 63", "pe_pipe_pressure"),
        ("Полиэтилен құбырлар", "pe_pipe_pressure"),
        ("Труба ПВХ канализационная 110", "pipe_other"),
        ("Лента капельного орошения", "drip_irrigation"),
        ("Муфта ПНД 32 мм", "pe_fittings"),
        ("Муфта стальная 32 мм", "pipe_fittings"),
        ("Отвод стальной 57х3,5 для труб", "pipe_fittings"),
        ("Терезелерді сатып алу", "windows"),
        ("Стеклопакет двухкамерный", "insulating_glass"),
        ("Витраж алюминиевый", "facades"),
        ("Бояу ақ", "paints"),
        ("Круг Ст45 30мм", "rolled_steel"),
        ("Стол письменный", "furniture"),
        ("Труба стальная 219х8 ГОСТ 8732-78", "steel_pipe_seamless"),
        ("Труба стальная электросварная 820х500", "steel_pipe_large"),
        ("Операционная система Windows 11", None),
        ("Труба дымовая", None),
        ("Выхлопная труба автомобиля", None),
        ("Телефонная трубка", None),
        ("Окно выдачи", None),
        ("Краска для принтера", None),
        ("Круг отрезной 125х1,6", None),
        ("Трубный ключ", None),
    ],
)
def test_the_family_is_recognised(title: str, family: str | None) -> None:
    assert needs(title)[0].family == family


def test_a_bare_pipe_leaves_rivals_open() -> None:
    need = needs("Труба стальная")[0]
    assert {need.family, *need.rivals} >= {"steel_pipe_large", "steel_pipe_small"}


@pytest.mark.parametrize(
    ("title", "kind", "service"),
    [
        ("Поставка труб стальных", NeedKind.STATED, False),
        ("Труба стальная для ремонта водопровода", NeedKind.STATED, False),
        ("Реконструкция теплотрассы Ду 1000, 12,3 км", NeedKind.IMPLIED, False),
        ("Замена окон в школе", NeedKind.IMPLIED, False),
        ("Сумен жабдықтау желілерін жөндеу", NeedKind.IMPLIED, False),
        ("Услуги по мойке окон", NeedKind.STATED, True),
        ("Аренда труб", NeedKind.STATED, True),
        ("Терезе жуу қызметі", NeedKind.STATED, True),
    ],
)
def test_what_is_done_with_the_thing(title: str, kind: NeedKind, service: bool) -> None:
    need = needs(title)[0]
    assert (need.kind, need.service) == (kind, service)


def test_works_keep_length_and_bore() -> None:
    need = needs("Реконструкция теплотрассы Ду 1000, 12,3 км")[0]
    assert need.family == "steel_pipe_large"
    assert need.attributes["nominal_diameter_mm"] == mm(1000)
    assert need.quantity == Amount(Decimal("12.3"), "km")


def test_several_sizes_are_several_needs() -> None:
    found = needs("Труба 530х8, 720х10, 820х10 сталь 17Г1С ГОСТ 20295-85")
    assert [n.attributes["outer_diameter_mm"] for n in found] == [mm(530), mm(720), mm(820)]
    assert {n.attributes["steel_grade"] for n in found} == {("17Г1С",)}
    assert {n.standards for n in found} == {("ГОСТ 20295-85",)}


def test_each_size_keeps_its_own_quantity() -> None:
    found = needs("Труба 530х8 – 120 м, 720х10 – 50 м")
    assert [n.quantity for n in found] == [Amount(Decimal(120), "m"), Amount(Decimal(50), "m")]


def test_a_size_said_in_two_languages_is_one_need() -> None:
    found = needs("Труба стальная 820х10", "Болат құбыр 820х10, қабырға қалыңдығы 10 мм")
    assert len(found) == 1
    assert found[0].attributes["wall_mm"] == mm(10)


def test_a_description_completes_the_title() -> None:
    need = needs("Труба стальная", "диаметр наружный 820 мм, стенка 10 мм, покрытие ВУС")[0]
    assert need.attributes["outer_diameter_mm"] == mm(820)
    assert need.attributes["coating"] == ("ВУС",)


def test_lines_are_needs_with_their_quantities() -> None:
    lines = (
        Line("Труба 530х8", Decimal(10), "Тонна (метрическая)"),
        Line("Труба 720х10", Decimal(20), "Тонна (метрическая)"),
    )
    found = needs("Трубы стальные", lines=lines)
    assert [n.quantity for n in found] == [Amount(Decimal(10), "t"), Amount(Decimal(20), "t")]


@pytest.mark.parametrize("quantity", [Decimal(0), Decimal(-5), Decimal("NaN"), None])
def test_an_absurd_quantity_is_unknown(quantity: Decimal | None) -> None:
    assert needs("Труба стальная 820х10", quantity=quantity, unit="т")[0].quantity is None


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("Труба ПЭ100 SDR17 110х10,0", "sdr_against_wall"),
        ("Труба ПЭ100 SDR17 d110 PN16", "sdr_against_pressure"),
        ("Труба бесшовная 57х40", "wall_too_thick"),
        ("Труба бесшовная диаметр 0 мм", "absurd_size"),
        ("Труба бесшовная диаметром 10 км", "absurd_size"),
        ("Труба стальная Ду 500, наружный диаметр 820 мм", "nominal_against_outer"),
        ("Водовод d=800 мм, стальные трубы", "taken_as_nominal"),
    ],
)
def test_what_cannot_be_is_noted_and_asked_of_the_buyer(title: str, reason: str) -> None:
    notes = [note for need in needs(title) for note in need.notes]
    assert [n.ask for n in notes if n.reason == reason] == ["buyer"]


@pytest.mark.parametrize(
    "title", ["Труба ПЭ100 SDR17 110х6,6 PN10", "Труба ПЭ80 SDR 11 d 63 PN 12,5", "Труба 820х10"]
)
def test_what_agrees_gives_no_note(title: str) -> None:
    assert [note for need in needs(title) for note in need.notes] == []


def test_codes_name_a_family_where_words_do_not() -> None:
    need = needs("Изделие", codes=(("KZ-ENSTRU", "222121.900.000001"),))[0]
    assert "pe_pipe_pressure" in {need.family, *need.rivals}


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        # PN = 20 · MRS / (C · (SDR - 1)) in bar: SDR 11 of PE100 and C = 1.25 is 16
        ("Труба ПЭ100 SDR11 PN10 110 мм", "pressure_below_sdr"),
        ("Труба ПЭ100 SDR17 PN16 110 мм", "sdr_against_pressure"),
        ("Труба ПЭ80 SDR11 PN16 110 мм", "sdr_against_pressure"),
        # the least C of gas pipe is 2: SDR 11 of PE100 is 10 bar, more is too much
        ("Труба ПЭ100 SDR11 PN16 110 мм для газопровода ГОСТ Р 58121.2", "sdr_against_pressure"),
    ],
)
def test_a_pressure_the_ratio_does_not_give_is_a_contradiction(title: str, reason: str) -> None:
    assert [note.reason for note in needs(title)[0].notes] == [reason]


@pytest.mark.parametrize(
    "title",
    [
        "Труба ПЭ100 SDR11 PN16 110 мм",
        "Труба SDR11 PN10 ПЭ 110 мм, водопроводная ПЭ63",
        "Труба полиэтиленовая SDR11 PN12,5 110 мм",
        "Труба ПЭ100 ГАЗ SDR11 110 мм 1,0 МПа ГОСТ Р 58121.2-2018",
        "Труба ПЭ100 ГАЗ SDR17 110 мм 0,6 МПа",
    ],
)
def test_a_pressure_the_ratio_gives_is_none(title: str) -> None:
    assert [note.reason for note in needs(title)[0].notes] == []


def test_a_size_within_the_family_s_own_bounds_is_no_misprint() -> None:
    assert needs("Витраж 7000х3000")[0].notes == ()
    assert [n.reason for n in needs("Витраж 0х3000")[0].notes] == ["absurd_size"]


@pytest.mark.parametrize(
    "title", ["Комплект запасных частей HORUS", "Трубы стальные для реконструкции теплотрассы"]
)
def test_supply_for_works_is_stated_not_implied(title: str) -> None:
    assert needs(title)[0].kind is NeedKind.STATED


@given(st.text(max_size=200), st.lists(st.text(max_size=80), max_size=3))
def test_any_text_gives_at_least_one_need_and_no_fault(title: str, texts: list[str]) -> None:
    assert needs(title, *texts)


WORDS = """
    труба 820х10 Ду 100 d= 1/2" SDR11 PN 10 ПЭ100 ГОСТ 10704-91 для на ст.20 × / - + ( ) , . ; :
    от до не менее мм м т шт 3ПЭ құбыр терезе quvur краски окна №12 2" 0 -5 1e9 00 ½ ² İ ﬁ
"""
PIECES = st.lists(st.sampled_from(WORDS.split()), max_size=30)


@given(PIECES, st.sampled_from([" ", ""]))
def test_any_order_of_the_words_of_specifications_is_read(pieces: list[str], glue: str) -> None:
    text = glue.join(pieces)
    assert needs(text, lines=(Line(text, Decimal(1), "т"),))


@pytest.mark.parametrize(
    ("title", "noted"),
    [
        ("Ремонт пластиковых окон", True),
        ("Ремонт окон, замена фурнитуры", True),
        ("Капитальный ремонт водовода Ду 600", False),
        ("Замена окон", False),
        ("Окна пластиковые", False),
    ],
)
def test_a_repair_asks_whether_the_thing_is_replaced(title: str, noted: bool) -> None:
    assert ("repair_only" in {note.reason for note in needs(title)[0].notes}) is noted


def test_a_service_behind_sized_goods_does_not_make_them_one() -> None:
    assert not needs("Труба стальная 820х10, резка и доставка")[0].service
    assert needs("Резка труб 820х10, доставка")[0].service


@pytest.mark.parametrize(
    ("title", "service"),
    [
        ("Инженерно-геодезические изыскания, нанесение красных линий, водоснабжение", True),
        ("Подключение к системе теплоснабжения объектов строительства", True),
        ("Проектирование и строительство водовода Ду 800", False),
        ("Строительство водовода Ду 800 с разработкой ПСД", False),
    ],
)
def test_surveys_and_connections_buy_nothing_even_under_works(title: str, service: bool) -> None:
    assert needs(title, category="works")[0].service is service


def test_a_code_makes_no_rival_of_what_the_words_name() -> None:
    need = needs("Заглушка стальная", codes=(("KZ-ENSTRU", "251123.900.000001"),))[0]
    assert (need.family, need.rivals) == ("pipe_fittings", ())


@pytest.mark.parametrize(
    "length", ["не менее 10 м и не более 12 м", "от 10 м, но не более 12 м", "≤ 12 м, ≥ 10 м"]
)
def test_two_bounds_of_one_size_are_a_range(length: str) -> None:
    need = needs(f"Труба стальная электросварная 720х10 длина {length}")[0]
    assert need.attributes["length_m"] == (Span(10, 12),)
