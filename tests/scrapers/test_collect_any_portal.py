"""Whatever shape a portal has, a walk ends, makes no request twice and invents nothing."""

from hypothesis import assume, given
from hypothesis import strategies as st

from scrapers.collect import Ended, Page
from scrapers.errors import Blocked, LayoutChanged, NotFound, SourceError, Unreachable
from scrapers.portal import Listing
from scrapers.records import Depth, Notice
from tests.scrapers.test_collect import World, at, notice, rows

PAGES = "1234567"
IDENTS = "abcdefgh"

listings = st.builds(
    lambda idents, then, total: rows(*map(notice, idents), then=then, total=total),
    st.text(IDENTS, max_size=5),
    st.none() | st.sampled_from(PAGES),
    st.none() | st.integers(0, 20),
)
errors = st.sampled_from([NotFound("x"), Blocked("x"), Unreachable("x")])
broken: st.SearchStrategy[SourceError] = st.just(LayoutChanged("x", selector="y"))
worlds = st.builds(
    lambda pages, details, tops, budget: World(pages, details, tuple(tops), budget),
    st.fixed_dictionaries(dict.fromkeys(PAGES, listings | errors | broken)),
    st.fixed_dictionaries(
        {ident: st.just(notice(ident, depth=Depth.DETAIL)) | errors for ident in IDENTS}
    ),
    st.lists(st.sampled_from(PAGES), min_size=1, max_size=3, unique=True),
    st.integers(0, 30),
)


def walked(world: World, resume: str | None) -> list[Page]:
    """The pages of a walk, those before an error included."""
    pages: list[Page] = []
    try:
        pages = world.walk(resume=at(resume) if resume else None, into=pages)
    except SourceError:
        return pages
    return pages


@given(worlds, st.none() | st.sampled_from(PAGES))
def test_a_walk_ends_and_tells_only_what_it_read(world: World, resume: str | None) -> None:
    pages = walked(world, resume)
    assert len(world.asked) == len(set(world.asked)), "a request was made twice"
    assert len(world.asked) <= min(world.budget, len(PAGES) + len(IDENTS))
    read = [world.listings[path] for path in world.asked if path in PAGES]
    true = {one.id for found in read if isinstance(found, Listing) for one in found.notices}
    given_ids = [one.id for page in pages for one in page.notices]
    assert set(given_ids) == true
    assert len(given_ids) == len(true)
    for page in pages:
        assert {one.id for one in page.notices} <= set(page.seen)
        for one in page.notices:
            assert one == notice(one.id) or one == world.pages[one.id]


@given(worlds, st.integers(1, 6))
def test_walks_cut_short_reach_the_end_together(world: World, budget: int) -> None:
    """Runs of a few requests each, resumed, read what one long run reads."""
    sound = {path: one if isinstance(one, Listing) else rows() for path, one in
             world.listings.items()}  # fmt: skip
    whole = World(dict(sound), world.pages, world.tops)
    read = whole.walk(wanted=lambda _one: False)
    # A run tells a listing in circles by meeting a page twice; runs shorter than the circle cannot.
    assume(Ended.REPEATS not in {page.ended for page in read})
    expected = {one.id for page in read for one in page.notices}
    found: dict[str, Notice] = {}
    resume = None
    for _ in range(60):
        part = World(dict(sound), {}, world.tops, budget, opens=lambda _one: ())
        stored = frozenset(found.values())
        pages = part.walk(resume=resume, known=stored.__contains__)
        found |= {one.id: one for page in pages for one in page.notices}
        resume = pages[-1].next
        if pages[-1].ended is not Ended.BUDGET:
            break
    else:
        raise AssertionError("the runs got nowhere")
    assert set(found) == expected
