"""The root of what the service raises; catalog and scrapers have roots of their own.

SuranysError
 ├─ ConfigError     config.toml or the environment is wrong
 ├─ StoreError      the database is locked, missing, or of another version
 │   └─ StoreLocked another process writes to it
 ├─ DeliveryError   a digest could not be written or sent
 └─ InputError      a file or an argument a person gave cannot be used
"""

AS_OWNER = "do it as the user that owns it (on a server: sudo suranys …), or mend the rights"
"""What to do about a file that belongs to another user."""


class SuranysError(Exception):
    """The work failed for a reason that can be said in one line, with what to do about it."""


class InputError(SuranysError):
    """A file or an argument a person gave cannot be used.

    The phrase has a translation under "input" in service/texts where a page may have to say it;
    its placeholders are `%(name)s`.
    """

    def __init__(self, phrase: str, **values: object) -> None:
        super().__init__(phrase % values if values else phrase)
        self.phrase, self.values = phrase, values


class ConfigError(SuranysError):
    """config.toml or the environment is wrong; says file, key and what would be right."""


class StoreError(SuranysError):
    """The database is missing, of another version, or cannot be opened."""


class StoreLocked(StoreError):
    """Another process writes to this database; `pid` names it where it is known."""

    def __init__(self, message: str, *, pid: int | None = None) -> None:
        super().__init__(message)
        self.pid = pid


class DeliveryError(SuranysError):
    """A digest could not be written or sent."""
