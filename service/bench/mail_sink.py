"""A mail server on loopback that takes everything: what the delivery bench submits to.

A process of its own, so that its work is on the other core. `python -m service.bench.mail_sink`
prints its port, then serves one connection after another until its standard input ends, and then
prints how many mails it took.
"""

import os
import socketserver
import sys
import threading
from typing import ClassVar


class _Taking(socketserver.StreamRequestHandler):
    taken: ClassVar[int] = 0

    def handle(self) -> None:
        """Answer one conversation."""
        self._say("220 bench")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"DATA":
                self._say("354 go on")
                while self.rfile.readline() not in {b".\r\n", b""}:
                    pass
                type(self).taken += 1
                self._say("250 taken")
            elif word == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 well")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


def main() -> None:
    """Serve until the parent closes our standard input."""
    with socketserver.TCPServer(("127.0.0.1", 0), _Taking) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        sys.stdout.write(f"{server.server_address[1]}\n")
        sys.stdout.flush()
        sys.stdin.read()
        sys.stdout.write(f"{_Taking.taken}\n")
        sys.stdout.flush()
        os._exit(0)  # a conversation may still be open


if __name__ == "__main__":
    main()
