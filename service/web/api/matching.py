"""Matching and reading of texts by API, against the catalogue the token's person may see."""

from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from catalog.family import load_families
from matcher.answers import row_to_json
from matcher.matching import match_lots
from matcher.reading import read_text
from matcher.reading.answers import reading_to_json
from matcher.records import LotText
from service.desk.tracing import offers_of, products_of
from service.web.access import NotAllowed, Reader
from service.web.api.answers import PROBLEMS, answer
from service.web.desk import desk_of
from service.web.viewer import Right, Viewer

router = APIRouter(tags=["matching"])
MOST_NOTICES = 50
MOST_TEXTS = 200
LONGEST = 20_000
_Text = Annotated[str, Field(max_length=LONGEST)]


class Wanted(BaseModel):
    """A purchase in the short form of a notices file."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(min_length=1, max_length=200)]
    title: Annotated[str, Field(min_length=1, max_length=2_000)]
    description: _Text = ""
    quantity: Annotated[Decimal, Field(ge=0, le=10**12, allow_inf_nan=False)] | None = None
    unit: Annotated[str, Field(max_length=60)] | None = None
    codes: Annotated[
        list[Annotated[str, Field(pattern=r"^[\w-]+:[\w.-]{1,40}$")]], Field(max_length=20)
    ] = []


class MatchRequest(BaseModel):
    """Purchases to be matched, and how many products to list for each."""

    model_config = ConfigDict(extra="forbid")

    notices: Annotated[list[Wanted], Field(min_length=1, max_length=MOST_NOTICES)]
    top: Annotated[int, Field(ge=1, le=50)] = 10


class MatchAnswer(BaseModel):
    """Rows in the format of `suranys match`."""

    rows: list[dict[str, Any]]


class TextToRead(BaseModel):
    """A text with a name of its own."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(max_length=200)]
    text: _Text


class ExtractRequest(BaseModel):
    """Texts to be read."""

    model_config = ConfigDict(extra="forbid")

    texts: Annotated[list[TextToRead], Field(min_length=1, max_length=MOST_TEXTS)]


class ExtractAnswer(BaseModel):
    """Lines in the format of `suranys extract`."""

    texts: list[dict[str, Any]]


@router.post("/match", response_model=MatchAnswer, responses=PROBLEMS)
def match(request: Request, viewer: Reader, asked: MatchRequest) -> Response:
    """Match purchases with the products that may be seen. Nothing is stored."""
    _allowed(viewer)
    with desk_of(request).store.reading() as session:
        products = products_of(session, viewer.scope)
    lots = [_lot(each) for each in asked.notices]
    rows = match_lots(lots, offers_of(products), top=asked.top) if products else ()
    return answer(request, MatchAnswer(rows=[row_to_json(row) for row in rows]))


@router.post("/extract", response_model=ExtractAnswer, responses=PROBLEMS)
def extract(request: Request, viewer: Reader, asked: ExtractRequest) -> Response:
    """Read sizes, grades, standards and quantities out of texts."""
    _allowed(viewer)
    families = load_families()
    found = [reading_to_json(each.id, read_text(each.text, families)) for each in asked.texts]
    return answer(request, ExtractAnswer(texts=found))


def _allowed(viewer: Viewer) -> None:
    if Right.MATCH not in viewer.rights and Right.WRITE not in viewer.rights:
        raise NotAllowed


def _lot(wanted: Wanted) -> LotText:
    pairs = [code.partition(":") for code in wanted.codes]
    return LotText(
        notice=wanted.id,
        lot="1",
        title=wanted.title,
        texts=(wanted.description,) if wanted.description else (),
        quantity=wanted.quantity,
        unit=wanted.unit,
        codes=tuple((scheme.upper(), id_) for scheme, _, id_ in pairs),
    )
