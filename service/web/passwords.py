"""Passwords: argon2id, and the same work for people nobody knows."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from service.errors import InputError
from service.store.secrets import new_secret

SHORTEST = 12
LONGEST = 200
_HASHER = PasswordHasher()  # argon2id with the parameters of RFC 9106, low memory


def hash_password(password: str) -> str:
    """Give what is stored of a password. Raises InputError for one that is too short."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(
            "a password has %(shortest)s to %(longest)s characters; a sentence is best",
            shortest=SHORTEST,
            longest=LONGEST,
        )
    return _HASHER.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Whether a password is the stored one. Without one it works as long, and says no."""
    try:
        _HASHER.verify(stored or _nobodys(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def _nobodys() -> str:
    """A hash that no password has, made once."""
    return _HASHER.hash(new_secret())
