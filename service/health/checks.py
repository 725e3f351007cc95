"""What `suranys doctor` looks at: the machine, the settings, the database. Each check is a line.

`bad` stops the work or makes it wrong, `warn` may, `ok` is well. A check never raises.
"""

import shutil
import smtplib
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz

from catalog.faults import CatalogueError
from catalog.zone import load_zone
from scrapers.portals import PORTALS
from service.config import Config, portal_token
from service.errors import AS_OWNER, ConfigError, StoreError
from service.health.checking import Check
from service.health.mail_domain import sender_domain
from service.health.robots import robots
from service.jobs.collect import enabled_portals
from service.network import unreachable
from service.people.links import key_file
from service.places import Mode, places
from service.store import open_store
from service.store.engine import sqlite_path
from service.store.inspecting import SAFE_SQLITE, inspect, withheld, writer
from service.store.migrations import head
from service.store.postgresql import server_version, shown

LITTLE, TOO_LITTLE = 1_000_000_000, 100_000_000
# The first patch of each Python whose mail module does not let a header end early: CVE-2024-6923.
_SAFE_MAIL = {9: 20, 10: 15, 11: 10, 12: 5}
_SMTP_SECONDS = 10
_RESTORE = "stop what uses it, put the newest copy of backups in its place, remove -wal and -shm"


def checks(config: Config, mode: Mode, *, network: bool = False) -> Iterator[Check]:
    """Look at everything that a run depends on; `network` also connects to portals and mail."""
    yield python()
    yield sqlite()
    yield almaty()
    yield compiled()
    yield from settings(config)
    yield from tokens(config)
    yield folder(config.folder / config.paths.var)
    yield space(config.folder / config.paths.var)
    url = places(config, mode).database_url
    path = sqlite_path(url)
    barred = withheld(path, write=True) if path is not None else None
    if barred is not None:
        yield Check("database", "bad", barred, AS_OWNER)
    else:
        yield from server(url) if path is None else database(path)
    yield from shared_key(config, url)
    yield from mail(config, network=network)
    if network and config.mail.mode == "smtp":
        yield from sender_domain(config.mail)
    yield heard(config)
    if barred is None:
        yield from robots(config, url)
    if network:
        yield from portals(config)


def python(version: tuple[int, int, int] = sys.version_info[:3]) -> Check:
    """Python's own mail module let a subject end its header early until 2024."""
    written = ".".join(map(str, version))
    if version[1] >= 13 or version[2] >= _SAFE_MAIL.get(version[1], 0):
        return Check("python", "ok", written)
    return Check(
        "python",
        "warn",
        f"{written} has CVE-2024-6923 in its mail module; Suranys guards its own headers",
        f"update to 3.{version[1]}.{_SAFE_MAIL[version[1]]} or newer when you can",
    )


def sqlite(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> Check:
    """SQLite before 3.51.3 can damage a database that two processes write to."""
    written = ".".join(map(str, version))
    if version >= SAFE_SQLITE:
        return Check("sqlite", "ok", written)
    return Check(
        "sqlite",
        "warn",
        f"{written} has the WAL-reset fault; Suranys lets only one process write",
        "let no other program write to the database; 3.51.3 or newer has no fault",
    )


def almaty() -> Check:
    """Kazakhstan moved to +05:00 on 1 March 2024; older tables put deadlines an hour off."""
    offset = datetime(2024, 3, 2, tzinfo=UTC).astimezone(ZoneInfo("Asia/Almaty")).utcoffset()
    if offset == timedelta(hours=5):
        return Check("time zones", "ok", "Asia/Almaty is +05:00 since 2024-03-01")
    return Check(
        "time zones",
        "bad",
        f"Asia/Almaty is {offset} on 2024-03-02 where +05:00 is right: deadlines are an hour off",
        "update the system's tzdata, or set PYTHONTZPATH to empty to use the bundled one",
    )


def compiled() -> Check:
    """RapidFuzz falls back to Python where its compiled part is missing."""
    if "cpp" in fuzz.ratio.__module__:
        return Check("rapidfuzz", "ok", "compiled")
    return Check(
        "rapidfuzz", "warn", "not compiled: names are compared slowly", "install it from a wheel"
    )


def settings(config: Config) -> Iterator[Check]:
    """Settings that are valid one by one and wrong together."""
    try:
        names = enabled_portals(config)
    except ConfigError as error:
        yield Check("portals", "bad", str(error), "mend config.toml")
        return
    if names:
        yield Check("portals", "ok", f"enabled: {', '.join(names)}")
    else:
        yield Check("portals", "warn", "none is enabled", "enable one in config.toml")
    try:
        load_zone(config.zone.name)
        yield Check("zone", "ok", config.zone.name)
    except CatalogueError as error:
        yield Check("zone", "bad", str(error), "mend [zone] name in config.toml")
    if config.collect.contact.endswith(".invalid"):
        yield Check(
            "contact",
            "warn",
            "portals are told no address that can be written to",
            "set [collect] contact to yours",
        )


def tokens(config: Config) -> Iterator[Check]:
    """Access tokens by name; their values are never shown."""
    for portal in PORTALS.values():
        if portal.token_env is None:
            continue
        there, wanted = portal_token(portal.token_env), config.portal(portal.name).enabled
        found = f"{portal.token_env} is {'set' if there else 'not set'}"
        if wanted and not there:
            advice = f"set {portal.token_env}; {portal.name} is skipped without it"
            yield Check("token", "warn", found, advice)
        else:
            yield Check("token", "ok", f"{found}; {portal.name} is {'on' if wanted else 'off'}")


def folder(var: Path) -> Check:
    """Whether a run can write where the settings say."""
    if var.exists() and not var.is_dir():
        return Check("folder", "bad", f"{var} is no folder", "name another in [paths] var")
    near = _existing(var)
    try:
        with tempfile.NamedTemporaryFile(dir=near, prefix=".suranys-"):
            pass
    except OSError as error:
        return Check("folder", "bad", f"cannot write to {near}: {error.strerror}", AS_OWNER)
    return Check("folder", "ok", f"{var} can be written")


def space(var: Path) -> Check:
    """A full disk stops a run half-way; pages of a day take some hundred megabytes at most."""
    free = shutil.disk_usage(_existing(var)).free
    found = f"{free / 1e9:.1f} GB free"
    if free < TOO_LITTLE:
        return Check("disk", "bad", found, "make room: a run may stop half-way")
    if free < LITTLE:
        return Check("disk", "warn", found, "make room soon")
    return Check("disk", "ok", found)


def shared_key(config: Config, url: str) -> Iterator[Check]:
    """Whether machines that share a database sign links alike: with keys of their own, each opens
    only the links of mails that it made itself."""
    if config.jobs.engine != "procrastinate" and sqlite_path(url) is not None:
        return
    if config.secrets.secret_key is not None:
        yield Check("key", "ok", "SURANYS_SECRET_KEY signs the links of mails")
        return
    file = key_file(config)
    # The links that were mailed already were signed with the file's.
    same = f"what is in {file}" if file.exists() else "at least 32 random characters"
    yield Check(
        "key",
        "warn",
        f"links of mails are signed with {file}, which every machine makes for itself: what a "
        "worker elsewhere mails opens nothing here",
        f"give every machine SURANYS_SECRET_KEY: {same}",
    )


def _existing(path: Path) -> Path:
    return next(each for each in (path, *path.resolve().parents) if each.is_dir())


def server(url: str) -> Iterator[Check]:
    """Whether a database on a server can be reached and is of this program's version."""
    try:
        with open_store(url, write=False) as store, store.reading() as session:
            version = server_version(session)
    except StoreError as error:
        yield Check("database", "bad", str(error), "start the server, or suranys db upgrade")
        return
    yield Check("database", "ok", f"{shown(url)}, PostgreSQL {version}, revision {head()}")


def heard(config: Config) -> Check:
    """Whether anybody would notice that this machine has died."""
    if config.schedule.heartbeat_url:
        return Check("heartbeat", "ok", "an address is told every five minutes")
    return Check(
        "heartbeat",
        "warn",
        "nobody is told if this machine dies",
        "set [schedule] heartbeat_url to a service that watches for silence",
    )


def database(path: Path) -> Iterator[Check]:
    """Whether the file is sound, of this program's version, and who writes to it."""
    if not path.exists():
        yield Check("database", "ok", f"{path} is not there yet; suranys run makes it")
        return
    holder = writer(path)
    yield Check("lock", "ok", f"process {holder} is writing" if holder else "nobody is writing")
    try:
        facts = inspect(path)
    except StoreError as error:
        yield Check("database", "bad", str(error), _RESTORE)
        return
    if facts.problem:
        yield Check("database", "bad", f"damaged: {facts.problem}", _RESTORE)
    elif facts.revision is None:
        yield Check("database", "bad", f"{path} has no tables yet", "suranys db upgrade makes them")
    elif facts.revision != head():
        found = f"revision {facts.revision}, this program writes {head()}"
        yield Check("database", "bad", found, "suranys db upgrade")
    else:
        notices = facts.counts.get("notice", 0)
        yield Check("database", "ok", f"{path}, sound, revision {head()}, {notices} notices")


def mail(config: Config, *, network: bool) -> Iterator[Check]:
    """Whether the mail server answers; only asked with `network`."""
    told = config.mail
    if told.mode == "files":
        yield Check("mail", "ok", "digests are written as files, nothing is sent")
        return
    if told.username and config.secrets.smtp_password is None:
        yield Check("mail", "bad", "SURANYS_SMTP_PASSWORD is not set", "set it in the environment")
    server = f"{told.host}:{told.port}"
    if not network:
        yield Check("mail", "ok", f"{server}, not tried; add --network")
        return
    kind = smtplib.SMTP_SSL if told.security == "tls" else smtplib.SMTP
    try:
        with kind(told.host, told.port, timeout=_SMTP_SECONDS) as link:
            code, _ = link.ehlo()
            can = told.security != "starttls" or link.has_extn("starttls")
    except (OSError, smtplib.SMTPException) as error:
        yield Check("mail", "bad", f"{server}: {error}", "check [mail] in config.toml")
        return
    if code == 250 and can:
        yield Check("mail", "ok", f"{server} answers")
    else:
        yield Check("mail", "bad", f"{server} offers no STARTTLS", "check [mail] security")


def portals(config: Config) -> Iterator[Check]:
    """Whether the enabled portals can be connected to."""
    try:
        # Behind a proxy only the proxy can be connected to.
        homes = {
            name: config.portal(name).proxy or PORTALS[name].home
            for name in enabled_portals(config)
        }
    except ConfigError:
        return  # told above
    failed = unreachable(homes.values())
    for name, home in homes.items():
        if home in failed:
            yield Check("network", "warn", f"{name}: {failed[home]}", "check network and proxy")
        else:
            yield Check("network", "ok", f"{name} can be reached")
