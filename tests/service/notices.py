"""Made-up notices for tests of the store and the jobs."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import strategies as st
from sqlmodel import Session, col, select

from scrapers.canonical import load_notice
from scrapers.records import Buyer, Depth, Item, Lot, Money, Notice, Period, Phase, Unit, Vat
from service.store.tables import NoticeRow

NOON = datetime(2026, 5, 4, 7, tzinfo=UTC)
DEADLINE = datetime(2026, 5, 20, 4, tzinfo=UTC)


def pipe_lot(id_: str = "1", quantity: str = "120", title: str = "Труба стальная 820х10") -> Lot:
    item = Item(
        "1",
        title,
        "ГОСТ 10704-91",
        Decimal(quantity),
        Unit("Тонна"),
        value=Money(4_800_000_000, "KZT", Vat.EXCLUDED),
    )
    return Lot(id_, title, number=id_, value=Money(4_800_000_000, "KZT"), items=(item,))


def pipe_notice(
    id_: str = "17013627",
    *,
    portal: str = "testportal",
    lots: tuple[Lot, ...] = (pipe_lot(),),
    depth: Depth = Depth.DETAIL,
    phase: Phase = Phase.OPEN,
    title: str = "Трубы для теплотрассы",
) -> Notice:
    return Notice(
        portal=portal,
        id=id_,
        url=f"https://portal.invalid/{id_}",
        title=title,
        phase=phase,
        number=f"{id_}-1",
        buyer=Buyer("ГКП «Тепло Примера»") if depth is Depth.DETAIL else None,
        value=Money(4_800_000_000, "KZT"),
        published_at=NOON,
        period=Period(NOON, DEADLINE, "Asia/Almaty"),
        lots=lots,
        depth=depth,
    )


# Few ids and short texts, so that the same notice and lot are met again and again.
quantities = st.sampled_from(["1", "2.5", "120", "0.001"])
lots = st.lists(
    st.builds(pipe_lot, st.sampled_from("1234"), quantities),
    max_size=3,
    unique_by=lambda lot: lot.id,
).map(tuple)
notices = st.builds(
    pipe_notice,
    st.sampled_from(["a", "b", "c"]),
    lots=lots,
    depth=st.sampled_from(Depth),
    phase=st.sampled_from(Phase),
    title=st.sampled_from(["Трубы", "Құбырлар", "Pipes"]),
)


def stored_notices(session: Session) -> Iterator[Notice]:
    """Give every stored notice in the order of their keys."""
    query = select(NoticeRow.record).order_by(col(NoticeRow.portal), col(NoticeRow.external_id))
    return map(load_notice, session.exec(query))
