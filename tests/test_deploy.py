"""The Dockerfile, the units and the files beside them name what the program and the pages have."""

import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from scrapers.portals import PORTALS
from service.cli.app import COMMANDS
from service.config import Config, Secrets
from service.web.guards import LONGEST_BODY

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
HOME = "/opt/suranys"
UNITS = ("suranys.service", "suranys-worker@.service")
GUIDE = (ROOT / "docs/how-to/deploy.md").read_text("utf-8")


def project() -> dict[str, object]:
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8")))


def instructions() -> list[tuple[str, str]]:
    """Every instruction of the Dockerfile with its words, continued lines joined."""
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    kept = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    lines = re.sub(r"\\\n\s*", "", kept).splitlines()
    return [(words[0], words[1]) for line in lines if (words := line.split(maxsplit=1))]


def told(name: str) -> list[str]:
    return [words for said, words in instructions() if said == name]


def installed(line: str) -> set[str]:
    """The packages an `apt install` line names."""
    words = line.partition(" install ")[2].partition("&&")[0].split()
    return {word for word in words if not word.startswith("-")}


def unit(name: str) -> dict[str, str]:
    """The settings of a unit; a setting that stands twice fails the test."""
    lines = (DEPLOY / name).read_text("utf-8").splitlines()
    pairs = [line.split("=", 1) for line in lines if "=" in line and line[0] not in "#["]
    found = dict(pairs)
    assert len(found) == len(pairs)
    return found


def test_the_image_copies_every_package_and_nothing_that_is_not_there() -> None:
    taken = [words.split()[:-1] for words in told("COPY") if not words.startswith("--from")]
    names = {name for sources in taken for name in sources}
    assert [name for name in names if not (ROOT / name).exists()] == []
    tables: dict = project()["tool"]["setuptools"]["packages"]  # type: ignore[index,type-arg]  # plain TOML
    assert {pattern.rstrip("*") for pattern in tables["find"]["include"]} <= names
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in lines
    assert {line[1:] for line in lines if line.startswith("!")} == names
    assert not told("ADD")


def test_the_image_has_a_python_that_the_project_supports_and_that_is_pinned() -> None:
    images = {words.split()[0] for words in told("FROM")}
    assert len(images) == 1
    found = re.fullmatch(r"python:3\.(\d+)-slim", images.pop())
    assert found
    wanted = project()["project"]["requires-python"]  # type: ignore[index]  # plain TOML
    assert wanted == ">=3.11"
    assert int(found[1]) >= 11


def test_the_image_starts_a_command_as_a_user_of_its_own() -> None:
    (entry,), (words,) = told("ENTRYPOINT"), told("CMD")
    scripts = project()["project"]["scripts"]  # type: ignore[index]  # plain TOML
    assert shlex.split(entry.strip("[]"))[0] in scripts
    assert shlex.split(words.strip("[]"))[0] in COMMANDS
    assert "/srv/.venv/bin:$PATH" in told("ENV")[0]
    (user,) = told("USER")
    made = next(words for words in told("RUN") if "useradd" in words)
    assert re.search(rf"useradd .*\b{user}\b", made)
    assert f"-o {user} -g {user} {told('VOLUME')[0]}" in made
    assert told("WORKDIR") == ["/srv", "/srv"]
    assert told("VOLUME") == [f"/srv/{Config().paths.var}"]


def test_the_image_is_asked_for_its_health_where_it_listens() -> None:
    port = Config().desk.port
    assert told("EXPOSE") == [str(port)]
    assert f"http://127.0.0.1:{port}/health" in told("HEALTHCHECK")[0]
    assert f"-p 127.0.0.1:{port}:{port}" in GUIDE


def test_the_image_installs_without_leftovers_and_what_the_guide_installs() -> None:
    run = next(words for words in told("RUN") if "apt-get install" in words)
    assert "--no-install-recommends" in run
    assert "rm -rf /var/lib/apt/lists/*" in run
    pip = [words for words in told("RUN") if "pip install" in words]
    assert len(pip) == 2
    assert all("--no-cache-dir" in words for words in pip)
    by_hand = next(line for line in GUIDE.splitlines() if line.startswith("sudo apt install"))
    tools = {"python3-venv", "git", "make"}  # in the image: Python's own, and COPY
    assert installed(run.partition("apt-get")[2]) == installed(by_hand) - tools


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_starts_a_command_and_may_write_where_the_program_writes(name: str) -> None:
    says = unit(name)
    program, command = says["ExecStart"].split()
    assert program == f"{HOME}/.venv/bin/suranys"
    assert command in COMMANDS
    assert says["WorkingDirectory"] == HOME
    assert says["ReadWritePaths"] == f"{HOME}/{Config().paths.var}"
    assert says["ProtectSystem"] == "strict"
    assert f"useradd --system --user-group {says['User']}\n" in GUIDE
    assert says["Group"] == says["User"]
    assert f"deploy/{name}" in GUIDE
    # V8 draws the charts of the weekly mail, and compiles as it runs.
    assert "MemoryDenyWriteExecute" not in says


def test_the_two_units_differ_in_what_they_start_alone() -> None:
    one, other = (unit(name) for name in UNITS)
    assert one.keys() == other.keys()
    assert {key for key in one if one[key] != other[key]} == {"Description", "ExecStart"}


def test_the_command_by_hand_runs_as_the_service_does() -> None:
    words = (DEPLOY / "suranys.sh").read_text("utf-8")
    says = unit("suranys.service")
    for wanted in (
        f"--uid={says['User']}",
        f"--gid={says['Group']}",
        f"--property=WorkingDirectory={says['WorkingDirectory']}",
        f"--property=EnvironmentFile={says['EnvironmentFile']}",
        f"--property=UMask={says['UMask']}",
        says["ExecStart"].split()[0],
    ):
        assert wanted in words
    assert "install -m 755 deploy/suranys.sh /usr/local/bin/suranys" in GUIDE


def test_the_secrets_file_names_what_the_program_reads() -> None:
    text = (DEPLOY / "suranys.env").read_text("utf-8")
    named = set(re.findall(r"^# (\w+)=$", text, re.MULTILINE))
    read = {f"SURANYS_{field.upper()}" for field in Secrets.model_fields}
    tokens = {portal.token_env for portal in PORTALS.values() if portal.token_env}
    assert named - {"PGPASSWORD"} == read | tokens
    target = unit("suranys.service")["EnvironmentFile"].removeprefix("-")
    assert f"install -m 600 deploy/suranys.env {target}" in GUIDE


def test_the_proxy_passes_what_the_pages_take() -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    assert f"proxy_pass http://127.0.0.1:{Config().desk.port};" in text
    size = re.search(r"client_max_body_size (\d+)m;", text)
    assert size
    assert int(size[1]) * 1024 * 1024 >= LONGEST_BODY
    # One address, not a list that begins with what the visitor claims.
    assert "X-Forwarded-For $remote_addr;" in text


def test_every_file_to_deploy_is_in_the_guide() -> None:
    names = {path.name for path in DEPLOY.iterdir()}
    assert [name for name in names if f"deploy/{name}" not in GUIDE] == []
    named_there = set(re.findall(r"deploy/([\w.@-]*\w)", GUIDE))
    assert named_there == names


def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("SYSTEMD IS NOT INSTALLED: the units are not verified (apt: systemd)")
    for name in UNITS:
        copy = tmp_path / name.replace("@", "@1")
        text = (DEPLOY / name).read_text("utf-8")
        # The program is not installed where the unit will find it.
        copy.write_text(text.replace(f"{HOME}/.venv/bin/suranys", "/bin/true"), "utf-8")
        done = subprocess.run(  # noqa: S603 - Debian's own tool
            [analyze, "verify", "--man=no", copy], capture_output=True, text=True, check=False
        )
        assert [line for line in done.stderr.splitlines() if copy.name in line] == []
