"""A process that has loaded the libraries and forks for each command: a process of its own, without
the seconds that loading takes.

Only libraries and what lies under the commands is loaded here. The command itself is imported in
the fork, alone and after its arguments are known, as `suranys` does.
"""

import json
import os
import signal
import sys
from importlib import import_module
from typing import Any

LOADED = ("typer", "uvicorn", "service.jobs.main", "service.health.vitals", "service.web.app")
SECONDS = 100


def become(asked: dict[str, Any]) -> None:
    """Turn this process into the command that was asked for, up to its first line."""
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for number, name, how in (
        (0, os.devnull, os.O_RDONLY),
        (1, asked["out"], flags),
        (2, asked["err"], flags),
    ):
        handle = os.open(name, how, 0o600)
        os.dup2(handle, number)
        os.close(handle)
    sys.argv = ["suranys", *asked["words"]]
    signal.alarm(SECONDS)


def serve() -> bool:
    """Answer each line with an exit status; True in a fork, which is to go on as the command."""
    for line in iter(sys.stdin.readline, ""):
        child = os.fork()
        if not child:
            become(json.loads(line))
            return True
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{status}\n")
        sys.stdout.flush()
    return False


if __name__ == "__main__":
    for name in LOADED:
        import_module(name)
    if serve():
        from service.cli.app import main

        main()
