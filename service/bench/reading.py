"""Parse listing pages and store them, as a process of its own: `python -m … NOTICES DATABASE`.

Its peak memory is the figure: the pages differ only in the ids of their notices, so that what grows
with their number is kept by us.
"""

import sys
from dataclasses import replace

from service.bench.ingest import SEEN
from service.bench.pages import grown
from service.store import open_store
from service.store.notices import save_page

PORTAL = "kz_mitwork"
"""A page of HTML, because a tree of it is what takes memory."""


def read(count: int, url: str) -> None:
    """Parse and store pages until `count` notices are stored, a transaction a page."""
    page = next(page for page in grown() if page.portal.name == PORTAL)
    done = 0
    with open_store(url) as store:
        while done < count:
            shown = page.portal.listing(page.answer, page.query).notices[: count - done]
            notices = [replace(notice, id=f"{notice.id}-{done}") for notice in shown]
            with store.writing() as session:
                save_page(session, notices, SEEN)
            done += len(notices)


if __name__ == "__main__":
    read(int(sys.argv[1]), sys.argv[2])
