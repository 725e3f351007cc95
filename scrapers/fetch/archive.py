"""Raw answers kept by content, so that any run can be parsed again without the network.

    FOLDER/raw/ab/abcdef….gz        the body, gzip, named by the SHA-256 of its bytes
    FOLDER/index-2026-05.jsonl      one line an answer, appended, by the month it was received
    FOLDER/pages/<host>/<path>….html   with `readable_names`: the body again, for people

A process killed in the middle leaves at worst a stray temporary file or half a last line, which
readers skip. Tokens and request headers are never written.
"""

import gzip
import json
import os
import re
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapers.portal import Answer, Request

_KEPT_HEADERS = ("content-type", "etag", "last-modified", "content-disposition", "date")
_SUFFIX = {"html": ".html", "json": ".json", "xml": ".xml", "file": ".bin"}


class ArchiveDamagedError(Exception):
    """An archived body is missing or its bytes are not those its name says."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The newest archived answer to a request: its validators and the name of its body."""

    etag: str
    last_modified: str
    sha: str
    url: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """An archived answer without its body, which `Archive.load(sha)` gives. `url` is the final
    address after redirects."""

    request: Request
    url: str
    status: int
    content_type: str
    received_at: datetime
    sha: str


class Archive:
    """A folder of raw answers. Several may write to one folder, each a portal in a thread."""

    def __init__(self, folder: Path, *, readable_names: bool = False) -> None:
        self._folder = folder
        self._readable = readable_names
        folder.mkdir(parents=True, exist_ok=True)
        self._newest: dict[str, Stored] = {}
        for line in self._lines(sorted(folder.glob("index-*.jsonl"))[-2:], _has_validator):
            self._remember(line)

    def store(self, answer: Answer) -> str:
        """Keep an answer and return the SHA-256 of its body, by which `load` finds it."""
        sha = sha256(answer.body).hexdigest()
        place = self._place(sha)
        if not place.exists():
            _write_whole(place, gzip.compress(answer.body, compresslevel=6, mtime=0))
        line = _line(answer, sha)
        self._append(f"index-{answer.received_at:%Y-%m}.jsonl", line)
        self._remember(line)
        if self._readable:
            _write_whole(self._folder / "pages" / _readable_name(answer, sha), answer.body)
        return sha

    def load(self, sha: str) -> bytes:
        """Return an archived body. Raises `ArchiveDamagedError`."""
        try:
            body = gzip.decompress(self._place(sha).read_bytes())
        except (OSError, EOFError, zlib.error) as error:
            raise ArchiveDamagedError(f"{sha}: {error}") from error
        if sha256(body).hexdigest() != sha:
            raise ArchiveDamagedError(f"{sha}: other bytes than its name says")
        return body

    def answers(self, since: datetime) -> Iterator[Answer]:
        """Yield the answers received at `since` or later, oldest first. Bodies are read one by one.

        Raises `ArchiveDamagedError` at a body that is gone.
        """
        first = f"index-{since.astimezone(UTC):%Y-%m}.jsonl"
        paths = [p for p in sorted(self._folder.glob("index-*.jsonl")) if p.name >= first]
        for line in self._lines(paths):
            if datetime.fromisoformat(line["received_at"]) >= since:
                yield self._answer(line)

    def index(self) -> Iterator[Kept]:
        """Yield what is known of every archived answer, oldest first, without reading a body."""
        for line in self._lines(sorted(self._folder.glob("index-*.jsonl"))):
            yield Kept(
                request=_request(line),
                url=line["final_url"],
                status=line["status"],
                content_type=line["headers"].get("content-type", ""),
                received_at=datetime.fromisoformat(line["received_at"]).astimezone(UTC),
                sha=line["sha"],
            )

    def stored(self, request: Request) -> Stored | None:
        """The newest answer to the same request within the last two months of the archive."""
        return self._newest.get(_key(request))

    def forget(self, request: Request) -> None:
        """Drop a damaged body: no conditions are sent for the request until it is stored anew."""
        stored = self._newest.pop(_key(request), None)
        if stored is not None:
            self._place(stored.sha).unlink(missing_ok=True)

    def _place(self, sha: str) -> Path:
        return self._folder / "raw" / sha[:2] / f"{sha}.gz"

    def _remember(self, line: Mapping[str, Any]) -> None:
        """Keep the validators of an answer in mind, if it has any: most pages have none."""
        headers = line["headers"]
        etag, modified = headers.get("etag", ""), headers.get("last-modified", "")
        key = _key(_request(line))
        if etag or modified:
            self._newest[key] = Stored(etag, modified, line["sha"], line["final_url"], headers)
        else:
            self._newest.pop(key, None)

    def _append(self, name: str, line: Mapping[str, Any]) -> None:
        text = json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n"
        index = os.open(self._folder / name, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            # a line cut by a kill must not swallow this one
            size = os.fstat(index).st_size
            if size and os.pread(index, 1, size - 1) != b"\n":
                text = "\n" + text
            # one write: portals are read in threads, and appends must not mix
            os.write(index, text.encode())
            os.fsync(index)
        finally:
            os.close(index)

    def _lines(
        self, paths: list[Path], wanted: Callable[[bytes], bool] = bool
    ) -> Iterator[dict[str, Any]]:
        for path in paths:
            with path.open("rb") as index:
                for raw in filter(wanted, index):
                    try:
                        line = json.loads(raw)
                        _request(line), line["sha"], line["headers"], line["received_at"]
                    except (ValueError, KeyError, TypeError):
                        continue  # cut by a kill
                    yield line

    def _answer(self, line: Mapping[str, Any]) -> Answer:
        return Answer(
            request=_request(line),
            url=line["final_url"],
            status=line["status"],
            headers=line["headers"],
            body=self.load(line["sha"]),
            received_at=datetime.fromisoformat(line["received_at"]),
        )


def _line(answer: Answer, sha: str) -> dict[str, Any]:
    request = answer.request
    return {
        "method": request.method,
        "url": request.url,
        "kind": request.kind,
        "ref": request.ref,
        "form": [list(pair) for pair in request.form],
        "json": request.json,
        "expect": request.expect,
        "final_url": answer.url,
        "status": answer.status,
        "headers": {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers},
        "received_at": answer.received_at.astimezone(UTC).isoformat(),
        "sha": sha,
    }


def _request(line: Mapping[str, Any]) -> Request:
    return Request(
        url=line["url"],
        kind=line["kind"],
        ref=line["ref"],
        method=line["method"],
        form=tuple((name, value) for name, value in line["form"]),
        json=line["json"],
        expect=line["expect"],
    )


def _key(request: Request) -> str:
    return json.dumps([request.method, request.url, request.form, request.json])


def _has_validator(raw: bytes) -> bool:
    """A look before reading JSON: of two months' lines few matter."""
    return b'"etag"' in raw or b'"last-modified"' in raw


def _readable_name(answer: Answer, sha: str) -> Path:
    """Host and path as far as they are harmless in a file name, and enough of the hash."""
    parts = urlsplit(answer.request.url)
    words = re.sub(r"[^\w.-]+", "_", f"{parts.path}_{parts.query}").strip("._")[:80] or "index"
    host = re.sub(r"[^\w.-]+", "_", parts.hostname or "").strip(".") or "host"
    return Path(host) / f"{words}-{sha[:8]}{_SUFFIX[answer.request.expect]}"


def _write_whole(path: Path, content: bytes) -> None:
    """All or nothing: temporary file, fsync, rename, fsync of the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
