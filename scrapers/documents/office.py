"""What DOCX and XLSX have in common: they are archives of XML, and are looked at as such before
any library opens them."""

import io
import re
import zipfile

from scrapers.documents.archives import check
from scrapers.documents.limits import Limits
from scrapers.documents.records import State, Unreadable

_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def check_office(body: bytes, limits: Limits) -> None:
    """Refuse an office file that is a bomb. Raises `Unreadable`.

    Office programs write no DTD; entities in one are how a kilobyte becomes a gigabyte.
    """
    with_password = 0x1
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for info in check(body, limits):
            if info.flag_bits & with_password:
                raise Unreadable(State.ENCRYPTED, "the file has a password")
            if info.file_size > limits.member:
                raise Unreadable(State.TOO_LARGE, f"{info.file_size} bytes in one part")
            if info.filename.endswith((".xml", ".rels")):
                try:
                    with archive.open(info) as stream:
                        head = stream.read(2048).replace(b"\x00", b"")
                except Exception as error:
                    raise Unreadable(State.BROKEN, f"{info.filename}: {error}"[:200]) from error
                if _DTD.search(head):
                    raise Unreadable(State.BOMB, "XML with entities of its own")
