"""Signed links: an address in a mail that says who it was sent to and what it is about.

No sign-in is needed to follow one, so a link says only what its mail said, and one purpose never
opens another. Mail scanners follow every link: GET shows, POST acts.
"""

import hashlib
import hmac
import os
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from service.config import Config
from service.errors import ConfigError, SuranysError
from service.places import Mode

_TOKEN = re.compile(
    r"(?P<ids>\d{1,18}(-\d{1,18}){0,7})(\.(?P<until>\d{1,12}))?\.(?P<mac>[A-Za-z0-9_-]{32})"
)
_MAC_BYTES = 24  # 192 bits
_KEY_BYTES = 32
_SHORTEST_KEY = 16


class BadLink(SuranysError):
    """Raised for a token that nobody signed for this purpose, or that has expired."""

    def __init__(self, message: str, *, expired: bool = False) -> None:
        super().__init__(message)
        self.expired = expired


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The key of one mode. A link out of a sample must open nothing of the live database, where
    the same numbers name other people and leads."""

    key: bytes

    def sign(self, purpose: str, person: int, *ids: int, expires_at: datetime | None = None) -> str:
        """Give a token for an address: only letters, digits, `-`, `_` and `.`.

        `purpose` is a fixed word such as "lead" or "unsubscribe"; `ids` number what it is about.
        """
        said = "-".join(str(number) for number in (person, *ids))
        if expires_at is not None:
            said += f".{int(expires_at.timestamp())}"
        return f"{said}.{self._mac(purpose, said)}"

    def verify(self, purpose: str, token: str, now: datetime) -> "Link":
        """Give what a token says. Raises BadLink where it was not signed for this purpose."""
        found = _TOKEN.fullmatch(token)
        if found is None or not token.isascii():
            raise BadLink("this link is not complete")
        said = token.rpartition(".")[0]
        if not hmac.compare_digest(found["mac"], self._mac(purpose, said)):
            raise BadLink("this link was not made by this server")
        until = datetime.fromtimestamp(int(found["until"]), UTC) if found["until"] else None
        if until is not None and now >= until:
            raise BadLink("this link has expired", expired=True)
        person, *ids = (int(number) for number in found["ids"].split("-"))
        return Link(purpose, person, tuple(ids), until)

    def _mac(self, purpose: str, said: str) -> str:
        digest = hmac.digest(self.key, f"{purpose}\n{said}".encode(), hashlib.sha256)
        return urlsafe_b64encode(digest[:_MAC_BYTES]).decode()


@dataclass(frozen=True, slots=True)
class Link:
    """What a signed token says: `person` is a person's id, `ids` what it is about."""

    purpose: str
    person: int
    ids: tuple[int, ...] = ()
    expires_at: datetime | None = None


def signing_key(config: Config, mode: Mode = "live") -> SigningKey:
    """Give the key of a mode, from SURANYS_SECRET_KEY or else from `secret.key` in `[paths] var`,
    which is made at first need, readable by its owner only.

    Raises ConfigError where the key is too short or its file cannot be used.
    """
    given = config.secrets.secret_key
    secret = given.get_secret_value().encode() if given is not None else _stored(config)
    if len(secret) < _SHORTEST_KEY:
        raise ConfigError(
            f"the secret key has {len(secret)} bytes; give SURANYS_SECRET_KEY at least "
            f"{_SHORTEST_KEY}, for instance from `openssl rand -hex 32`"
        )
    return SigningKey(hmac.digest(secret, f"links {mode}".encode(), hashlib.sha256))


def key_file(config: Config) -> Path:
    """Give where the key lies that is used where none is given. Each machine makes its own."""
    return config.folder / config.paths.var / "secret.key"


def _stored(config: Config) -> bytes:
    """Read the key file, or make it. Processes or threads that make it at once end with the same
    key."""
    path = key_file(config)
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{path.name}.{os.urandom(8).hex()}.part")
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(os.urandom(_KEY_BYTES).hex().encode())
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(part, path)  # unlike a rename it never replaces another process's key
            except FileExistsError:
                pass
            finally:
                part.unlink()
        return path.read_bytes().strip()
    except OSError as error:
        raise ConfigError(f"the key file {path} cannot be used: {error.strerror}") from error
