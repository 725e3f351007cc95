"""Opening what is due between and after the pages of listings, and circles longer than a run."""

from collections.abc import Iterator

from scrapers.collect import Ended, Page, walk
from scrapers.errors import Blocked, ImplausibleListing
from scrapers.portal import Listing, Query, Request
from scrapers.records import Notice
from tests.scrapers.test_collect import HOME, NOW, World, at, deep, faults, given, notice, rows


def opening(world: World, *due: Notice) -> list[Page]:
    """Walk with a `wanted` that refuses all, and these notices due in this order."""
    waiting = iter(due)
    return list(
        walk(
            world.portal(),
            world.fetch,
            Query(NOW),
            wanted=lambda _one: False,
            due=lambda: next(waiting, None),
            left=world.left,
        )
    )


def three_pages() -> World:
    listings: dict[str, Listing] = {
        "1": rows(notice("a"), then="2"),
        "2": rows(notice("b"), then="3"),
        "3": rows(notice("c")),
    }
    return World({**listings}, deep(*"abcdefg"))


def test_as_much_is_opened_as_listed_and_the_rest_afterwards() -> None:
    world = three_pages()
    pages = opening(world, *(notice(one) for one in "gfedc"))
    assert world.asked == ["1", "g", "2", "f", "3", "e", "d", "c"]
    assert [page.ended for page in pages if page.ended] == [
        Ended.OPENED,
        Ended.OPENED,
        Ended.COMPLETE,
        *[Ended.OPENED] * 3,
    ]
    assert given(pages)[1] == ("g", "detail")


def test_a_notice_that_is_due_twice_is_opened_once() -> None:
    world = three_pages()
    opening(world, notice("a"), notice("a"))
    assert world.asked == ["1", "a", "2", "3"]


def test_what_is_due_stays_unopened_when_the_time_is_over() -> None:
    world = three_pages()
    world.budget = 4
    pages = opening(world, notice("a"), notice("b"), notice("c"))
    assert world.asked == ["1", "a", "2", "b"]
    assert pages[-1].ended is Ended.BUDGET
    assert pages[-1].next == at("3")


def test_two_refusals_end_the_opening_and_the_listing_goes_on() -> None:
    world = three_pages()
    world.pages |= {"a": Blocked("captcha"), "b": Blocked("captcha")}
    pages = opening(world, *(notice(one) for one in "abcd"))
    assert world.asked == ["1", "a", "2", "b", "3"]
    assert faults(pages) == [Blocked, Blocked]


def circle(length: int) -> World:
    """A listing whose last page leads to its first, each page with a row of its own."""
    names = [str(number) for number in range(length)]
    following = [*names[1:], names[0]]
    listings = {
        name: rows(notice(f"n{name}"), then=then)
        for name, then in zip(names, following, strict=True)
    }
    return World({**listings}, tops=("0",))


def runs(world: World, budget: int) -> Iterator[Page]:
    """Walks of `budget` requests, each going on where the one before stopped."""
    resume: Request | None = None
    for _ in range(1000):
        world.asked.clear()
        world.budget = budget
        pages = list(
            walk(
                world.portal(),
                world.fetch,
                Query(NOW),
                resume=resume,
                wanted=lambda _one: False,
                left=world.left,
            )
        )
        yield from pages
        resume = pages[-1].next
        if resume is None:
            return
    raise AssertionError("no run noticed the circle")


def test_a_circle_of_pages_longer_than_a_run_is_noticed() -> None:
    pages = list(runs(circle(40), budget=7))
    assert ImplausibleListing in faults(pages)
    # Brent: the mark is passed at the latest after it lay behind a power of two >= 40
    first = next(index for index, page in enumerate(pages) if ImplausibleListing in faults([page]))
    listed = [page for page in pages[:first] if page.notices]
    assert len(listed) <= 3 * 40


def test_a_long_listing_that_ends_is_no_circle() -> None:
    world = circle(40)
    world.listings["39"] = rows(notice("n39"))
    pages = list(runs(world, budget=7))
    assert {one.id for page in pages for one in page.notices} == {f"n{n}" for n in range(40)}
    assert ImplausibleListing not in faults(pages)


def test_the_place_in_a_listing_is_no_part_of_what_is_asked() -> None:
    assert Request(HOME, steps=3, anchor="x") == Request(HOME)
