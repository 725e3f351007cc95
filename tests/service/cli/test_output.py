"""Where commands write."""

import os
import threading
from pathlib import Path

from service.cli.output import opened


def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text("utf-8")))
    reader.start()
    with opened(pipe) as stream:
        stream.write("Труба\n")
    reader.join()
    assert read == ["Труба\n"]
    assert pipe.is_fifo()
