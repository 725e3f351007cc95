"""Walls are told from pages, and deep pages from ordinary ones."""

from pathlib import Path

import pytest

from scrapers.blocked import looks_blocked
from scrapers.fetch.nesting import html_depth, json_depth

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "payloads"
SAVED = sorted(path for path in FOLDER.rglob("*") if path.suffix in {".html", ".xml", ".json"})


def titled(title: str, body: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head>{body}</html>".encode()


WALLS = [
    (titled("Just a moment..."), "cloudflare"),
    (titled("", "<script>window._cf_chl_opt={cvId: '3'}</script>"), "cloudflare"),
    (titled("", "Request unsuccessful. Incapsula incident ID: 1-2"), "imperva"),
    (titled("Request Rejected", "The requested URL was rejected. Please consult with your "
            "administrator. Your support ID is: 123"), "f5"),
    (titled("DDoS-Guard"), "ddos-guard"),
    (titled("Access Denied", "Reference #18.1 https://errors.edgesuite.net/18"), "akamai"),
    (titled("Вы не робот?"), "captcha"),
    (titled("Капча"), "captcha"),
    (titled("Проверка безопасности"), "captcha"),
    (titled("403 Forbidden"), "refusal"),
    (titled("Доступ запрещён"), "refusal"),
    (titled("Доступ ограничен"), "refusal"),
    (titled("Вход в личный кабинет"), "log-in page"),
    (titled("Авторизация | Портал"), "log-in page"),
    (titled("Login"), "log-in page"),
    (titled("Портал", '<form><div class="g-recaptcha"></div></form>'), "captcha"),
    (titled("Портал", '<form><input name="captcha"></form>'), "captcha"),
    (titled("Проверка", "<p>Подтвердите, что вы не робот</p>"), "captcha"),
    (titled("Портал", '<form><img src="/captcha/1.png"><input name="code"></form>'), "captcha"),
    (titled("Портал", "<p>Checking your browser before accessing</p>"), "captcha"),
    (titled("Портал", '<form><input type="password"></form>'), "log-in page"),
    (titled("Портал", '<script>document.cookie="a=b"; location.reload();</script>'),
     "script challenge"),
]  # fmt: skip


@pytest.mark.parametrize(("page", "wall"), WALLS)
def test_a_wall_is_named(page: bytes, wall: str) -> None:
    assert looks_blocked(page) == wall


def test_a_wall_in_windows_1251_is_named() -> None:
    page = titled("Доступ ограничен", "Обратитесь к администратору").decode().encode("cp1251")
    assert looks_blocked(page) == "refusal"


HIDDEN = (
    '<div class="modal" style="display:none"><h4>Вход в систему</h4>'
    '<form><input type="password"><div class="g-recaptcha"></div></form></div>'
    '<script src="https://www.google.com/recaptcha/api.js"></script>'
)


@pytest.mark.parametrize(
    "page",
    [
        titled("Реестр лотов", HIDDEN + "<table><tr><td>Труба</td></tr></table>"),
        titled("Объявление", HIDDEN + "<p>Труба</p>" * 4000),
        titled("Вход в здание, ремонт / Лоты", "<table><tr><th>Лот</table>"),
        titled("Входные двери, монтаж"),
        titled("Поставка системы контроля и управления доступом"),
        titled("Авторизация", "").replace(b"<title>", b"<h1>"),
        b'{"title": "captcha", "text": "<input type=password>"}',
        b"",
    ],
)
def test_a_page_with_a_hidden_log_in_is_no_wall(page: bytes) -> None:
    assert looks_blocked(page) is None


@pytest.mark.parametrize("path", SAVED, ids=[path.name for path in SAVED])
@pytest.mark.skipif(not SAVED, reason=f"SKIPPED: no saved portal answers in {FOLDER}")
@pytest.mark.payloads
def test_no_real_page_is_taken_for_a_wall_or_too_deep(path: Path) -> None:
    body = path.read_bytes()
    assert looks_blocked(body) is None
    assert html_depth(body) < 100
    assert json_depth(body) < 100


@pytest.mark.parametrize(
    ("page", "depth"),
    [
        (b"<div><span><b></b></span></div>", 3),
        (b"<div>" * 7, 7),
        (b"<DIV><Div>", 2),
        (b"<div></b></i></span><div></x>" * 5, 10),
        (b"<span><b></span>" * 9, 2),
        (b"<ul>" + b"<li>x" * 900 + b"</ul>", 1),
        (b"<table>" + b"<tr><td>x" * 900 + b"</table>", 1),
        (b"<table><tr><td>" * 9, 9),
        (b"<p>x<br><img src=a><input>" * 900, 0),
        (b"<svg>" + b'<path d="M0"/>' * 900 + b"</svg>", 1),
        (b"<!-- " + b"<div>" * 900 + b" --><b>", 1),
        (b"<script>'" + b"<div>" * 900 + b"'</script><b>", 1),
        (b"<!-- " + b"<div>" * 900, 0),
        (b"a < b <1 <> </>", 0),
    ],
)
def test_depth_is_counted_as_parsers_nest(page: bytes, depth: int) -> None:
    assert html_depth(page) == depth


@pytest.mark.parametrize(
    "unit", [b"<div>", b"<!--", b"<a <a ", b"<script>", b"</div>", b"<b></i>", b'<a b="', b"<"]
)
def test_five_megabytes_of_nonsense_are_counted(unit: bytes) -> None:
    # quadratic code would meet the test's time limit here
    assert html_depth(unit * (5_000_000 // len(unit))) <= 501


@pytest.mark.parametrize(
    ("body", "depth"),
    [
        (b"[" * 600 + b"]" * 600, 600),
        (b'{"a":' * 501 + b"1" + b"}" * 501, 501),
        (b"[" + b"[]," * 600 + b"[]]", 2),
        (b'["' + b"[" * 900 + b'", "\\"' + b"[" * 900 + b'"]', 1),
        (b"[[1]]", 0),
    ],
)
def test_depth_of_json_is_counted_outside_strings(body: bytes, depth: int) -> None:
    assert json_depth(body) == depth


@pytest.mark.parametrize("unit", [b'"', b'\\"', b'"[', b"[", b"\\"])
def test_megabytes_of_broken_json_are_counted(unit: bytes) -> None:
    assert json_depth(b"[" * 501 + unit * (3_000_000 // len(unit))) > 0
