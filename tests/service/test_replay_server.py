"""The replay server answers for every host, by path, query, form and JSON body."""

import http.client
import json
from pathlib import Path

from service.replay import ReplayMap, ReplayServer, load_maps
from tests.service.test_replay_maps import HEAD, write

Answered = tuple[int, bytes, str | None]


def ask(
    port: int, method: str, host: str, target: str, *sent: bytes, kind: str = "text/plain"
) -> Answered:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Host": host, "Content-Type": kind}
    link.request(method, target, b"".join(sent) or None, headers)
    answer = link.getresponse()
    whole = answer.status, answer.read(), answer.getheader("x-suranys-replay")
    link.close()
    return whole


ANSWERS = """
[[answers]]
file = "1.html"
url = "https://kz.example/lots"
[[answers]]
file = "2.html"
url = "https://kz.example/lots"
params = { page = "2" }
[[answers]]
file = "3.html"
url = "https://kz.example/window"
method = "POST"
form = { id = "42" }
[[answers]]
file = "4.json"
url = "https://api.example/search"
method = "POST"
json = { variables = { after = 7 } }
[[answers]]
file = "5.html"
url = "https://kz.example/bare"
params = { tab = "" }
"""


def maps(folder: Path) -> tuple[ReplayMap, ...]:
    for name in ("1.html", "2.html", "3.html", "4.json", "5.html"):
        (folder / name).write_bytes(name.encode())
    return load_maps(folder, write(folder, HEAD + ANSWERS))


def test_the_answer_that_names_most_values_wins(tmp_path: Path) -> None:
    with ReplayServer.from_maps(maps(tmp_path), tmp_path) as server:
        asked = [
            ask(server.port, "GET", "kz.example", "/lots"),
            ask(server.port, "GET", "kz.example", "/lots?page=1&word=x"),
            ask(server.port, "GET", "kz.example:443", "/lots?word=x&page=2"),
        ]
        assert [body for _, body, _ in asked] == [b"1.html", b"1.html", b"2.html"]
        assert [one.target for one in server.requests][2] == "/lots?word=x&page=2"


def test_forms_and_json_bodies_choose_the_answer(tmp_path: Path) -> None:
    form, kind = b"id=42&other=1", "application/x-www-form-urlencoded"
    body = json.dumps({"query": "q", "variables": {"after": 7, "limit": 50}}).encode()
    with ReplayServer.from_maps(maps(tmp_path), tmp_path) as server:
        port = server.port
        assert ask(port, "POST", "kz.example", "/window", form, kind=kind)[1] == b"3.html"
        assert ask(port, "POST", "kz.example", "/window", b"id=43", kind=kind)[0] == 404
        answered = ask(port, "POST", "api.example", "/search", body, kind="application/json")
        assert answered == (200, b"4.json", None)
        assert ask(port, "POST", "api.example", "/search", b"not json")[0] == 404


def test_an_address_nobody_saved_is_said_so(tmp_path: Path) -> None:
    with ReplayServer.from_maps(maps(tmp_path), tmp_path) as server:
        port = server.port
        assert ask(port, "GET", "kz.example", "/other") == (404, b"", "not-saved")
        assert ask(port, "GET", "elsewhere.example", "/lots") == (404, b"", "not-saved")
        assert ask(port, "GET", "kz.example", "/bare?tab=2") == (404, b"", "not-saved")
        assert ask(port, "GET", "kz.example", "/bare") == (200, b"5.html", None)


def test_robots_txt_is_a_plain_404(tmp_path: Path) -> None:
    with ReplayServer.from_maps(maps(tmp_path), tmp_path) as server:
        assert ask(server.port, "GET", "kz.example", "/robots.txt") == (404, b"", None)


def test_made_up_pages_are_served_by_whole_address() -> None:
    pages = {"https://sample.example/lots?page=2": (b"second", "text/html")}
    with ReplayServer.from_pages(pages) as server:
        assert ask(server.port, "GET", "sample.example", "/lots?page=2")[:2] == (200, b"second")
        assert ask(server.port, "GET", "sample.example", "/lots")[0] == 404
