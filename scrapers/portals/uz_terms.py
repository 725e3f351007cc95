"""What the portals of Uzbekistan share: zone, the language of a text, classification codes."""

import re

from scrapers.records import Code

ZONE = "Asia/Tashkent"

_LATIN, _CYRILLIC = re.compile("[A-Za-z]"), re.compile("[А-Яа-яЁёЎўҚқҒғҲҳ]")
_UZBEK, _RUSSIAN = re.compile("[ЎўҚқҒғҲҳ]"), re.compile("[ЫыЩщ]")
_CODE = re.compile(r"(\d\d\.\d\d\.\d\d)\.\d{3}-\d{5}", re.ASCII)


def language_of(text: str) -> str | None:
    """ "uz" or "ru" by the letters, None where they do not tell.

    Texts are Russian, Uzbek in Latin, Uzbek in Cyrillic, or two of them side by side; what a portal
    calls the language of a procedure is not that of its texts. ы and щ are not in the Uzbek
    alphabet, ў қ ғ ҳ are not in the Russian one.
    """
    latin, cyrillic = bool(_LATIN.search(text)), bool(_CYRILLIC.search(text))
    if latin and not cyrillic:
        return "uz"
    if latin or _UZBEK.search(text) is None:
        return "ru" if not latin and _RUSSIAN.search(text) else None
    return None if _RUSSIAN.search(text) else "uz"


def codes_of(written: str, name: str | None = None) -> tuple[Code, ...]:
    """The codes of `35.30.12.140-00001`: the national one, and the CPA subcategory it begins with.

    That the first six digits are those of CPA 2.1 was checked on 56.29.19 (contract food services)
    and 35.30.12 (supply of steam and hot water) only. Raises ValueError for anything else.
    """
    match = _CODE.fullmatch(written)
    if match is None:
        raise ValueError(f"{written[:40]!r} is no product code")
    return Code("UZ-ENKT", written, name), Code("CPA", match[1])


def tax_number(written: str) -> Code | None:
    """The nine digits of an organisation's tax number (STIR)."""
    return Code("UZ-STIR", written) if re.fullmatch(r"\d{9}", written, re.ASCII) else None
