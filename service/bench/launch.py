"""Run a command and note its seconds and peak memory: `launch.py RESULT CORES COMMAND…`.

A script of its own, because on Linux a child's peak counts the memory of the process that started
it; this one is small. CORES is a comma list, or "all".
"""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path


def launch(result: Path, cores: str, command: list[str]) -> int:
    """Run `command` on `cores`, write what it took to `result`, return its exit status."""
    if cores != "all":
        os.sched_setaffinity(0, {int(core) for core in cores.split(",")})
    start = time.perf_counter()
    status = subprocess.run(command, check=False).returncode  # noqa: S603 - the bench's own command
    seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = {
        "seconds": seconds,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss / 1024,
    }
    result.write_text(json.dumps(took), encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(launch(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]))
