"""The root of what the service raises; catalog and scrapers have roots of their own.

    SuranysError
     ├─ ConfigError     config.toml or the environment is wrong
     ├─ StoreError      the database is locked, missing, or of another version
     ├─ DeliveryError   a digest could not be written or sent
     └─ InputError      a file or an argument a person gave cannot be used
"""


class SuranysError(Exception):
    """The work failed for a reason that can be said in one line, with what to do about it."""


class InputError(SuranysError):
    """A file or an argument a person gave cannot be used."""
