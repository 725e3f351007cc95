"""`suranys user add|list|disable|resume|password|token`: who may sign in to the desk."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated

import typer

from service.cli.app import app
from service.cli.options import AsJson, ConfigFile, VarFolder, WhichStore, open_mode
from service.cli.settings import settings_for
from service.clock import SystemClock
from service.config import Config
from service.errors import InputError
from service.outbox.bounces import resume_mail
from service.people.inviting import add_person, set_disabled, set_password
from service.people.listing import Person, find_person, people
from service.places import Mode, places
from service.store import Store, open_store
from service.store.engine import sqlite_path
from service.store.sessions import new_login_link
from service.store.tables.naming import Role
from service.store.tokens import new_token

user = typer.Typer(no_args_is_help=True, help="Let people in to the desk, and out of it.")
app.add_typer(user, name="user", epilog="Example: suranys user add --admin aigul@zone.kz")

ACTOR = "command line"
LINK_LASTS = timedelta(hours=1)
Address = Annotated[str, typer.Argument(help="Mail address.")]


@user.command(epilog="Example: suranys user add --admin aigul@zone.kz --name 'Айгуль'")
def add(
    address: Address,
    *,
    admin: Annotated[bool, typer.Option("--admin", help="Sees all, and invites people.")] = False,
    plant: Annotated[
        str | None, typer.Option(help="Belongs to this plant (id) and sees only it.")
    ] = None,
    name: Annotated[str, typer.Option(help="Name as pages and mails show it.")] = "",
    department: Annotated[str, typer.Option(help="Department of an official.")] = "",
    mode: WhichStore = "live",
    config: ConfigFile = None,
    var: VarFolder = None,
) -> None:
    """Add a person (without --admin and --plant an official) and print a one-time sign-in link."""
    if admin and plant:
        raise typer.BadParameter("an admin sees every plant: give either --admin or --plant")
    settings = settings_for(config, var)
    role = Role.ADMIN if admin else Role.PLANT if plant else Role.OFFICIAL
    now = SystemClock().now()
    with _writable(settings, mode) as store, store.writing() as session:
        person_id = add_person(
            session,
            address,
            name,
            role,
            now,
            actor=ACTOR,
            plant=plant,
            department=department,
        )
        secret = new_login_link(session, person_id, now, LINK_LASTS)
    serving = "suranys serve" if mode == "live" else f"suranys serve --mode {mode}"
    sys.stdout.write(
        f"{address}: {role.value}\n"
        f"Open this once, within an hour, while `{serving}` runs:\n"
        f"  {settings.desk.address}/sign-in/link/{secret}\n"
    )


@user.command(name="list", epilog="Example: suranys user list --json")
def list_(
    *,
    mode: WhichStore = "live",
    config: ConfigFile = None,
    var: VarFolder = None,
    as_json: AsJson = False,
) -> None:
    """List everybody with role, plant and whether mail reaches them."""
    with open_mode(settings_for(config, var), mode) as store, store.reading() as session:
        found = people(session)
    for person in found:
        if as_json:
            sys.stdout.write(json.dumps(_record(person), ensure_ascii=False) + "\n")
        else:
            of = f"{person.role.value} {person.plant or ''}".strip()
            sys.stdout.write(f"{person.address:<40} {of:<32} {_state(person)}\n")
    if not found and not as_json:
        sys.stdout.write("nobody yet; suranys user add --admin ADDRESS\n")


@user.command(epilog="Example: suranys user disable former@zone.kz")
def disable(
    address: Address,
    *,
    mode: WhichStore = "live",
    config: ConfigFile = None,
    var: VarFolder = None,
) -> None:
    """End a person's sign-in and mail. What they did stays; `suranys user add` lets them back."""
    with _writable(settings_for(config, var), mode) as store, store.writing() as session:
        person = _known(find_person(session, address), address)
        set_disabled(session, person.id, SystemClock().now(), disabled=True, actor=ACTOR)
    sys.stdout.write(f"{person.address}: no access any more\n")


@user.command(epilog="Example: suranys user resume aigul@zone.kz")
def resume(
    address: Address,
    *,
    mode: WhichStore = "live",
    config: ConfigFile = None,
    var: VarFolder = None,
) -> None:
    """Write again to an address whose mails came back, once it is there again."""
    with _writable(settings_for(config, var), mode) as store, store.writing() as session:
        person = _known(find_person(session, address), address)
        resumed = resume_mail(session, person.id, SystemClock().now(), actor=ACTOR)
    said = "mail goes there again" if resumed else "no mail of it came back, nothing was changed"
    sys.stdout.write(f"{person.address}: {said}\n")


@user.command(epilog="Example: suranys user password aigul@zone.kz")
def password(
    address: Address,
    *,
    mode: WhichStore = "live",
    config: ConfigFile = None,
    var: VarFolder = None,
) -> None:
    """Set a password, asked for at the terminal or read from a pipe, and sign the person out."""
    # argon2 is no business of the other commands.
    from service.web.passwords import hash_password  # noqa: PLC0415

    typed = _typed()
    with _writable(settings_for(config, var), mode) as store, store.writing() as session:
        person = _known(find_person(session, address), address)
        hashed = hash_password(typed)
        set_password(session, person.id, hashed, SystemClock().now(), actor=ACTOR)
    sys.stdout.write(f"{person.address}: the password is set\n")


@user.command(epilog="Example: suranys user token aigul@zone.kz --name 'report' --right read")
def token(
    address: Address,
    *,
    name: Annotated[str, typer.Option(help="What the key is for.")] = "API",
    right: Annotated[
        list[str] | None, typer.Option(help="read, match or write; may be repeated.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How long it holds.")] = 365,
    mode: WhichStore = "live",
    config: ConfigFile = None,
    var: VarFolder = None,
) -> None:
    """Make a key for an API client that sees what this person sees. It is printed this once."""
    rights = frozenset(right or ["read"])
    if rights - {"read", "match", "write"}:
        raise typer.BadParameter("--right is read, match or write")
    now = SystemClock().now()
    with _writable(settings_for(config, var), mode) as store, store.writing() as session:
        person = _known(find_person(session, address), address)
        secret = new_token(session, person.id, name, rights, now, timedelta(days=days))
    sys.stdout.write(f"{secret}\n")


@contextmanager
def _writable(config: Config, mode: Mode) -> Iterator[Store]:
    """Open the database to write; make it for the first admin."""
    url = places(config, mode).database_url
    path = sqlite_path(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    with open_store(url) as store:
        yield store


def _known(person: Person | None, address: str) -> Person:
    if person is None:
        raise InputError(f"nobody has the address {address}; suranys user list shows everybody")
    return person


def _typed() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("New password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")


def _state(person: Person) -> str:
    if person.disabled_at:
        return "no access"
    if person.suppressed_at:
        return f"mail bounces: {person.suppressed_for}"
    return "wants no mail" if person.unsubscribed_at else "gets mail"


def _record(person: Person) -> dict[str, object]:
    return {
        "address": person.address,
        "name": person.name,
        "role": person.role.value,
        "plant": person.plant,
        "department": person.department,
        "state": _state(person),
    }
