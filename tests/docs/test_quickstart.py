"""The quickstart, walked: its commands run in order, and what it quotes is what they print.

Numbers of leads and days differ as catalogue and calendar do, so runs of digits are not compared.
"""

import re
import shlex
import shutil
from pathlib import Path

from tests.docs.pages import DOCS, ROOT, fenced, read
from tests.service.cli.running import suranys

PAGE = read(DOCS / "quickstart.md")
COMMAND = re.compile(r"^    \.venv/bin/suranys (.+)$", re.MULTILINE)


def without_numbers(line: str) -> str:
    """A line without its digits, blanks joined."""
    return " ".join(re.sub(r"\d+(?:[.,]\d+)?", "0", line).split())


def table() -> str:
    """The plant's table that the page shows."""
    lines = [line.strip() for line in PAGE.splitlines() if line.startswith("    ")]
    start = next(place for place, line in enumerate(lines) if line.startswith("plant,"))
    return "\n".join(lines[start : start + 2])


def test_what_the_quickstart_quotes_is_what_its_commands_print(tmp_path: Path) -> None:
    (tmp_path / "plant.csv").write_text(table(), encoding="utf-8")
    shutil.copy(ROOT / "config.toml", tmp_path)
    printed: set[str] = set()
    for command in COMMAND.findall(PAGE):
        ran = suranys(*shlex.split(command), cwd=tmp_path)
        assert ran.status == 0, f"{command}: {ran.err}"
        lines = re.sub(r" \(близость .*\)", "", ran.out).splitlines()
        printed |= {without_numbers(line) for line in lines}
    quoted = [line for block in fenced(PAGE, "text") for line in block.splitlines() if line.strip()]
    missing = [line for line in quoted if "…" not in line and without_numbers(line) not in printed]
    assert len(quoted) > 20
    assert missing == []
