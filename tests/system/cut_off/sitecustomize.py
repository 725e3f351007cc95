"""Put on PYTHONPATH this makes a machine without a network: loopback works, nothing else does.

Every address that a process looks up or connects to is appended to the file named by
SURANYS_TEST_ASKED, so that a test can prove what was never asked. An audit hook sees what any
library does, C code included, and an error it raises is the call's own.
"""

import os
import socket
import sys
from pathlib import Path

_LOOPBACK = ("127.", "localhost", "::1")


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = str(arguments[0])
        failure: OSError = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    elif event in {"socket.connect", "socket.sendto"} and isinstance(arguments[1], tuple):
        host = str(arguments[1][0])
        failure = OSError(101, "Network is unreachable")
    else:
        return
    with Path(os.environ["SURANYS_TEST_ASKED"]).open("a", encoding="utf-8") as file:
        file.write(f"{event} {host}\n")
    if not host.startswith(_LOOPBACK):
        raise failure


sys.addaudithook(_watch)
