"""Whose eyes a question is answered for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """`plant_id` is the key of the only plant that may be seen, None for the whole zone. `address`
    is who asks, for the filter «mine»; `own_buyers` are the BINs of the city's own buyers, for the
    filter «own»."""

    plant_id: int | None = None
    address: str | None = None
    own_buyers: tuple[str, ...] = ()

    @property
    def zone(self) -> bool:
        """Whether every plant may be seen."""
        return self.plant_id is None
