"""Mails as files: an .eml to keep and an .html page to open; whole or not at all."""

import os
import re
from pathlib import Path

from service.errors import DeliveryError


def file_stem(address: str, slot: str) -> str:
    """Name the files of a mail; neither an address nor a slot can leave the folder."""
    safe = re.sub(r"[^a-z0-9]+", "-", address.lower()).strip("-")[:60] or "recipient"
    return f"{safe}-{re.sub(r'[^A-Za-z0-9]+', '-', slot).strip('-')[:60]}"


def write_files(folder: Path, stem: str, message: bytes, html: str) -> tuple[Path, Path]:
    """Write the .eml, and the .html to open in a browser.

    Raises DeliveryError where the folder cannot be written to.
    """
    eml, page = folder / f"{stem}.eml", folder / f"{stem}.html"
    _write(page, html.encode())
    _write(eml, message)
    return eml, page


def write_mail(path: Path, message: bytes) -> None:
    """Write one .eml, readable by its owner only: it may hold a link to sign in.

    Raises DeliveryError where the folder cannot be written to.
    """
    _write(path, message, 0o600)


def _write(path: Path, content: bytes, mode: int = 0o666) -> None:
    # A reader must never meet half a file, and a power cut must not leave an empty one.
    part = path.with_name(f".{path.name}.{os.urandom(8).hex()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise DeliveryError(
            f"cannot write the digest to {path.parent}: {error.strerror}"
        ) from error
    finally:
        if part.exists():
            part.unlink()
