"""Settings: `config.toml` for everything that can be tuned, the environment for secrets only.

The only file that reads the environment. Relative paths count from the folder of the file.
A value that is not in the file has the default written here; the shipped `config.toml` repeats
every default with a line of explanation, and a test keeps the two equal.
"""

import os
import re
import ssl
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from catalog.bin import parse_bin
from catalog.faults import CellFault
from scrapers.portal import Setting
from service.errors import ConfigError

DEFAULT_FILE = Path("config.toml")

Language = Literal["ru", "kk", "en"]
LocalTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
HeaderText = Annotated[str, Field(pattern=r"^[\x20-\x7e]+$")]  # what HTTP may carry in a header
Address = Annotated[str, Field(pattern=r"^[^@\s<>,;\x00-\x1f\x7f]+@[^@\s<>,;\x00-\x1f\x7f]+$")]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Database(_Table):
    """`url` is an SQLAlchemy address; empty means `suranys.db` in `[paths] var`."""

    url: str = ""

    @field_validator("url")
    @classmethod
    def _known_engine(cls, value: str) -> str:
        if value and not re.match(r"sqlite:///.|postgresql(\+\w+)?://.", value):
            raise ValueError("write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME")
        return value


class Paths(_Table):
    """Where files go. `archive` and `digests` empty mean folders of these names in `var`."""

    var: Path = Path("var")
    archive: Path | None = None
    digests: Path | None = None


class Zone(_Table):
    """The industrial zone served: a folder of `catalog/zones`, and the time zone of its days."""

    name: str = "almaty"
    timezone: str = "Asia/Almaty"

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no such time zone: {value!r}; write it as Asia/Almaty") from error
        return value


class Collect(_Table):
    """How every portal is read, unless its own table says otherwise."""

    budget_seconds: float = Field(180, gt=0)
    requests_per_day: int = Field(12_000, ge=1)
    overlap_days: int = Field(3, ge=0, le=90)
    user_agent: HeaderText = "Suranys/0.1"
    contact: HeaderText = "mailto:suranys@example.invalid"
    delay_seconds: float = Field(1, ge=0)
    request_seconds: float = Field(120, gt=0)
    max_bytes: int = Field(5 * 1024 * 1024, gt=0)
    max_data_bytes: int = Field(32 * 1024 * 1024, gt=0)
    retries: int = Field(3, ge=0, le=10)


class PortalTable(_Table):
    """One portal. None takes the value of `[collect]`. `query` is the portal's own affair."""

    enabled: bool = False
    delay_seconds: float | None = Field(None, ge=0)
    budget_seconds: float | None = Field(None, gt=0)
    requests_per_day: int | None = Field(None, ge=1)
    overlap_days: int | None = Field(None, ge=0, le=90)
    max_bytes: int | None = Field(None, gt=0)
    proxy: str | None = None
    ca_file: Path | None = None
    min_per_run: int = Field(0, ge=0)
    max_per_run: int | None = Field(None, gt=0)
    query: dict[str, Setting] = {}

    @field_validator("proxy")
    @classmethod
    def _web_proxy(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            parts = urlsplit(value)
            good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        except ValueError:
            good = False
        if not good or re.search(r"[^\x21-\x7e]", value):
            raise ValueError("write http://HOST:PORT")
        return value


class Documents(_Table):
    """How attached files are read. `memory_mb`, `seconds` (of wall clock) and `cpu_seconds` bound
    one file; `readers` are children at once, 0 one for each core."""

    enabled: bool = True
    budget_seconds: float = Field(600, gt=0)
    ocr: bool = True
    readers: int = Field(0, ge=0, le=64)
    memory_mb: int = Field(1024, ge=256)
    seconds: float = Field(120, gt=0)
    cpu_seconds: int = Field(60, ge=1)
    pages: int = Field(300, ge=1, le=5000)


class Match(_Table):
    """Which rows are kept of a lot, from which score a row becomes a lead, and after how many
    changed products the weights of words are learned anew, which matches every notice again."""

    top: int = Field(10, ge=1, le=1000)
    min_score: float = Field(0, ge=0, le=1)
    relearn_share: float = Field(0.05, ge=0, le=1)
    relearn_products: int = Field(5, ge=0)


class Digest(_Table):
    """What a digest holds."""

    max_leads: int = Field(30, ge=1, le=1000)
    language: Language = "ru"


class Recipient(_Table):
    """Who gets a digest. An official sees every plant (or one, if `plant` is given)."""

    name: str
    address: Address
    role: Literal["official", "plant"] = "official"
    plant: str | None = None
    language: Language | None = None
    families: list[str] = []

    @model_validator(mode="after")
    def _plant_people_have_a_plant(self) -> "Recipient":
        if self.role == "plant" and self.plant is None:
            raise ValueError('role = "plant" needs plant = "ID"')
        return self


class Mail(_Table):
    """How digests leave. `files` writes .eml files; `smtp` sends. The password is a secret:
    SURANYS_SMTP_PASSWORD."""

    mode: Literal["files", "smtp"] = "files"
    sender: Address = "suranys@example.invalid"
    sender_name: str = "Suranys"
    host: str = "localhost"
    port: int = Field(587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    timeout_seconds: float = Field(60, gt=0)
    dkim_selector: str = Field("", pattern=r"^[A-Za-z0-9._-]*$")
    most_per_day: int = Field(20_000, ge=1)
    most_per_person: int = Field(20, ge=1)


class Desk(_Table):
    """The pages. `address` is where people reach them: links in mails begin with it. One-click
    unsubscribing needs https. `host` and `port` are what the server listens on. `own_buyers`
    are the BINs of the city's own buyers."""

    address: str = "http://127.0.0.1:8000"
    host: str = Field("127.0.0.1", pattern=r"^[0-9A-Za-z.:-]+$")
    port: int = Field(8000, ge=1, le=65535)
    trusted_proxy: str = Field("", pattern=r"^[0-9a-fA-F.:]*$")
    tls_cert: Path | None = None
    tls_key: Path | None = None
    idle_hours: int = Field(12, ge=1, le=168)
    session_days: int = Field(14, ge=1, le=90)
    own_buyers: tuple[str, ...] = Field((), max_length=500)

    @field_validator("own_buyers")
    @classmethod
    def _real_bins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(dict.fromkeys(map(parse_bin, value)))
        except CellFault as fault:
            raise ValueError(str(fault)) from fault

    @field_validator("address")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        plain = value.rstrip("/")
        if plain and not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?(/[\w.~-]+)*", plain):
            raise ValueError("write https://HOST or http://HOST:PORT")
        return plain


class Jobs(_Table):
    """Who carries the jobs out: the process that serves, or Procrastinate's workers, any number of
    them on any number of machines, on PostgreSQL."""

    engine: Literal["embedded", "procrastinate"] = "embedded"


class Schedule(_Table):
    """When jobs are due, in local time of `[zone]`."""

    collect: tuple[LocalTime, ...] = ("05:00", "12:00", "17:00")
    match_minutes: Literal[5, 10, 15, 20, 30, 60] = 15
    backup: LocalTime = "03:00"
    heartbeat_url: str = Field("", pattern=r"^(https?://[^\s]+)?$")


class Keep(_Table):
    """How long things are kept that nobody needs for ever."""

    backups: int = Field(14, ge=1)
    runs_days: int = Field(60, ge=8)
    archive_days: int = Field(180, ge=1)
    sign_ins_days: int = Field(90, ge=1)


class Secrets(BaseSettings):
    """What only the environment may hold: SURANYS_SMTP_PASSWORD, and SURANYS_SECRET_KEY, which
    signs the links in mails (without it a key file is made in `[paths] var`)."""

    model_config = SettingsConfigDict(env_prefix="SURANYS_", env_file=None, extra="ignore")

    smtp_password: SecretStr | None = None
    secret_key: SecretStr | None = None


OFFICIAL = Recipient(name="Управление зоны", address="zone@example.invalid")
"""So that a run without any config.toml writes a digest; the domain can never receive mail."""


class Config(_Table):
    """All settings. `folder` is where relative paths count from."""

    database: Database = Database()
    paths: Paths = Paths()
    zone: Zone = Zone()
    collect: Collect = Collect()
    portals: dict[str, PortalTable] = {}
    documents: Documents = Documents()
    match: Match = Match()
    digest: Digest = Digest()
    recipients: tuple[Recipient, ...] = (OFFICIAL,)
    mail: Mail = Mail()
    desk: Desk = Desk()
    jobs: Jobs = Jobs()
    schedule: Schedule = Schedule()
    keep: Keep = Keep()
    secrets: Secrets = Field(default_factory=Secrets, exclude=True)
    folder: Path = Field(default_factory=Path.cwd, exclude=True)

    def portal(self, name: str) -> PortalTable:
        """Settings of one portal, filled up from `[collect]`."""
        own = self.portals.get(name, PortalTable())
        shared = (
            *("delay_seconds", "budget_seconds", "requests_per_day"),
            *("overlap_days", "max_bytes"),
        )
        return own.model_copy(
            update={key: getattr(self.collect, key) for key in shared if getattr(own, key) is None}
        )


def portal_token(variable: str) -> str | None:
    """Give the access token a portal asks for (`Portal.token_env`), None where it is not set."""
    return os.environ.get(variable, "").strip() or None


def load_config(path: Path | None = None) -> Config:
    """Read `path`, or `./config.toml` when it exists, or take the defaults.

    Raises ConfigError naming file, key and what would be right.
    """
    file = path or DEFAULT_FILE
    if path is None and not file.exists():
        return Config()
    try:
        content = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"cannot read {file}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} is not TOML: {error}") from error
    for reserved in ("secrets", "folder"):
        if reserved in content:
            raise ConfigError(f"{file}: unknown key {reserved!r}; secrets go in the environment")
    try:
        config = Config.model_validate({**content, "folder": file.resolve().parent})
    except ValidationError as error:
        raise ConfigError("; ".join(_explain(file, each) for each in error.errors())) from error
    for name, table in config.portals.items():
        if table.ca_file is not None:
            _check_roots(config.folder / table.ca_file, f"{file}: portals.{name}.ca_file")
    return config


def _check_roots(file: Path, key: str) -> None:
    """Refuse a file of roots that cannot be used before any portal is asked."""
    try:
        ssl.create_default_context(cafile=str(file))
    except OSError as error:  # a fault of TLS is one too
        raise ConfigError(
            f"{key}: {file} holds no certificates in PEM: {error.args[-1]}"
        ) from error


def _explain(file: Path, error: Any) -> str:
    """Say one fault as `FILE: KEY: what is wrong`, with the nearest name for an unknown key."""
    where = tuple(str(part) for part in error["loc"])
    key = ".".join(where)
    if error["type"] == "string_pattern_mismatch":
        return f"{file}: {key}: {error['input']!r:.80} is no mail address; write it as name@zone.kz"
    if error["type"] != "extra_forbidden":
        return f"{file}: {key}: {error['msg']}"
    names = _names_at(where[:-1])
    near = get_close_matches(where[-1], names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(names)}"
    return f"{file}: unknown key {key!r}; {hint}"


def _names_at(where: tuple[str, ...]) -> list[str]:
    """Names that may stand in the table at `where`."""
    table: object = Config
    if where:
        named = {"portals": PortalTable, "recipients": Recipient}
        table = named.get(where[0], Config.model_fields[where[0]].annotation)
    if not (isinstance(table, type) and issubclass(table, BaseModel)):
        return []
    return [name for name in table.model_fields if name not in ("secrets", "folder")]
