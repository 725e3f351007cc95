"""Made-up recipients and leads of every kind, for the tests of this folder and for looking at."""

from datetime import UTC, date, datetime
from decimal import Decimal

from matcher.records import Evidence, NeedKind, Verdict
from scrapers.records import Money, Phase, Vat
from service.digest.composing import compose, shown
from service.digest.records import Audience, Digest, LeadLine, PortalHealth, Recipient, Shown

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # Monday, 08:00 in Almaty
DAY = date(2026, 11, 23)
OFFICIAL = Recipient("zone", "Управление зоны", "zone@example.invalid", Audience.OFFICIAL)
PLANT = Recipient("plant", "ТОО «Пример-Труба»", "plant@example.invalid", Audience.PLANT)
HOSTS = frozenset({"portal.example", "www.portal.example"})


def fact(
    verdict: Verdict,
    attribute: str | None,
    asked: str | None,
    offered: str | None,
    *,
    reason: str = "inside",
    because: str = "",
    ask: str | None = None,
) -> Evidence:
    """A line of evidence as the matcher gives it."""
    whom = {"buyer": "buyer", "plant": "plant", "document": "document"}.get(ask or "")
    return Evidence(0, "ranges", attribute, asked, offered, verdict, reason, because, whom)  # type: ignore[arg-type]  # the table above holds askers only


FITS = (
    fact(Verdict.CAN, "outer_diameter_mm", "820 мм", "530–1420 мм"),
    fact(Verdict.CAN, "wall_mm", "10 мм", "6–25 мм"),
    fact(Verdict.CAN, "steel_grade", "17Г1С", "Ст20, 09Г2С, 17Г1С"),
)


def lead(name: str = "1", **values: object) -> LeadLine:
    """A lead that fits, with anything else given by name."""
    known: dict[str, object] = {
        "id": name,
        "title": "Труба стальная электросварная прямошовная 820×10 мм",
        "url": f"https://portal.example/announce/{name}",
        "portal": "Портал-образец",
        "plant": "ТОО «Пример-Труба»",
        "product": "Труба стальная 530–1420",
        "verdict": Verdict.CAN,
        "hosts": HOSTS,
        "number": f"1000{name}-1",
        "buyer": "ГКП «Пример-Водоканал»",
        "place": "г. Алматы, Турксибский район",
        "value": Money(1_830_000_000_00, "KZT", Vat.EXCLUDED),
        "quantity": Decimal(3660),
        "unit": "t",
        "estimated": True,
        "idle_per_year": Decimal(100_000),
        "evidence": FITS,
        "deadline": datetime(2026, 11, 27, 13, 0, tzinfo=UTC),
    }
    return LeadLine(**{**known, **values})  # type: ignore[arg-type]  # a builder for tests


def all_kinds() -> tuple[list[LeadLine], dict[str, Shown]]:
    """One lead for each section and verdict, and what was said of the changed ones before."""
    changed = lead(
        "4",
        title="Трубы стальные диаметром 630 мм для магистрального водовода, 2-я очередь",
        quantity=Decimal(900),
        estimated=False,
        value=None,
        deadline=datetime(2026, 12, 4, 7, 0, tzinfo=UTC),
    )
    flipped = lead(
        "5",
        title="Труба 325×8 мм бесшовная",
        verdict=Verdict.CANNOT,
        evidence=(
            fact(Verdict.CANNOT, "outer_diameter_mm", "325 мм", "530–1420 мм", reason="outside"),
        ),
        quantity=Decimal("12.4"),
    )
    leads = [
        lead("1", deadline=datetime(2026, 11, 24, 13, 0, tzinfo=UTC)),
        lead(
            "2",
            title="Трубы стальные 1020×12 мм с наружным покрытием для магистрального водовода",
            number="20260-1",
            sample=True,
            also=("Труба с покрытием 3ПЭ",),
        ),
        lead(
            "3",
            title="Труба стальная для тепловых сетей, прокладка подземная",
            verdict=Verdict.CHECK,
            quantity=None,
            value=Money(48_500_000_00, "KZT", Vat.INCLUDED),
            evidence=(
                fact(
                    Verdict.CHECK,
                    "wall_mm",
                    None,
                    "6–25 мм",
                    reason="not_stated",
                    because="толщина стенки: заказчик не указал; завод делает 6–25 мм",
                    ask="buyer",
                ),
                fact(
                    Verdict.CHECK,
                    "coating",
                    "ППУ",
                    None,
                    reason="not_offered",
                    because="покрытие: ППУ; завод об этом ничего не указал",
                    ask="plant",
                ),
                fact(Verdict.CAN, "outer_diameter_mm", "1020 мм", "530–1420 мм"),
            ),
            deadline=None,
        ),
        changed,
        flipped,
        lead(
            "6",
            title="Реконструкция тепломагистрали, диаметр 800 → 1000 мм, 12,3 км",
            kind=NeedKind.IMPLIED,
            verdict=Verdict.CHECK,
            evidence=(
                fact(
                    Verdict.CHECK,
                    "nominal_diameter_mm",
                    "DN 1000",
                    "1020",
                    reason="taken_as_dn",
                    because="DN 1000: принято как условный проход, наружный диаметр 1020 мм",
                    ask="document",
                ),
            ),
            portal="Tenders of Examplia",
            zone="Europe/Brussels",
            deadline=datetime(2026, 12, 8, 11, 0, tzinfo=UTC),
            value=Money(12_345_678_50, "EUR"),
        ),
        lead(
            "7",
            title="План: трубы для водоснабжения села на 2027 год",
            kind=NeedKind.PLAN,
            phase=Phase.PLAN,
            deadline=None,
            quantity=Decimal(240),
            estimated=False,
            url="javascript:alert(1)",
        ),
    ]
    before = shown(lead("4", quantity=Decimal(600), value=None))
    return leads, {"4": before, "5": shown(lead("5", quantity=Decimal("12.4")))}


HEALTH = (
    PortalHealth("Портал-образец", "ok", read=412),
    PortalHealth("Tenders of Examplia", "partial", read=120, fault="BudgetSpent"),
    PortalHealth("Закупки примера", "failed", fault="Blocked"),
)


def full(recipient: Recipient = OFFICIAL) -> Digest:
    """A digest with something in every section."""
    leads, earlier = all_kinds()
    start = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    return compose(recipient, DAY, leads, earlier, start=start, end=NOW, portals=HEALTH)


def empty(recipient: Recipient = OFFICIAL) -> Digest:
    """A digest of a day without news."""
    return compose(recipient, DAY, [], {}, start=None, end=NOW, portals=HEALTH[:1])
