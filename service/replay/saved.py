"""Reading the maps from file to address, and choosing the answer that fits a request.

The format is described in `service.replay`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from scrapers.portal import Setting
from service.errors import InputError

MAPS = Path(__file__).parent / "maps"

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".xml": "application/xml",
    ".pdf": "application/pdf",
    ".http": "application/json",
    ".gz": "application/gzip",
}


class MapError(InputError):
    """A map of `service/replay/maps` cannot be used, or a file it names cannot be read."""


class SavedAnswer(BaseModel):
    """One `[[answers]]` table: the file, and which requests it answers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    url: str
    method: Literal["GET", "POST"] = "GET"
    params: Mapping[str, str] = Field(default_factory=dict)
    form: Mapping[str, str] = Field(default_factory=dict)
    body: Mapping[str, Any] | None = Field(default=None, alias="json")
    content_type: str = ""
    status: int = 200
    part: str = ""

    @field_validator("url")
    @classmethod
    def _whole_and_bare(cls, url: str) -> str:
        parts = urlsplit(url)
        if not parts.scheme or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be scheme, host and path, without a query: use params")
        return url

    @field_validator("part")
    @classmethod
    def _known_part(cls, part: str) -> str:
        if part not in {"", "http"} and not part.startswith(("from:", "until:")):
            raise ValueError("must be http, from:TEXT or until:TEXT")
        return part

    @property
    def weight(self) -> int:
        """How many values this answer insists on; the heaviest that fits is served."""
        return len(self.params) + len(self.form) + _leaves(self.body)

    def read(self, folder: Path) -> tuple[bytes, str]:
        """The bytes to serve and their content type. Raises `MapError` when they are gone."""
        try:
            whole = (folder / self.file).read_bytes()
        except OSError as error:
            raise MapError(f"cannot read {folder / self.file}: {error.strerror}") from error
        kind = self.content_type or _TYPES.get(Path(self.file).suffix, "application/octet-stream")
        return _cut(whole, self.part, self.file), kind


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    portal: str
    captured: datetime
    entries: tuple[str, ...] = ()
    query: Mapping[str, Setting] = Field(default_factory=dict)
    answers: tuple[SavedAnswer, ...] = Field(min_length=1)

    @field_validator("captured")
    @classmethod
    def _aware(cls, captured: datetime) -> datetime:
        if captured.tzinfo is None:
            raise ValueError("needs an offset, as in 2026-05-18T12:00:00+05:00")
        return captured.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class ReplayMap:
    """What was saved of one portal. `captured` is UTC; `absent` names files that are not there."""

    portal: str
    captured: datetime
    entries: tuple[str, ...]
    query: Mapping[str, Setting]
    answers: tuple[SavedAnswer, ...]
    absent: tuple[str, ...]


def load_maps(folder: Path, maps: Path = MAPS) -> tuple[ReplayMap, ...]:
    """Read every map and look its files up in `folder`, by portal name.

    A file that is absent is named in `absent` and its answer left out, so that a partial copy of
    the saved pages still replays; a map of which no file is there has no answers.
    Raises `MapError` for a map that is not valid or names a file outside the folder.
    """
    return tuple(_load(path, folder) for path in sorted(maps.glob("*.toml")))


def _load(path: Path, folder: Path) -> ReplayMap:
    try:
        table = _Table.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise MapError(f"{path.name}: {place}: {first['msg']}") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MapError(f"{path.name}: {error}") from error
    root = folder.resolve()
    for answer in table.answers:
        if not (root / answer.file).resolve().is_relative_to(root):
            raise MapError(f"{path.name}: {answer.file} lies outside the folder")
    present = tuple(answer for answer in table.answers if (root / answer.file).is_file())
    absent = tuple(answer.file for answer in table.answers if answer not in present)
    return ReplayMap(table.portal, table.captured, table.entries, table.query, present, absent)


def _leaves(value: object) -> int:
    if isinstance(value, Mapping):
        return sum(_leaves(part) for part in value.values())
    return 0 if value is None else 1


def _cut(whole: bytes, part: str, file: str) -> bytes:
    if part == "http":
        start = whole.rfind(b"\nHTTP/1.") + 1
        _, blank, body = whole[start:].replace(b"\r\n", b"\n").partition(b"\n\n")
        if not blank:
            raise MapError(f"{file}: no blank line after the status line")
        return body
    if part:
        where, _, text = part.partition(":")
        at = whole.find(text.encode())
        if at < 0:
            raise MapError(f"{file}: {text!r} is not in the file")
        return whole[at:] if where == "from" else whole[:at]
    return whole
