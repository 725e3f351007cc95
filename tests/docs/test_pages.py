"""Links, paths and commands of every page: what a page names must exist."""

import re
import shlex
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer

from service.cli.app import COMMANDS, app
from tests.docs.pages import ROOT, code, named, pages, read

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_PATH = re.compile(r"(?:docs|tests|catalog|scrapers|matcher|service|\.ci)/[\w./-]*\w/?")
# Folders of the machine the pages were written on; /etc and /opt are those of an installation.
_MACHINE = re.compile(r"(?<![\w.])/(?:home|root|work|tmp|Users)/")
_SURANYS = re.compile(r"(?:^|[/|] ?|sudo )suranys ([^|>#]+)")


@pytest.mark.parametrize("page", pages(), ids=named)
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    links = [link.partition("#")[0] for link in _LINK.findall(read(page)) if ":" not in link]
    missing = [link for link in links if link and not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", pages(), ids=named)
def test_every_path_of_the_project_that_a_page_names_exists(page: Path) -> None:
    spans = [span.partition("::")[0].partition(" ")[0] for span in code(read(page))]
    paths = [span for span in spans if _PATH.fullmatch(span)]
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", pages(), ids=named)
def test_no_page_names_a_folder_of_one_machine(page: Path) -> None:
    text = read(page)
    assert _MACHINE.findall(text) == []
    assert str(ROOT) not in text


@pytest.mark.parametrize("page", pages(), ids=named)
def test_every_command_and_option_a_page_shows_is_there(page: Path) -> None:
    wrong = [
        f"{line}: {fault}"
        for line in code(read(page))
        if (shown := _SURANYS.search(line)) and (fault := fault_of(shown[1]))
    ]
    assert wrong == []


def fault_of(arguments: str) -> str | None:
    """Say which word of a command line the program does not know."""
    words = [word for word in shlex.split(arguments.replace("'", " ")) if word != "…"]
    asked = next((word for word in words if not word.startswith("-")), None)
    if asked is None or not re.fullmatch(r"[a-z]+", asked):
        return None  # «suranys NUMBER», a file name: no command line
    if asked not in COMMANDS:
        return f"no command {asked}"
    import_module(f"service.cli.{asked}")
    command: Any = typer.main.get_command(app)  # click publishes no types through typer
    known = {"--help", "-h", "--debug"}
    for word in words:
        if hasattr(command, "commands") and not word.startswith("-"):
            if word not in command.commands:
                return f"no command {word}"
            command = command.commands[word]
            known |= {
                option
                for param in command.params
                for option in (*param.opts, *param.secondary_opts)
            }
        elif word.startswith("--") and word.partition("=")[0] not in known:
            return f"no option {word}"
    return None


def test_the_changelog_names_every_command_and_no_other() -> None:
    line = read(ROOT / "CHANGELOG.md").partition("- Commands ")[2].partition("\n- ")[0]
    assert set(re.findall(r"`(\w+)`", line)) == set(COMMANDS)
