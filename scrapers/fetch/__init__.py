"""Fetching, the only room of `scrapers` with a network: politely, safely, or with a named error.

    with Fetcher(portal, settings, now=clock) as fetcher:
        answer = fetcher.fetch(Request("https://…"))

Who may be asked: `addresses`. How fast: `pace`, `robots`, `retry`. What came: `exchange`,
`content`, `outcome`. What is kept: `archive`. What is connected to: `network`.
"""

from scrapers.fetch.archive import Archive, ArchiveDamagedError
from scrapers.fetch.client import Fetcher
from scrapers.fetch.network import LoopbackNetwork, PublicNetwork
from scrapers.fetch.settings import FetchSettings

__all__ = [
    "Archive",
    "ArchiveDamagedError",
    "FetchSettings",
    "Fetcher",
    "LoopbackNetwork",
    "PublicNetwork",
]
