"""Every command and option of `--help` stands in docs/reference/commands.md, with an example."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from service.cli.app import app, load

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "commands.md"
SHARED = {"--config", "--var", "--mode", "--json", "--help"}


def commands() -> Iterator[tuple[str, Any]]:
    """Every command that does something, by the words it is called with."""
    load(["--help"])
    yield from _below("suranys", typer.main.get_command(app))


def _below(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    parts = getattr(command, "commands", None)
    if parts is None:
        yield name, command
        return
    for word, part in parts.items():
        yield from _below(f"{name} {word}", part)


def sections() -> dict[str, str]:
    """The text of each command's section by the words of its heading."""
    parts = re.split(
        r"^### `(suranys[a-z ]+?)(?: [^a-z`][^`]*)?`$", PAGE.read_text("utf-8"), flags=re.M
    )
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_command_has_a_section_with_an_example_and_no_section_lacks_a_command() -> None:
    told = sections()
    assert sorted(told) == sorted(name for name, _ in commands())
    for name, text in told.items():
        assert re.search(rf"^    .*{name}\b", text, re.M), f"{name}: no example"


def test_every_option_is_named_in_its_commands_section() -> None:
    page, told = PAGE.read_text("utf-8"), sections()
    options = {
        (name, option)
        for name, command in commands()
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--")
    }
    assert ("suranys collect", "--replay") in options
    absent = [
        f"{name} {option}"
        for name, option in sorted(options)
        if f"`{option}" not in (page if option in SHARED else told[name])
    ]
    assert not absent


def test_every_command_says_what_it_does_and_shows_an_example_of_itself() -> None:
    wrong = [
        name
        for name, command in commands()
        if not (command.help or "").strip() or name not in (command.epilog or "")
    ]
    assert not wrong
