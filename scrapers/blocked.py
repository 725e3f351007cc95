"""Telling a captcha, bot or log-in page from the page that was asked for.

A real page may hold a hidden log-in dialog, the word "captcha" in a script, or a protection
vendor's beacon, so single words decide nothing: a sure phrase does, or, in a page without any
table, its title or being little more than a form.
"""

import re

_LOOK_AT = 200_000
_SMALL = 30_000  # bytes; wall pages are a form or a script, portal pages start at about 50 kB

# Phrases that only a wall shows, whatever the size of the page.
_SURE = {
    "cloudflare": (
        "cf_chl_opt",
        "cf-browser-verification",
        "<title>just a moment...",
        "<title>attention required! | cloudflare",
        "enable javascript and cookies to continue",
    ),
    "imperva": ("request unsuccessful. incapsula incident", "<title>pardon our interruption"),
    "f5": ("the requested url was rejected. please consult with your administrator",),
    "akamai": ("errors.edgesuite.net", "sec-if-cpt-container"),
    "ddos-guard": ("<title>ddos-guard", "check.ddos-guard.net"),
    "sucuri": ("sucuri website firewall - access denied", "sucuri_cloudproxy_js"),
    "perimeterx": ("px-captcha",),
    "datadome": ("captcha-delivery.com",),
    "aws waf": ("awswafintegration", "awswafcookiedomainlist"),
    "yandex smartcaptcha": (
        "showcaptcha?",
        "подтвердите, что запросы отправляли вы, а не робот",
    ),
    "qrator": ("__qrator", "<title>qrator"),
    "servicepipe": ("servicepipe.ru/static", "id_spinner_sp"),
    "browser check": ("<title>проверка браузера",),
}

_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,300})")
_TITLES = {
    "captcha": re.compile(
        r"captcha|капча|not a robot|human verification|вы не робот|проверка безопасности"
        r"|checking your browser|ddos protection|bot (?:check|verification)"
    ),
    "refusal": re.compile(
        r"^\s*(?:403\b|access (?:denied|restricted)|forbidden|доступ (?:запрещ|огранич|заблок)"
        r"|қолжетімділік шектел)"
    ),
    "log-in page": re.compile(
        r"^\s*(?:вход(?:\s|$)|вход в|авторизация|аутентификация|log ?in\b|sign ?in\b|login\b"
        r"|жүйеге кіру|кіру\s*$)"
    ),
}

# In a small page, these are what the page is about.
_IN_SMALL = {
    "captcha": re.compile(
        r"g-recaptcha|h-captcha|hcaptcha\.com|smart-captcha|cf-turnstile|name=[\"']?captcha"
        r"|recaptcha/api\.js|введите (?:код|символы|текст) с (?:картинки|изображения)"
        r"|<img[^>]{0,200}captcha|что вы не робот|checking your browser"
    ),
    "log-in page": re.compile(r"<input[^>]{0,200}type=[\"']?password"),
    "script challenge": re.compile(r"document\.cookie\s{0,9}=[^<]{0,500}?location\.reload"),
}


def looks_blocked(body: bytes) -> str | None:
    """Name what stands in place of the page ("cloudflare", "captcha", "log-in page"), or None."""
    head = body[:_LOOK_AT]
    text = head.decode("utf-8", "replace").lower()
    if text.count("\ufffd") > 20:
        text = head.decode("cp1251", "replace").lower()
    for name, phrases in _SURE.items():
        if any(phrase in text for phrase in phrases):
            return name
    if "<table" in text:
        return None  # a lot called «Вход в здание» heads the title of its page
    title = _TITLE.search(text)
    if title is not None:
        for name, pattern in _TITLES.items():
            if pattern.search(title.group(1)):
                return name
    if len(body) < _SMALL and "<html" in text:
        for name, pattern in _IN_SMALL.items():
            if pattern.search(text):
                return name
    return None
