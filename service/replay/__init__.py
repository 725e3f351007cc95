"""Replay: saved pages served on loopback under the portals' own addresses.

Only the address connected to changes: the fetcher runs with `scrapers.fetch.LoopbackNetwork(port)`
and asks the portal's own host and path, so host lists, guards and parsers see what they see live.

One map per portal, `service/replay/maps/<portal>.toml`, says which file answers which address:

    portal = "kz_goszakup"
    captured = 2026-05-18T12:00:00+05:00     # day of capture, with offset: the replay's clock

    entries = ["17013627"]                   # optional: notices that no listing links to,
                                             # as a person would paste them (Portal.entry)
    [query]                                  # optional: settings of [portals.NAME.query]
    words = ["труба"]                        # that replace the configured ones in a replay

    [[answers]]
    file = "goszakup_kz/lots_search_page.html"        # inside the folder of --replay
    url = "https://goszakup.gov.kz/ru/search/lots"    # scheme, host, path; no query
    method = "GET"                                    # default GET
    params = { page = "2" }                           # query parameters that must be equal
    form = { id = "42" }                              # form fields that must be equal
    json = { variables = { limit = 50 } }             # part of the JSON body that must be equal
    content_type = "text/html; charset=utf-8"         # default by the file's suffix
    status = 200                                      # default 200
    part = "http"                                     # default: the whole file

All values of `params` and `form` are strings. Of several answers that fit, the one naming most
values wins, then the first in the file; so an answer without `params` serves all else.
A parameter that must be absent or empty is written `page = ""`.
`part = "http"` takes the body after the last `HTTP/1.x` status line of a saved exchange;
`part = "from:TEXT"` and `part = "until:TEXT"` take the bytes from, or before, the first TEXT.

An address that is in no map is answered 404 with `x-suranys-replay: not-saved`, which the fetcher
raises as `NotSaved`. robots.txt is a plain 404: no rules, all allowed.

The folder may also be, or hold, the archive of a live run: see `service.replay.archived`.
"""

from service.replay.archived import Archived, is_archive
from service.replay.saved import MapError, ReplayMap, SavedAnswer, load_maps
from service.replay.server import Asked, ReplayServer, Reply

__all__ = [
    "Archived",
    "Asked",
    "MapError",
    "ReplayMap",
    "ReplayServer",
    "Reply",
    "SavedAnswer",
    "is_archive",
    "load_maps",
]
