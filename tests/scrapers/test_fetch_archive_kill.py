"""An archive whose writer is killed in the middle stays whole."""

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from scrapers.fetch import Archive

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from scrapers.fetch import Archive
from scrapers.portal import Answer, Request
archive = Archive(Path(sys.argv[1]))
at = datetime(2026, 5, 18, 7, tzinfo=UTC)
for number in range(100_000):
    request = Request(f"https://kz.example/{sys.argv[2]}/{number}", kind="lot")
    body = f"{sys.argv[2]} {number} ".encode() * 5000
    archive.store(Answer(request, request.url, 200, {"etag": "1"}, body, at))
    print(number, flush=True)
"""


def test_every_answer_said_to_be_stored_is_there_after_kills(tmp_path: Path) -> None:
    promised: set[str] = set()
    for kill in range(4):
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(kill)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:  # noqa: S603 - ourselves
            assert writer.stdout is not None
            for _ in range(10 + 7 * kill):
                promised.add(f"https://kz.example/{kill}/{writer.stdout.readline().strip()}")
            writer.send_signal(signal.SIGKILL)
    answers = list(Archive(tmp_path).answers(datetime(2026, 5, 1, tzinfo=UTC)))
    assert promised <= {one.request.url for one in answers}
    for one in answers:
        kill_number, number = one.request.url.split("/")[-2:]
        assert one.body == f"{kill_number} {number} ".encode() * 5000
