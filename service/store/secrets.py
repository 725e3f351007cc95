"""Secrets that let people in: only their hashes are stored."""

import hashlib
import secrets

SECRET_BYTES = 32


def new_secret() -> str:
    """Give 256 random bits, written so that they stand in an address or a cookie."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hashed(secret: str) -> str:
    """Give what is stored of a secret. A plain hash will do: 256 random bits cannot be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()
