"""Releases out of whatever they come in: packages, records, lists, JSON Lines, gzip.

A package may hold several releases of one process, which are merged; the order of processes is
that of their first mention.
"""

import gzip
import json
import zlib
from collections.abc import Iterator
from io import BytesIO

from scrapers.errors import LayoutChanged, SourceError, TooLarge, Truncated
from scrapers.json_body import MAX_BYTES, read_json
from scrapers.ocds.merge import merged
from scrapers.ocds.values import Json, identifier, mapping, mappings


def processes(document: object) -> list[Json]:
    """One compiled release for each contracting process in a document.

    Raises `LayoutChanged` when the document holds no release at all and is no package either.
    """
    by_process: dict[str, list[Json]] = {}
    for release in _releases(document):
        ocid = identifier(release.get("ocid")) or identifier(release.get("id"))
        by_process.setdefault(ocid, []).append(release)
    return [merged(releases) for releases in by_process.values()]


def _releases(document: object, depth: int = 0) -> Iterator[Json]:
    """The releases in a document, as they stand."""
    if isinstance(document, list) and depth < _DEEPEST:
        for part in document:
            yield from _releases(part, depth + 1)
        return
    fields = mapping(document)
    if isinstance(fields.get("releases"), list) and "compiledRelease" not in fields:
        # A package, or a record; releases that are only links hold nothing to read.
        inner = mappings(fields["releases"])
        yield from (release for release in inner if len(release.keys() - _LINK) > 1)
    elif "compiledRelease" in fields:
        yield mapping(fields["compiledRelease"])
    elif isinstance(fields.get("records"), list) and depth < _DEEPEST:
        for record in mappings(fields["records"]):
            yield from _releases(record, depth + 1)
    elif "ocid" in fields and fields.keys() & {"tender", "planning", "awards", "contracts", "tag"}:
        yield fields
    else:
        raise LayoutChanged("no release, record or package", selector="releases|records|ocid")


_DEEPEST = 4  # a list of packages of records; deeper is no publisher's but an attack
_LINK = {"url", "date", "tag"}


def json_documents(
    body: bytes, content_type: str = "", *, portal: str = "", url: str = ""
) -> Iterator[object]:
    """The JSON documents of a file or answer: one document, or one a line; gzip is opened.

    Raises the errors of `read_json`; a broken line of several raises after the good ones before it.
    """
    if body[:2] == b"\x1f\x8b":
        body = _unzip(body, portal, url)
    first, _, rest = body.lstrip().partition(b"\n")
    if not rest.strip() or not _is_document(first):
        yield read_json(body, content_type, portal=portal, url=url)
        return
    for line in body.splitlines():
        if line.strip():
            yield read_json(line, content_type, portal=portal, url=url)


def _is_document(line: bytes) -> bool:
    """Whether a line is a JSON object by itself, which makes the file JSON Lines."""
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _unzip(body: bytes, portal: str, url: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=BytesIO(body)) as unzipped:
            opened = unzipped.read(MAX_BYTES + 1)
    except EOFError as error:
        raise Truncated("the gzip ends early", portal=portal, url=url) from error
    except (OSError, zlib.error) as error:
        raise SourceError(f"broken gzip: {error}", portal=portal, url=url) from error
    if len(opened) > MAX_BYTES:
        raise TooLarge("a gzip bomb, or a file for another tool", portal=portal, url=url)
    return opened
