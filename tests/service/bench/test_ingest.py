"""Storing is measured on notices that are all different."""

from service.bench.ingest import ingest, made, pages


def test_made_notices_differ_and_have_lots() -> None:
    notices = made(100)
    assert len({notice.id for notice in notices}) == 100
    assert sum(len(notice.lots) for notice in notices) == 150
    assert len({notice.lots[0].title for notice in notices}) > 90


def test_pages_cover_all_notices() -> None:
    assert [len(page) for page in pages(made(120), 50)] == [50, 50, 20]


def test_storing_runs_on_a_few_notices() -> None:
    report = ingest(lambda *_: None, count=60, few=60, many=120)
    *rates, peak, growth = report.figures
    assert [figure.value > 0 for figure in (*rates, peak)] == [True] * 9
    assert growth.value < peak.value
