"""The visible list of false alarms: what people said is not for them, and why."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from service.desk.declined import FALSE_ALARMS, declined
from service.store.tables.naming import DeclineReason
from service.texts import language
from service.web.access import Reader
from service.web.desk import desk_of
from service.web.lines import lead_words
from service.web.rendering import Words, page

router = APIRouter()


@router.get("/false-alarms")
def false_alarms(request: Request, viewer: Reader, reason: str = "") -> Response:
    """Show what was declined, by reason."""
    desk, lang = desk_of(request), language(viewer.language)
    wanted = DeclineReason(reason) if reason in {each.value for each in DeclineReason} else None
    with desk.store.reading() as session:
        found, counts = declined(session, viewer.scope, desk.clock, wanted)
    w = Words(lang, viewer.zone)
    return page(
        request,
        viewer,
        "false_alarms.html",
        found=[(each, lead_words(each.card, w)) for each in found],
        counts=[
            (each.value, lang.name("decline", each.value), counts[each], each in FALSE_ALARMS)
            for each in DeclineReason
            if each in counts
        ],
        total=sum(counts.values()),
        wanted=wanted.value if wanted else "",
    )
