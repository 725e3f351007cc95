"""The mails that let people in: a one-time sign-in link, and an invitation."""

from datetime import timedelta

import structlog
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from service.digest.rendering import Rendered
from service.errors import StoreError
from service.outbox.delivering import deliver_due, way_of
from service.outbox.letters import put_letter
from service.people.listing import Person
from service.places import places
from service.store.secrets import hashed
from service.store.sessions import LINK_LASTS, new_login_link
from service.store.tables.naming import DeliveryKind
from service.texts import language
from service.web.desk import Desk
from service.web.rendering import BRAND, templates

log = structlog.get_logger(__name__)
INVITATION_LASTS = timedelta(days=7)


def link_address(desk: Desk, secret: str, wanted: str = "/") -> str:
    """Give the address of a sign-in link; `wanted` is the page it leads to in the end."""
    from_page = "" if wanted == "/" else f"?next={wanted}"
    return f"{desk.config.desk.address}/sign-in/link/{secret}{from_page}"


def put_sign_in(session: Session, desk: Desk, person: Person, *, invitation: bool = False) -> str:
    """Make a one-time link, put the mail that carries it into the outbox, and give its address."""
    now = desk.now()
    secret = new_login_link(session, person.id, now, INVITATION_LASTS if invitation else LINK_LASTS)
    address = link_address(desk, secret)
    kind = DeliveryKind.INVITATION if invitation else DeliveryKind.SIGN_IN
    body = _worded(desk, person, address, invitation=invitation)
    # The slot tells one link from the next, and must not be the key itself.
    put_letter(session, desk.config, person, kind, hashed(secret)[:16], body, now)
    return address


def send_now(desk: Desk) -> None:
    """Let what is due leave, after the answer: nobody waits for the next round to sign in. What
    cannot leave now stays due for that round."""
    way = way_of(desk.config, places(desk.config, desk.mode).digests)
    try:
        for _ in deliver_due(desk.store, way, desk.clock):
            pass
    except (DatabaseError, StoreError) as error:
        log.warning("web.delivery", error=repr(error))


def _worded(desk: Desk, person: Person, address: str, *, invitation: bool) -> Rendered:
    lang = language(person.preferences.language or desk.config.digest.language)
    if invitation:
        subject = lang.text("You are invited to %(brand)s", brand=BRAND)
        lasts = lang.text("The link works once, within seven days.")
    else:
        subject = lang.text("Signing in to %(brand)s", brand=BRAND)
        lasts = lang.text("The link works once, within ten minutes.")
    values = {
        "_": lang.text,
        "lang": lang.code,
        "subject": subject,
        "lasts": lasts,
        "address": address,
        "name": person.name,
        "brand": BRAND,
        "invitation": invitation,
    }
    text = templates().get_template("sign_in_mail.txt").render(values)
    html = templates().get_template("sign_in_mail.html").render(values)
    return Rendered(subject, text, html)
