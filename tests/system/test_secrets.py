"""Secrets planted in the environment are nowhere afterwards: not in logs, files or the database."""

import signal
import subprocess
import time
from pathlib import Path

from tests.system.program import environment, executable, rows, write_config

PLANTED = {
    "SURANYS_SMTP_PASSWORD": "planted-smtp-7f3a",
    "SURANYS_SECRET_KEY": "planted-key-0123456789abcdef0123456789abcdef",
    "GOSZAKUP_TOKEN": "planted-token-91bd",
}
# The address of a heartbeat holds a token as a rule. Nothing listens on port 9.
CONFIG = """
[mail]
mode = "smtp"
sender = "suranys@zone.example"
host = "127.0.0.1"
port = 9
security = "none"
username = "zone"
[schedule]
collect = []
heartbeat_url = "http://127.0.0.1:9/planted-heartbeat-55aa"
[[recipients]]
name = "Айгуль"
address = "aigul@zone.example"
"""
WITHIN = 60


def worked(folder: Path) -> str:
    """Let a worker try to mail and to be heard, and give what it said."""
    database = folder / "var/suranys.db"
    done = "SELECT count(*) FROM run WHERE job IN ('heartbeat', 'digest') AND state = 'ended'"
    with subprocess.Popen(  # noqa: S603 - our own command
        [executable(), "worker"],
        cwd=folder,
        env=environment(folder, **PLANTED),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()  # once its tables are made
        end = time.monotonic() + WITHIN
        while rows(database, done) != [(2,)] and time.monotonic() < end:
            time.sleep(0.1)  # its run table is all it tells by
        process.send_signal(signal.SIGTERM)
        said += process.stdout.read()
    assert rows(database, done) == [(2,)]
    return said.decode()


def told(folder: Path, *words: str) -> str:
    """Everything a command prints, with the secrets in its environment."""
    ran = subprocess.run(  # noqa: S603 - our own command
        [executable(), *words],
        cwd=folder,
        env=environment(folder, **PLANTED),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return ran.stdout.decode()


def test_planted_secrets_are_found_nowhere(tmp_path: Path) -> None:
    write_config(tmp_path, CONFIG)
    said = worked(tmp_path)
    for words in (("doctor",), ("status",), ("status", "--json"), ("db", "info"), ("backup",)):
        said += told(tmp_path, *words)
    secrets = [*PLANTED.values(), "planted-heartbeat-55aa"]
    files = [path for path in (tmp_path / "var").rglob("*") if path.is_file()]
    assert {"suranys.db", "suranys.log"} <= {path.name for path in files}
    for secret in secrets:
        assert secret not in said
        holding = [path.name for path in files if secret.encode() in path.read_bytes()]
        assert holding == [], secret
