"""Bytes to an XML tree, as from a stranger: no DTD, no entities, no network, no huge trees."""

import re

from lxml import etree
from lxml.etree import _Element

from scrapers.decoding import decode
from scrapers.errors import LayoutChanged, TooLarge, Truncated, WrongContentType
from scrapers.json_body import refuse_page

MAX_BYTES = 20 * 1024 * 1024

_DOCTYPE = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]{0,99})")
_TOO_MUCH = ("Excessive depth", "huge", "Maximum entity", "too deep", "xmlSAX2Characters")


def parse(body: bytes, content_type: str = "", *, portal: str = "", url: str = "") -> _Element:
    """Parse an XML document.

    Raises `Truncated` when it is empty or ends early, `TooLarge` beyond 20 MB or 256 levels,
    `Blocked` or `WrongContentType` for a web page, and `LayoutChanged` for a document type
    declaration (eForms have none; XXE and entity bombs need one) or broken XML.
    """
    if len(body) > MAX_BYTES:
        raise TooLarge(f"{len(body)} bytes of XML", portal=portal, url=url)
    text = decode(body, content_type, portal=portal, url=url).lstrip()
    if not text.strip():
        raise Truncated("an empty answer in place of XML", portal=portal, url=url)
    head = text[:1000].lower()
    if "<!doctype html" in head or "<html" in head:
        refuse_page(text, "XML", portal=portal, url=url)
    if not text.startswith("<"):
        raise WrongContentType("text in place of XML", portal=portal, url=url)
    if _DOCTYPE.search(text):
        raise LayoutChanged(
            "a document type declaration", selector="!DOCTYPE", portal=portal, url=url
        )
    try:
        # Decoded already: a charset in the declaration must not be applied a second time.
        return etree.fromstring(_DECLARATION.sub("", text).encode(), _parser())
    except etree.XMLSyntaxError as error:
        message = str(error)
        if any(words in message for words in _TOO_MUCH):
            raise TooLarge(f"XML nested too deeply: {message}", portal=portal, url=url) from error
        if not _is_whole(text):
            raise Truncated(f"the XML ends early: {message}", portal=portal, url=url) from error
        raise LayoutChanged(
            f"broken XML: {message}", selector="/", portal=portal, url=url
        ) from error


def _parser() -> etree.XMLParser:
    """A parser that fetches nothing, expands nothing and repairs nothing."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )


def _is_whole(text: str) -> bool:
    """Whether the document ends with the end of its first element."""
    root = _ROOT.search(text)
    return root is not None and text.rstrip().endswith(f"</{root.group(1)}>")
