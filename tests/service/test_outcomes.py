"""How a reading ended, in words for people."""

from scrapers.collect import Ended, Page
from scrapers.errors import Blocked, NotSaved, SourceError
from service.config import PortalTable
from service.jobs.outcomes import Tally, report
from service.store.notices import PageCounts


def tally(*faults: SourceError) -> Tally:
    read = Tally()
    page = Page(1, (), seen=("1",), faults=faults, ended=Ended.COMPLETE)
    read.add(page, PageCounts())
    return read


def absent(page: int) -> NotSaved:
    return NotSaved("nobody saved this address", portal="p", url=f"https://p.example/{page}")


def test_many_faults_are_told_by_name_and_count_with_the_first_one_whole() -> None:
    faults = [absent(number) for number in range(1, 138)]
    said = report(tally(Blocked("a captcha", portal="p"), *faults), PortalTable()).reason
    assert said == "NotSaved ×137, Blocked ×1, first: Blocked: a captcha [p]"


def test_a_single_fault_is_told_whole() -> None:
    said = report(tally(absent(7)), PortalTable()).reason
    assert said == "NotSaved: nobody saved this address [p https://p.example/7]"


def test_what_ended_the_listing_is_told_before_the_faults_of_single_pages() -> None:
    read = tally(absent(1), absent(2))
    read.error = absent(3)
    ended = report(read, PortalTable())
    assert ended.reason == (
        "NotSaved: nobody saved this address [p https://p.example/3]; before it NotSaved ×2"
    )
    assert (ended.outcome, ended.failed) == ("PARTIAL", 2)
