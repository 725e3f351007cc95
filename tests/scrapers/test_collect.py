"""Walking a made-up portal whose pages are a table from address to listing or notice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from scrapers.collect import Ended, Page, walk
from scrapers.errors import (
    Blocked,
    BudgetSpent,
    ImplausibleListing,
    LayoutChanged,
    NotFound,
    NotSaved,
    SourceError,
    Throttled,
)
from scrapers.portal import Answer, Listing, Portal, Query, Request
from scrapers.records import Depth, Lot, Notice, Phase

NOW = datetime(2026, 5, 18, 7, tzinfo=UTC)
HOME = "https://kz.example"


def notice(ident: str, *lots: str, depth: Depth = Depth.LISTING, portal: str = "kz") -> Notice:
    return Notice(
        portal,
        ident,
        f"{HOME}/{ident}",
        f"Труба {ident}",
        Phase.OPEN,
        lots=tuple(Lot(lot, "Труба") for lot in lots),
        depth=depth,
    )


def at(path: str, kind: str = "listing") -> Request:
    return Request(f"{HOME}/{path}", kind=kind)


def rows(
    *notices: Notice,
    then: str | None = None,
    total: int | None = None,
) -> Listing:
    return Listing(notices, at(then) if then else None, total)


@dataclass
class World:
    """Pages by path. An error in place of a page is raised by the fetch."""

    listings: dict[str, Listing | SourceError]
    pages: dict[str, Notice | SourceError] = field(default_factory=dict)
    tops: tuple[str, ...] = ("1",)
    budget: int = 1000
    opens: Callable[[Notice], tuple[Request, ...]] = lambda one: (at(one.id, "page"),)
    asked: list[str] = field(default_factory=list)

    def fetch(self, request: Request) -> Answer:
        path = request.url.removeprefix(f"{HOME}/")
        self.asked.append(path)
        table = self.listings if request.kind == "listing" else self.pages
        found = table.get(path, NotSaved("not saved"))
        if isinstance(found, SourceError):
            raise found
        return Answer(request, request.url, 200, {}, path.encode(), NOW)

    def left(self) -> bool:
        return len(self.asked) < self.budget

    def listing(self, answer: Answer, _query: Query) -> Listing:
        found = self.listings[answer.body.decode()]
        assert isinstance(found, Listing)
        return found

    def detail(self, _held: Notice | None, answer: Answer) -> Notice:
        found = self.pages[answer.body.decode()]
        assert isinstance(found, Notice)
        return found

    def portal(self) -> Portal:
        return Portal(
            "kz", "Made up", "KZ", HOME, frozenset({"kz.example"}), "Asia/Almaty",
            lambda _query: tuple(at(top) for top in self.tops),
            self.listing,
            details=lambda one: () if one.depth is Depth.DETAIL else self.opens(one),
            detail=self.detail,
            entry=lambda text: at(text, "page") if text.isdecimal() else None,
        )  # fmt: skip

    def walk(
        self,
        *,
        since: datetime | None = None,
        resume: Request | None = None,
        entries: Sequence[str] = (),
        known: Callable[[Notice], bool] = lambda _one: False,
        wanted: Callable[[Notice], bool] = lambda _one: True,
        into: list[Page] | None = None,
    ) -> list[Page]:
        """Walk to the end. `into` keeps the pages that came before an error."""
        pages = [] if into is None else into
        for page in walk(
            self.portal(), self.fetch, Query(NOW, since), resume=resume, entries=entries,
            known=known, wanted=wanted, left=self.left,
        ):  # fmt: skip
            pages.append(page)
        return pages


def given(pages: list[Page]) -> list[tuple[str, str]]:
    return [(one.id, one.depth.value) for page in pages for one in page.notices]


def faults(pages: list[Page]) -> list[type[SourceError]]:
    return [type(fault) for page in pages for fault in page.faults]


def deep(*idents: str) -> dict[str, Notice | SourceError]:
    return {ident: notice(ident, depth=Depth.DETAIL) for ident in idents}


def test_pages_are_read_to_the_end_and_each_notice_opened() -> None:
    world = World(
        {"1": rows(notice("a"), notice("b"), then="2", total=3), "2": rows(notice("c"), total=3)},
        deep("a", "b", "c"),
    )
    pages = world.walk()
    assert given(pages) == [("a", "detail"), ("b", "detail"), ("c", "detail")]
    assert [(page.number, page.next, page.ended) for page in pages] == [
        (1, at("2"), None),
        (2, None, Ended.COMPLETE),
    ]
    assert faults(pages) == []
    assert world.asked == ["1", "a", "b", "2", "c"]


def test_a_recognised_empty_listing_is_complete() -> None:
    pages = World({"1": rows(total=0)}).walk()
    assert [(page.notices, page.faults, page.ended) for page in pages] == [((), (), Ended.COMPLETE)]


def test_a_page_nobody_saved_leaves_the_row_of_the_listing() -> None:
    world = World({"1": rows(notice("a"), notice("b"))}, deep("b"))
    pages = world.walk()
    assert given(pages) == [("a", "listing"), ("b", "detail")]
    assert faults(pages) == [NotSaved]


def test_one_failed_page_of_several_keeps_a_notice_at_listing_depth() -> None:
    world = World(
        {"1": rows(notice("a"))},
        {"a": notice("a", "lot 1", depth=Depth.DETAIL)},
        opens=lambda one: (at("lost", "page"), at(one.id, "page")),
    )
    pages = world.walk()
    assert given(pages) == [("a", "listing")]
    assert pages[0].notices[0].lots[0].id == "lot 1"
    assert world.asked == ["1", "lost", "a"]


def test_a_page_of_another_notice_is_not_taken_for_this_one() -> None:
    world = World({"1": rows(notice("a"))}, {"a": notice("z", depth=Depth.DETAIL)})
    pages = world.walk()
    assert given(pages) == [("a", "listing")]
    assert faults(pages) == [LayoutChanged]


def test_a_portal_that_names_pages_for_ever_meets_a_cap() -> None:
    world = World({"1": rows(notice("a"))}, opens=lambda _one: (at(f"{len(world.asked)}", "page"),))
    world.pages = {str(n): notice("a") for n in range(1000)}
    pages = world.walk()
    assert faults(pages) == [BudgetSpent]
    assert len(world.asked) == 121


def test_two_refusals_in_a_row_stop_the_opening_but_not_the_listing() -> None:
    world = World(
        {"1": rows(*map(notice, "abcd"), then="2"), "2": rows(notice("e"))},
        {ident: Blocked("captcha") for ident in "abcde"},
    )
    pages = world.walk()
    assert given(pages) == [(ident, "listing") for ident in "abcde"]
    assert faults(pages) == [Blocked, Blocked]
    assert world.asked == ["1", "a", "b", "2"]


def test_refusals_that_are_not_in_a_row_do_not_stop_it() -> None:
    world = World(
        {"1": rows(*map(notice, "abc"))},
        {"a": Blocked("x"), "c": Blocked("x"), **deep("b")},
    )
    assert faults(world.walk()) == [Blocked, Blocked]
    assert world.asked == ["1", "a", "b", "c"]


def test_rows_that_moved_to_the_next_page_are_given_once() -> None:
    world = World(
        {
            "1": rows(notice("a"), notice("b"), notice("b"), then="2", total=3),
            "2": rows(notice("b"), notice("c"), total=4),
        },
        deep("a", "b", "c"),
    )
    pages = world.walk()
    assert [ident for ident, _ in given(pages)] == ["a", "b", "c"]
    assert faults(pages) == []
    assert pages[0].seen == ("a", "b")
    assert world.asked.count("b") == 1


def test_further_lots_of_one_announcement_are_given_again() -> None:
    world = World({"1": rows(notice("a", "1"), then="2"), "2": rows(notice("a", "2"))})
    pages = world.walk(wanted=lambda _one: False)
    assert [one.lots[0].id for page in pages for one in page.notices] == ["1", "2"]
    assert faults(pages) == []


def test_a_listing_with_fewer_rows_than_it_counts_is_doubted() -> None:
    world = World({"1": rows(notice("a"), then="2", total=9), "2": rows(notice("b"), total=8)})
    pages = world.walk(wanted=lambda _one: False)
    assert given(pages) == [("a", "listing"), ("b", "listing")]
    assert faults(pages) == [ImplausibleListing]
    assert "2 rows read where the portal counts 8" in str(pages[-1].faults[0])


def test_a_total_of_lots_is_compared_with_lots() -> None:
    world = World({"1": rows(notice("a", "1", "2"), notice("b", "3"), total=3)})
    assert faults(world.walk(wanted=lambda _one: False)) == []


def test_a_notice_withdrawn_while_we_read_is_no_doubt() -> None:
    world = World({"1": rows(notice("a"), then="2", total=3), "2": rows(notice("c"), total=2)})
    assert faults(world.walk(wanted=lambda _one: False)) == []


@pytest.mark.parametrize(
    "second",
    [
        rows(notice("a"), then="3"),
        rows(notice("b"), then="1"),
        rows(notice("b"), then="2"),
        rows(then="3"),
    ],
    ids=["same rows", "back to the top", "itself", "empty"],
)
def test_a_listing_that_goes_in_circles_is_left(second: Listing) -> None:
    world = World({"1": rows(notice("a"), then="2"), "2": second, "3": rows(notice("a"), then="4")})
    pages = world.walk(wanted=lambda _one: False)
    assert pages[-1].ended is Ended.REPEATS
    assert faults(pages) == [ImplausibleListing]
    assert world.asked == ["1", "2"]
    assert sorted({ident for ident, _ in given(pages)}) in (["a"], ["a", "b"])


def test_only_a_full_page_of_known_rows_ends_a_listing() -> None:
    world = World(
        {
            "1": rows(notice("pinned"), notice("new"), then="2"),
            "2": rows(notice("old"), notice("older"), then="3"),
            "3": rows(notice("oldest")),
        },
        deep("new"),
    )
    pages = world.walk(since=NOW, known=lambda one: one.id != "new")
    assert world.asked == ["1", "new", "2"]
    assert pages[-1].ended is Ended.KNOWN
    assert pages[-1].next is None


def test_a_first_walk_reads_all_even_if_rows_are_known() -> None:
    world = World({"1": rows(notice("a"), then="2"), "2": rows(notice("b"))})
    pages = world.walk(known=lambda _one: True)
    assert [ident for ident, _ in given(pages)] == ["a", "b"]
    assert world.asked == ["1", "2"]


def test_a_spent_budget_says_where_to_go_on() -> None:
    listings: dict[str, Listing | SourceError] = {
        "1": rows(notice("a"), then="2"),
        "2": rows(notice("b")),
    }
    world = World(listings, deep("a", "b"), budget=2)
    pages = world.walk()
    assert faults(pages) == [BudgetSpent]
    assert (pages[-1].next, pages[-1].ended) == (at("2"), Ended.BUDGET)

    later = World(listings, deep("a", "b"))
    again = later.walk(resume=pages[-1].next)
    assert later.asked == ["2", "b", "1", "a"]
    assert [page.ended for page in again] == [Ended.COMPLETE, Ended.MERGED]
    assert faults(again) == []


def test_entries_that_use_up_the_budget_do_not_lose_the_place_to_resume() -> None:
    world = World({"1": rows(notice("a"))}, deep("7", "8"), budget=1)
    pages = world.walk(entries=["7", "8"], resume=at("2"))
    assert [(page.next, page.ended) for page in pages] == [
        (None, Ended.ENTRY),
        (at("2"), Ended.BUDGET),
    ]


def test_notices_unopened_for_want_of_time_bring_the_walk_back_to_their_page() -> None:
    world = World({"1": rows(*map(notice, "abc"), then="2")}, deep("a", "b", "c"), budget=2)
    (page,) = world.walk()
    assert given([page]) == [("a", "detail"), ("b", "listing"), ("c", "listing")]
    assert (page.next, page.ended, faults([page])) == (at("1"), Ended.BUDGET, [BudgetSpent])


@pytest.mark.parametrize("error", [Blocked("captcha"), Throttled("429")])
def test_a_refused_listing_stops_the_walk_after_the_true_pages(error: SourceError) -> None:
    world = World({"1": rows(notice("a"), then="2"), "2": error}, tops=("1", "other"))
    with pytest.raises(type(error)):
        world.walk(wanted=lambda _one: False)
    assert world.asked == ["1", "2"]


def test_a_broken_listing_does_not_keep_the_others_from_being_read() -> None:
    world = World(
        {"1": LayoutChanged("no table", selector="table"), "2": rows(notice("b"))},
        tops=("1", "2"),
    )
    with pytest.raises(LayoutChanged):
        world.walk(wanted=lambda _one: False)
    assert world.asked == ["1", "2"]


def test_entries_are_opened_first_and_not_given_again() -> None:
    world = World({"1": rows(notice("7"), notice("8"))}, deep("7", "8"))
    pages = world.walk(entries=["7", "not a number", "404"])
    assert given(pages) == [("7", "detail"), ("8", "detail")]
    assert faults(pages) == [NotFound, NotSaved]
    assert [page.ended for page in pages[:3]] == [Ended.ENTRY] * 3
    assert world.asked == ["7", "404", "1", "8"]


def test_the_same_pages_walked_twice_give_the_same() -> None:
    listings: dict[str, Listing | SourceError] = {
        "1": rows(notice("a"), replace(notice("b"), title="Кабель"), then="2"),
        "2": rows(notice("c")),
    }
    assert (
        World(listings, deep("a")).walk()[0].notices == World(listings, deep("a")).walk()[0].notices
    )
