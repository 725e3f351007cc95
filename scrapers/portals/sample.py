"""The sample portal: invented notices that ship with the project.

Domain
    sample.suranys.example, a host that exists nowhere; a run serves it on loopback.

Caveats
    Nothing here was ever published. Every notice has `sample` set and says so in its title and
    buyer; deadlines count from the day of the run. Kept in `scrapers/sample/notices.toml`.

Terms
    Written for this project, under its licence.

API documentation
    OCDS 1.1 release packages, next page in `links.next`; `x_sample` is our extension.
"""

from functools import partial

from scrapers.portal import Portal, Query, Request
from scrapers.portals.ocds import read_page
from scrapers.sample.pages import HOST, ZONE

NAME = "sample"


def first(_query: Query) -> tuple[Request, ...]:
    """The first of the pages of `scrapers.sample.sample_pages`."""
    return (Request(f"https://{HOST}/ocds/releases/1", expect="json"),)


PORTAL = Portal(
    name=NAME,
    title="Образец (вымышленные закупки)",
    country="KZ",
    home=f"https://{HOST}/",
    hosts=frozenset({HOST}),
    zone=ZONE,
    first=first,
    listing=partial(read_page, portal=NAME, zone=ZONE),
)
