"""The links of ours in a mail: signed for its reader, about its leads, none to anything else."""

from collections.abc import Iterable

from service.config import Config
from service.digest.records import Addresses
from service.outbox.letters import unsubscribe_link
from service.people.actions import LEAD, PREFERENCES
from service.people.links import SigningKey
from service.people.listing import Person


def addresses_for(
    config: Config, key: SigningKey, person: Person, lead_ids: Iterable[str]
) -> Addresses:
    """Give a reader's links; none where no pages are configured. A lead's link says which lead and
    whose, and what it does is done by POST only."""
    root = config.desk.address
    if not root or not person.id:
        return Addresses({})
    return Addresses(
        leads={id_: f"{root}/l/{key.sign(LEAD, person.id, int(id_))}" for id_ in lead_ids},
        everything=f"{root}/leads",
        preferences=f"{root}/p/{key.sign(PREFERENCES, person.id)}",
        unsubscribe=unsubscribe_link(config, key, person),
    )
