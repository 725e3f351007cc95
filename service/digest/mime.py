"""Lay out the parts of a mail (RFC 2045, 2046, 2183): every leaf in base64, nothing else inside.

No text can then pass for a boundary or a header, so that what is built needs no reading back. The
standard library lays out the same (a test compares the two) at eight milliseconds a mail, which was
a third of what a digest cost.
"""

import re
from binascii import b2a_base64
from collections.abc import Sequence

from service.errors import DeliveryError

_LINE = 76
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,100}")


def text_part(kind: str, text: str) -> bytes:
    """Lay out a text: its lines end as on the wire, also the last."""
    lines = text.encode()
    if b"\r" in lines:
        lines = b"".join(line + b"\n" for line in lines.splitlines())
    ended = lines if lines.endswith(b"\n") else lines + b"\n"
    return leaf(f'{kind}; charset="utf-8"', ended.replace(b"\n", b"\r\n"))


def leaf(kind: str, content: bytes, *fields: str) -> bytes:
    """Lay out one content. `fields` are whole header lines, of our own making."""
    head = "".join(
        f"{line}\r\n"
        for line in (f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", *fields)
    )
    return head.encode("ascii") + b"\r\n" + _base64(content)


def multipart(kind: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    """Put parts together under `multipart/kind`."""
    line = f"--{boundary}".encode("ascii")
    head = f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n\r\n'.encode("ascii")
    return head + b"".join(line + b"\r\n" + each + b"\r\n" for each in parts) + line + b"--\r\n"


def plain(name: str) -> str:
    """Give back a name that needs no quoting in a field. Raises DeliveryError."""
    if not _PLAIN.fullmatch(name):
        raise DeliveryError(f"not the name of an attachment: {name!r}")
    return name


def _base64(content: bytes) -> bytes:
    whole = b2a_base64(content, newline=False)
    lines = [whole[at : at + _LINE] for at in range(0, len(whole), _LINE)]
    return b"\r\n".join(lines) + b"\r\n" if lines else b""
