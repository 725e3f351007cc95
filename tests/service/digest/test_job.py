"""The digest job on a real database and real files, with leads as the matcher leaves them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import Session, col, select

from catalog.records import Catalogue, FamilyName, Plant, PlantId, Product, ProductCode
from matcher.records import NeedKind, PlantQuantity, Verdict
from scrapers.records import Notice, Period, Phase
from service.clock import FixedClock
from service.config import Config, Mail, Recipient
from service.digest.records import PortalHealth
from service.jobs.digest import DigestResult, write_digests
from service.places import Places, places
from service.store import Store, open_store
from service.store.catalogue import save_catalogue
from service.store.codec import dump_evidence, dump_quantity
from service.store.notices import save_page
from service.store.tables import (
    DeliveryRow,
    DigestItemRow,
    LeadRow,
    LotRow,
    MatchRow,
    NoticeRow,
    ProductRow,
)
from service.store.tables.naming import LeadState, Origin
from tests.service.digest.samples import FITS, NOW
from tests.service.notices import pipe_lot, pipe_notice

ZONE = Recipient(name="Управление зоны", address="zone@example.invalid")
MILL = Recipient(
    name="ТОО «Пример-Труба»", address="mill@example.invalid", role="plant", plant="mill"
)
PORTALS = (PortalHealth("Портал примера", "ok", read=3),)


def product(code: str, plant: str, family: str) -> Product:
    return Product(
        ProductCode(code),
        f"Изделие {code}",
        PlantId(plant),
        family=FamilyName(family),
        unit="t",
        capacity_per_year=Decimal(10_000),
        utilisation_pct=Decimal(0),
    )


CATALOGUE = Catalogue(
    (Plant(PlantId("mill"), "ТОО «Пример-Труба»"), Plant(PlantId("other"), "ТОО «Другой»")),
    (product("p1", "mill", "pipe"), product("p2", "mill", "bend"), product("q", "other", "paint")),
)


def open_notice(id_: str, quantity: str = "120", **changes: object) -> Notice:
    notice = pipe_notice(id_, lots=(pipe_lot(quantity=quantity),))
    period = Period(None, datetime(2026, 12, 10, 4, tzinfo=UTC), "Asia/Almaty")
    return replace(notice, **{"period": period, **changes})  # type: ignore[arg-type]  # test builder


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(folder=tmp_path, recipients=(ZONE, MILL))


@pytest.fixture
def live(config: Config) -> Places:
    return places(config)


@pytest.fixture
def store(live: Places) -> Iterator[Store]:
    with open_store(live.database_url) as opened:
        with opened.writing() as session:
            save_catalogue(session, CATALOGUE, Origin.BUNDLED, NOW)
        yield opened


def save(store: Store, notice: Notice, *products: str, verdict: Verdict = Verdict.CAN) -> None:
    """Save a notice and match its lot with products, as the matching job would."""
    stated = notice.lots[0].items[0].quantity
    with store.writing() as session:
        save_page(session, [notice], NOW)
        lot = session.exec(select(LotRow).order_by(LotRow.id.desc())).first()  # type: ignore[union-attr]  # a column, not its value
        assert lot is not None
        for code in products:
            _match(session, lot, code, verdict, stated)


def _match(
    session: Session, lot: LotRow, code: str, verdict: Verdict, tonnes: Decimal | None
) -> None:
    offered = session.exec(select(ProductRow).where(ProductRow.code == code)).one()
    assert lot.id is not None
    assert offered.id is not None
    assert offered.plant_id is not None
    match = MatchRow(
        lot_id=lot.id,
        product_id=offered.id,
        rank=1,
        verdict=verdict.value,
        score=0.9,
        kind=NeedKind.STATED.value,
        evidence=dump_evidence(FITS),
        quantity=dump_quantity(PlantQuantity(stated=tonnes, unit="t", tonnes=tonnes)),
        matcher_version="1",
        matched_at=NOW,
    )
    session.add(match)
    session.flush()
    assert match.id is not None
    session.add(
        LeadRow(
            match_id=match.id,
            plant_id=offered.plant_id,
            state=LeadState.NEW.value,
            created_at=NOW,
            state_at=NOW,
        )
    )


def requantify(store: Store, notice: Notice) -> None:
    """Save a changed notice and match it again, as the matching job would."""
    tonnes = notice.lots[0].items[0].quantity
    with store.writing() as session:
        save_page(session, [notice], NOW)
        lots = select(LotRow.id).join(NoticeRow).where(NoticeRow.external_id == notice.id)
        for match in session.exec(select(MatchRow).where(col(MatchRow.lot_id).in_(lots))):
            match.quantity = dump_quantity(PlantQuantity(stated=tonnes, unit="t", tonnes=tonnes))
            session.add(match)


def run(
    store: Store, config: Config, live: Places, days: int = 0, hours: int = 0
) -> dict[str, DigestResult]:
    clock = FixedClock(NOW + timedelta(days=days, hours=hours))
    results = write_digests(store, config, live, clock, PORTALS)
    return {result.address.partition("@")[0]: result for result in results}


def body(result: DigestResult) -> str:
    assert result.path is not None
    message = BytesParser(policy=policy.default).parsebytes(result.path.read_bytes())
    part = message.get_body(("plain",))
    assert part is not None
    text = part.get_content()
    assert isinstance(text, str)
    return text.replace("\u00a0", " ")


def count(store: Store, table: type[DeliveryRow | DigestItemRow]) -> int:
    with store.reading() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def test_each_recipient_gets_a_file_with_their_leads(
    store: Store, config: Config, live: Places
) -> None:
    save(store, open_notice("1"), "p1")
    save(store, open_notice("2"), "q")
    results = run(store, config, live)
    assert {name: (each.action, each.leads) for name, each in results.items()} == {
        "zone": ("written", 2),
        "mill": ("written", 1),
    }
    assert results["mill"].path == live.digests / "mill-example-invalid-2026-11-23.eml"
    assert (live.digests / "mill-example-invalid-2026-11-23.html").exists()
    text = body(results["mill"])
    assert "Количество: 120 т — 1,2 % свободной мощности за год" in text
    assert "Другой" not in text


def test_a_larger_purchase_stands_before_one_of_a_better_score(
    store: Store, config: Config, live: Places
) -> None:
    save(store, open_notice("1", "100"), "p1")
    save(store, open_notice("2", "4000"), "p1")
    with store.writing() as session:
        small = session.get(MatchRow, 1)
        assert small is not None
        small.score = 0.99
        session.add(small)
    for result in run(store, config, live).values():
        text = body(result)
        assert 0 < text.index("https://portal.invalid/2") < text.index("https://portal.invalid/1")


def test_a_plant_sees_first_what_fits_and_the_zone_what_is_large(
    store: Store, config: Config, live: Places
) -> None:
    save(store, open_notice("1", "100"), "p1")
    save(store, open_notice("2", "4000"), "p1", verdict=Verdict.CHECK)
    links = {
        name: re.findall(r"portal\.invalid/(\d)", body(result))
        for name, result in run(store, config, live).items()
    }
    assert links == {"zone": ["2", "1"], "mill": ["1", "2"]}


def test_a_second_run_on_the_same_day_adds_no_second_digest(
    store: Store, config: Config, live: Places
) -> None:
    save(store, open_notice("1"), "p1")
    first = run(store, config, live)
    assert first["zone"].path is not None
    before = first["zone"].path.read_bytes()
    save(store, open_notice("2"), "p1")
    second = run(store, config, live, hours=5)
    assert {each.action for each in second.values()} == {"already"}
    assert first["zone"].path.read_bytes() == before
    assert (count(store, DeliveryRow), count(store, DigestItemRow)) == (2, 2)


def test_the_next_day_tells_only_what_is_new(store: Store, config: Config, live: Places) -> None:
    save(store, open_notice("1"), "p1")
    run(store, config, live)
    save(store, open_notice("2", title="Вторая закупка"), "p1")
    tomorrow = run(store, config, live, days=1)
    assert tomorrow["mill"].leads == 1
    assert "https://portal.invalid/2" in body(tomorrow["mill"])
    assert "https://portal.invalid/1" not in body(tomorrow["mill"])
    assert "Период: с 08:00, 23 ноября" in body(tomorrow["mill"])


def test_a_quantity_changed_by_the_buyer_reaches_the_digest(
    store: Store, config: Config, live: Places
) -> None:
    save(store, open_notice("1", "120"), "p1")
    run(store, config, live)
    requantify(store, open_notice("1", "300"))
    text = body(run(store, config, live, days=1)["mill"])
    assert "Количество: 120 т → 300 т" in text
    requantify(store, open_notice("1", "310"))
    assert "Количество: 300 т → 310 т" in body(run(store, config, live, days=2)["mill"])


def test_a_cancelled_purchase_is_told_to_whom_it_was_told(
    store: Store, config: Config, live: Places
) -> None:
    save(store, open_notice("1"), "p1")
    run(store, config, live)
    requantify(store, open_notice("1", phase=Phase.CANCELLED))
    text = body(run(store, config, live, days=1)["mill"])
    assert "Состояние: приём заявок открыт → закупка отменена" in text


def test_an_empty_day_is_silence_for_a_plant_and_a_sign_of_life_for_officials(
    store: Store, config: Config, live: Places
) -> None:
    results = run(store, config, live)
    assert (results["mill"].action, results["zone"].action) == ("silent", "written")
    assert count(store, DeliveryRow) == 1


def test_products_of_one_plant_share_the_line_of_a_lot(
    store: Store, config: Config, live: Places
) -> None:
    save(store, open_notice("1"), "p1", "p2")
    results = run(store, config, live)
    assert results["mill"].leads == 1
    assert "ТОО «Пример-Труба» — Изделие p1 · Изделие p2" in body(results["mill"])
    assert run(store, config, live, days=1)["mill"].action == "silent"


def test_a_product_that_no_longer_matches_does_not_take_the_lot_away(
    store: Store, config: Config, live: Places
) -> None:
    save(store, open_notice("1"), "p1", "p2")
    run(store, config, live)
    with store.writing() as session:
        first = session.get(MatchRow, 1)
        assert first is not None
        first.gone_at = NOW
        session.add(first)
    assert run(store, config, live, days=1)["mill"].action == "silent"


def test_leads_beyond_the_limit_come_in_the_next_digest(
    store: Store, config: Config, live: Places
) -> None:
    few = config.model_copy(update={"digest": config.digest.model_copy(update={"max_leads": 2})})
    save(store, open_notice("first"), "p1")
    run(store, few, live)
    for number in range(3):
        save(store, open_notice(str(number)), "p1")
    today = run(store, few, live, days=1)["mill"]
    assert (today.leads, today.beyond) == (2, 1)
    tomorrow = run(store, few, live, days=2)["mill"]
    assert (tomorrow.leads, tomorrow.beyond) == (1, 0)
    assert run(store, few, live, days=3)["mill"].action == "silent"


def test_a_first_run_floods_nobody(store: Store, config: Config, live: Places) -> None:
    few = config.model_copy(update={"digest": config.digest.model_copy(update={"max_leads": 2})})
    for number in range(5):
        save(store, open_notice(str(number)), "p1")
    first = run(store, few, live)["mill"]
    assert (first.leads, first.beyond) == (2, 3)
    assert "Ещё 3 закупки были открыты до этой первой сводки" in body(first)
    assert run(store, few, live, days=1)["mill"].action == "silent"


def test_a_recipient_of_some_families_hears_of_no_others(
    store: Store, config: Config, live: Places
) -> None:
    painter = ZONE.model_copy(update={"families": ["paint"]})
    save(store, open_notice("1"), "p1")
    save(store, open_notice("2"), "q")
    chosen = config.model_copy(update={"recipients": (painter,)})
    assert run(store, chosen, live)["zone"].leads == 1


def test_one_recipients_failure_stops_no_other(store: Store, config: Config, live: Places) -> None:
    save(store, open_notice("1"), "p1")
    broken = ZONE.model_copy(update={"address": "zone@пример.каз"})
    results = write_digests(
        store,
        config.model_copy(update={"recipients": (broken, MILL)}),
        live,
        FixedClock(NOW),
    )
    assert [each.action for each in results] == ["failed", "written"]
    assert "not a mail address" in results[0].reason
    assert count(store, DeliveryRow) == 1


def test_a_digest_frozen_before_a_crash_is_delivered_as_it_was(
    store: Store, config: Config, live: Places
) -> None:
    # Nobody listens on port 1: the first attempt fails, as a crash right after freezing would.
    away = ZONE.model_copy(update={"address": "zone@works.example"})
    mail = Mail(mode="smtp", host="127.0.0.1", port=1, security="none", timeout_seconds=1)
    smtp = config.model_copy(update={"recipients": (away,), "mail": mail})
    save(store, open_notice("1"), "p1")
    first = run(store, smtp, live)["zone"]
    assert first.action == "waiting"
    assert first.path is not None
    frozen = first.path.read_bytes()
    save(store, open_notice("2"), "p1")
    files = smtp.model_copy(update={"mail": Mail()})
    second = run(store, files, live, hours=1)["zone"]
    assert second.action == "written"
    assert second.path is not None
    assert second.path.read_bytes() == frozen
    assert (count(store, DeliveryRow), count(store, DigestItemRow)) == (1, 1)


def test_a_file_left_by_a_run_killed_before_freezing_is_replaced(
    store: Store, config: Config, live: Places
) -> None:
    live.digests.mkdir(parents=True)
    (live.digests / "mill-example-invalid-2026-11-23.eml").write_bytes(b"half")
    save(store, open_notice("1"), "p1")
    assert "Изделие p1" in body(run(store, config, live)["mill"])


@pytest.mark.parametrize("mode", ["sample", "replay"])
def test_samples_and_replays_stay_in_files_even_where_mail_is_configured(
    config: Config, mode: str
) -> None:
    real = ZONE.model_copy(update={"address": "zone@works.example"})
    mail = Mail(mode="smtp", host="127.0.0.1", port=1, security="none", timeout_seconds=1)
    smtp = config.model_copy(update={"recipients": (real,), "mail": mail})
    kept = places(smtp, "sample" if mode == "sample" else "replay")
    with open_store(kept.database_url) as store:
        result = run(store, smtp, kept)["zone"]
    assert result.action == "written"
    assert result.reason == f"the digest is a {mode}; it is only written to files"
    label = "ОБРАЗЕЦ" if mode == "sample" else "ПОВТОР"
    assert label in body(result)
