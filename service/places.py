"""Where a run keeps its things. Live, sample and replay never share a database: an invented or
an old notice must not be able to reach a live digest."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # matching files needs no settings, and they take a sixth of a second to load
    from service.config import Config

Mode = Literal["live", "sample", "replay"]


@dataclass(frozen=True, slots=True)
class Places:
    """`database_url` is an SQLAlchemy address; the folders may not exist yet."""

    mode: Mode
    database_url: str
    archive: Path
    digests: Path


def places(config: "Config", mode: Mode = "live") -> Places:
    """Give database, archive and digests of a mode. Only live uses `[database] url`."""
    folder = config.folder
    var = folder / config.paths.var
    archive = folder / (config.paths.archive or var / "archive")
    digests = folder / (config.paths.digests or var / "digests")
    if mode == "live":
        url = config.database.url or f"sqlite:///{var / 'suranys.db'}"
        return Places(mode, url, archive, digests)
    return Places(
        mode,
        f"sqlite:///{var / f'{mode}.db'}",
        archive.with_name(f"{archive.name}-{mode}"),
        digests.with_name(f"{digests.name}-{mode}"),
    )
