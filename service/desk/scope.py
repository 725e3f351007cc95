"""Whose eyes a question is answered for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """`plant_id` is the key of the only plant that may be seen, None for the whole zone. `address`
    is who asks, for the filter «mine»."""

    plant_id: int | None = None
    address: str | None = None

    @property
    def zone(self) -> bool:
        """Whether every plant may be seen."""
        return self.plant_id is None
