"""A seeded desk for TestClient, and the same one live on a loopback port for Chromium."""

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Error, sync_playwright

from service.store import open_store
from service.web.access import COOKIE
from service.web.app import create_app
from tests.web.seeding import CLOCK, Seeded, fill, secret_of, seeded, settings

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a sample run with people, to be copied and not touched."""
    return fill(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(filled: Path, tmp_path: Path) -> Iterator[Seeded]:
    """An app on its own copy of the sample."""
    path = Path(shutil.copy(filled, tmp_path / "sample.db"))
    with seeded(path) as made:
        yield made


@pytest.fixture
def guests(filled: Path, tmp_path: Path) -> Iterator[Seeded]:
    """The same, open to guests."""
    path = Path(shutil.copy(filled, tmp_path / "guests.db"))
    with seeded(path, guest=True) as made:
        yield made


@dataclass(frozen=True, slots=True)
class Live:
    """A desk that listens on loopback."""

    address: str
    desk: Seeded


@pytest.fixture(scope="module")
def live(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The desk on a loopback port, for the tests of one module."""
    folder = tmp_path_factory.mktemp("live")
    path = Path(shutil.copy(filled, folder / "sample.db"))
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = settings(folder, address=address)
    with open_store(f"sqlite:///{path}") as store:
        app = create_app(config, store, clock=CLOCK, mode="sample")
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield Live(address, Seeded(app, store, config))
        finally:
            server.should_exit = True
            thread.join(timeout=10)
            listener.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, once for all tests."""
    if not CHROMIUM.exists():
        pytest.skip("CHROMIUM IS NOT INSTALLED: no page is tested in a browser (apt: chromium)")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=str(CHROMIUM), args=["--no-sandbox"]
            )
        except Error as error:
            pytest.skip(f"CHROMIUM DOES NOT START: {error}")
        yield browser
        browser.close()


Open = Callable[..., BrowserContext]


@pytest.fixture
def visit(chromium: Browser, live: Live) -> Iterator[Open]:
    """Open a browser as one of PEOPLE: `visit("official", width=375, javascript=False)`."""
    opened: list[BrowserContext] = []

    def open_as(
        key: str | None = None,
        *,
        width: int = 1280,
        height: int = 900,
        javascript: bool = True,
        lang: str = "ru",
        dark: bool = False,
    ) -> BrowserContext:
        context = chromium.new_context(
            base_url=live.address,
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            locale={"ru": "ru-RU", "kk": "kk-KZ", "en": "en-GB"}[lang],
            color_scheme="dark" if dark else "light",
            bypass_csp=False,
        )
        context.set_default_timeout(10_000)
        cookies = {"suranys-language": lang}
        if key is not None:
            cookies[COOKIE] = secret_of(live.desk.store, key)
        context.add_cookies(
            [{"name": name, "value": value, "url": live.address} for name, value in cookies.items()]
        )
        opened.append(context)
        return context

    yield open_as
    for context in opened:
        context.close()
