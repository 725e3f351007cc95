"""How politely and how patiently one portal is read. Values come from config, never from here."""

from dataclasses import dataclass, field
from pathlib import Path

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """Pace, patience and limits of a fetcher. Times are seconds, sizes decoded bytes.

    `user_agent` names us and a contact. `deadline` bounds one exchange from connecting to the last
    byte; waiting between attempts is not part of it. `retries` counts further attempts after the
    first. A portal that asks for a longer wait than `retry_after_cap` is left alone for this run.
    `max_bytes` bounds an HTML page (its tree takes about ten times that); `max_data_bytes` bounds
    JSON, XML and files, which are packages of hundreds of notices or scanned documents.
    `proxy` is an http(s) URL. `ca_file` holds roots trusted besides the usual ones. `archive` is
    the folder for raw answers, and `readable_names` also keeps them there under names people read.
    `token` is sent as a bearer token, to the portal's own hosts only, and is never archived.
    """

    user_agent: str
    delay_seconds: float = 1.0
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    deadline: float = 120.0
    max_bytes: int = 5 * MIB
    max_data_bytes: int = 32 * MIB
    retries: int = 3
    backoff_seconds: float = 1.0
    retry_after_cap: float = 60.0
    proxy: str | None = None
    ca_file: Path | None = None
    archive: Path | None = None
    readable_names: bool = False
    token: str | None = field(default=None, repr=False)
    obey_robots: bool = True
