"""Bytes to text, strictly: the right text or a named error, never replacement characters.

The charset is found as browsers find it (byte-order mark, Content-Type header, `<meta>` or XML
declaration, then UTF-8), but nothing is ever decoded leniently: a Windows-1251 page read as UTF-8
with replacement gives records that look true and are not.
"""

import codecs
import re

from scrapers.errors import Truncated, WrongContentType

_LOOK_AT = 4096  # bytes searched for a declaration; Miniflux met one after byte 1024

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Labels of the WHATWG Encoding Standard that portals use. A codec of Python that is not a charset
# ("zip", "rot13") must never be chosen by a header.
_LABELS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-2": "iso8859-2",
    "iso-8859-5": "iso8859-5",
    "iso-8859-9": "cp1254",
    "iso-8859-15": "iso8859-15",
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    "ibm866": "cp866",
    "cp866": "cp866",
    **{
        f"{prefix}{number}": f"cp{number}"
        for prefix in ("windows-", "cp", "x-cp")
        for number in range(1250, 1259)
    },
}

_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})")

# UTF-8 Cyrillic read as Windows-1251 ("РџРѕРє") or as Latin-1 / Windows-1252 ("ÐŸÐ¾Ðº"), and
# Windows-1251 read as Latin-1 ("Òåíäåð"). No word of a language we read has three such pairs or
# five accented Latin letters in a row.
_UPPER_HALF_1251 = re.escape(bytes(set(range(0x80, 0xC0)) - {0x98}).decode("cp1251"))
_UPPER_HALF_1252 = re.escape(
    bytes(range(0x80, 0xC0)).decode("cp1252", errors="ignore")
    + bytes(range(0x80, 0xC0)).decode("latin-1")
)
# With each pattern the letters it cannot do without: counting them is far faster than looking.
_MOJIBAKE = (
    (re.compile(f"(?:[РС][{_UPPER_HALF_1251}]){{3,}}"), "РС"),
    (re.compile(f"(?:[ÐÑ][{_UPPER_HALF_1252}]){{3,}}"), "ÐÑ"),
    (re.compile("[À-ÖØ-öø-ÿ]{5,}"), "àåîÀÅÎ"),  # а, е, о
)


def decode(body: bytes, content_type: str = "", *, portal: str = "", url: str = "") -> str:
    """Turn the bytes of a page into text, without a byte-order mark.

    A single-byte charset that is declared over bytes which are valid UTF-8 with letters in it is a
    lying header: no Windows-1251 text is valid UTF-8 by chance, so UTF-8 is taken.
    Raises `Truncated` when the bytes end inside a letter, `WrongContentType` when no declared
    charset fits, the charset is unknown, or the text is binary, full of U+FFFD or mojibake.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _checked(_strict(body[len(mark) :], name, portal, url), portal, url)
    if not body.isascii() and _is_utf8(body):
        return _checked(body.decode("utf-8"), portal, url)
    labels = _declared(body, content_type) or ["utf-8"]
    for label in labels[:-1]:
        # The header may lie and the page's own declaration be right: try both, strictly.
        name = _LABELS.get(label, "")
        if name and _fits(body, name):
            return _checked(body.decode(name), portal, url)
    name = _LABELS.get(labels[-1], "")
    if not name:
        raise WrongContentType(f"unknown charset {labels[-1]!r}", portal=portal, url=url)
    return _checked(_strict(body, name, portal, url), portal, url)


def _declared(body: bytes, content_type: str) -> list[str]:
    """Charset labels in order of authority: header first, then the page's own words."""
    found = [match.group(1) for match in [_HEADER.search(content_type)] if match]
    head = body[:_LOOK_AT]
    found += [
        match.group(1).decode("ascii", "replace")
        for match in (_XML.search(head), _META.search(head))
        if match
    ]
    return [label.lower() for label in found]


def _is_utf8(body: bytes) -> bool:
    return _fits(body, "utf-8")


def _fits(body: bytes, name: str) -> bool:
    try:
        body.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _strict(body: bytes, name: str, portal: str, url: str) -> str:
    try:
        return body.decode(name)
    except UnicodeDecodeError as error:
        if error.reason in {"unexpected end of data", "truncated data"}:
            raise Truncated("the page ends inside a letter", portal=portal, url=url) from error
        raise WrongContentType(
            f"the bytes are not {name} (byte {error.start})", portal=portal, url=url
        ) from error


def _checked(text: str, portal: str, url: str) -> str:
    """Refuse text that was spoilt before it reached us.

    One broken word in one lot is what the buyer typed and stays; a whole spoilt page is not. The
    limits are 1 in 1000 characters for U+FFFD and 1 in 20 of the letters beyond ASCII for mojibake.
    """
    if "\x00" in text:
        raise WrongContentType("binary data in place of text", portal=portal, url=url)
    if text.count("\ufffd") * 1000 > len(text):
        raise WrongContentType("text full of replacement characters", portal=portal, url=url)
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    for pattern, letters in _MOJIBAKE if foreign else ():
        # a spoilt 1 in 20 of the letters has these in at least 1 in 100
        if sum(map(text.count, letters)) * 100 < foreign:
            continue
        if sum(len(match.group()) for match in pattern.finditer(text)) * 20 > foreign:
            raise WrongContentType("text was decoded with a wrong charset", portal=portal, url=url)
    return text
