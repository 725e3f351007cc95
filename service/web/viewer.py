"""Who is asking."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from service.desk.scope import Scope
from service.store.tables.naming import Role


class Right(StrEnum):
    """What an API token may do. A person who signed in on a page has all of them."""

    READ = "read"
    MATCH = "match"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is asking. `role` is the person's own, or `guest` for the sample on loopback.

    `person_id` is None for a guest. `address` names the person in leads (`owner`) and the journal.
    `language` is one of `service.texts.LANGUAGES`, `zone` the IANA zone times are shown in.
    `own_buyers` are the BINs of the city's own buyers.
    """

    role: Role | Literal["guest"]
    name: str
    person_id: int | None = None
    address: str = ""
    plant_id: int | None = None
    department: str | None = None
    language: str = "ru"
    zone: str = "Asia/Almaty"
    rights: frozenset[Right] = frozenset(Right)
    own_buyers: tuple[str, ...] = ()

    @property
    def scope(self) -> Scope:
        """The plants this viewer may see, which every query takes. People of a plant see theirs."""
        plant = self.plant_id if self.role == Role.PLANT else None
        return Scope(plant, self.address or None, self.own_buyers)

    @property
    def may_write(self) -> bool:
        """Whether this viewer may change anything at all."""
        return self.role != "guest" and Right.WRITE in self.rights

    @property
    def is_admin(self) -> bool:
        """Whether this viewer also invites people."""
        return self.role == Role.ADMIN

    @property
    def is_zone(self) -> bool:
        """Whether this viewer sees the whole zone: officials, admins, and a guest."""
        return self.role != Role.PLANT
