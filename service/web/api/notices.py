"""Notices by API, and as OCDS."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from scrapers.records import Phase
from service.desk.notices import NoticeFilters, find_notices, whole_notices
from service.desk.ocds import release_of
from service.web.access import Reader
from service.web.api.answers import PROBLEMS, Money, answer, money_of
from service.web.desk import desk_of

router = APIRouter(tags=["notices"])
_Code = Annotated[str, Field(pattern=r"^[\w.:-]{1,80}$")]


class NoticesQuery(BaseModel):
    """What a list is narrowed by. Parameters that repeat are alternatives."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field("", max_length=200, description="Words, in any form of Russian or Kazakh")
    portal: list[_Code] = Field([], max_length=50)
    phase: list[Phase] = Field([], max_length=5)
    country: list[_Code] = Field([], max_length=50)
    after: str | None = Field(None, max_length=500, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=100)

    def filters(self) -> NoticeFilters:
        """Give the filters of the desk."""
        return NoticeFilters(
            text=self.text,
            portal=tuple(self.portal),
            phase=tuple(each.value for each in self.phase),
            country=tuple(self.country),
        )


class Notice(BaseModel):
    """A notice as lists show it; OCDS has the whole of it."""

    portal: str
    id: str
    number: str | None
    title: str
    url: str
    phase: Phase
    buyer: str | None
    country: str | None
    value: Money | None
    published_at: datetime | None
    ends_at: datetime | None
    sample: bool


class Notices(BaseModel):
    """A page of notices, the latest stored first. `next` is the cursor of the page after it."""

    items: list[Notice]
    next: str | None


class Package(BaseModel):
    """An OCDS 1.1 release package. `next` in `links` is the page after it."""

    uri: str
    version: str = "1.1"
    publishedDate: datetime
    publisher: dict[str, str]
    releases: list[dict[str, Any]]
    links: dict[str, str] = {}


@router.get("/notices", response_model=Notices, responses=PROBLEMS)
def notices(
    request: Request,
    viewer: Reader,  # noqa: ARG001 - no stranger
    asked: Annotated[NoticesQuery, Query()],
) -> Response:
    """Give a page of the stored notices."""
    with desk_of(request).store.reading() as session:
        lines, after = find_notices(session, asked.filters(), asked.after, asked.limit)
    items = [
        Notice(
            value=money_of(line.value),
            **{name: getattr(line, name) for name in Notice.model_fields if name != "value"},
        )
        for line in lines
    ]
    return answer(request, Notices(items=items, next=after))


@router.get("/ocds", response_model=Package, responses=PROBLEMS)
def ocds(
    request: Request,
    viewer: Reader,  # noqa: ARG001 - no stranger
    asked: Annotated[NoticesQuery, Query()],
) -> Response:
    """Give a page of the stored notices as an OCDS release package."""
    desk = desk_of(request)
    with desk.store.reading() as session:
        found, after = whole_notices(session, asked.filters(), asked.after, asked.limit)
    address = request.url
    dates = [each.amended_at or each.published_at for each in found]
    package = Package(
        uri=str(address),
        publishedDate=max((each for each in dates if each), default=desk.now()),
        publisher={"name": "Suranys"},
        releases=[release_of(each) for each in found],
        links={"next": str(address.include_query_params(after=after))} if after else {},
    )
    return answer(request, package)
