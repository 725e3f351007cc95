"""Programs that reading borrows where they are installed: OCR, converters of old Word files, and
the unpacker of RAR and 7z."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from scrapers.documents import State, Tools
from scrapers.documents.records import Unreadable
from service.documents.unpacking import unpack

LANGUAGES = ("rus", "kaz", "eng")
"""Of Tesseract; only those installed are asked for."""
_PAGE_SECONDS = 60
_MOST_OUTPUT = 8 << 20


@dataclass(frozen=True, slots=True)
class Programs:
    """Paths of what is installed. `languages` are Tesseract's own names, joined by `+`."""

    tesseract: str | None = None
    languages: str = ""
    antiword: str | None = None
    catdoc: str | None = None
    bsdtar: str | None = None

    @property
    def name(self) -> str:
        """What can be read with them: a document unread today may be read with more."""
        ocr = f"ocr:{self.languages}" if self.tesseract else ""
        doc = "doc" if self.antiword or self.catdoc else ""
        return " ".join(filter(None, [ocr, doc, "rar,7z" if self.bsdtar else ""]))


def installed(path: str | None = None) -> Programs:
    """Find the programs on the search path (None: that of this process)."""
    tesseract = shutil.which("tesseract", path=path)
    languages = _languages(tesseract) if tesseract else ""
    return Programs(
        tesseract=tesseract if languages else None,
        languages=languages,
        antiword=shutil.which("antiword", path=path),
        catdoc=shutil.which("catdoc", path=path),
        bsdtar=shutil.which("bsdtar", path=path),
    )


def _languages(tesseract: str) -> str:
    try:
        said = subprocess.run(  # noqa: S603 - the program just found on the search path
            [tesseract, "--list-langs"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return ""
    known = set(said.stdout.split()) | set(said.stderr.split())
    return "+".join(name for name in LANGUAGES if name in known)


def tools(programs: Programs) -> Tools:
    """Wrap the programs for the reader. They run inside the child and inherit its limits."""
    return Tools(
        ocr=_ocr(programs) if programs.tesseract else None,
        doc_text=_converter(programs) if programs.antiword or programs.catdoc else None,
        unpack=partial(unpack, programs.bsdtar) if programs.bsdtar else None,
    )


def _ocr(programs: Programs) -> Callable[[bytes], str]:
    def ocr(picture: bytes) -> str:
        command = [programs.tesseract or "", "stdin", "stdout", "-l", programs.languages]
        return _run(command, picture, "OCR")

    return ocr


def _converter(programs: Programs) -> Callable[[bytes], str]:
    def doc_text(body: bytes) -> str:
        problem: Unreadable | None = None
        for program, options in (
            (programs.antiword, ["-m", "UTF-8.txt", "-w", "0", "-"]),
            (programs.catdoc, ["-d", "utf-8", "-w", "-"]),
        ):
            if program is None:
                continue
            try:
                return _run([program, *options], body, "the converter")
            except Unreadable as error:
                problem = error
        raise problem or Unreadable(State.UNREAD, "no converter of old Word files is installed")

    return doc_text


def _run(command: list[str], body: bytes, what: str) -> str:
    """Give what a program prints. Raises `Unreadable`."""
    try:
        done = subprocess.run(  # noqa: S603 - a program from the search path, no shell
            command, input=body, capture_output=True, timeout=_PAGE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        said = f"{what} took more than {_PAGE_SECONDS} s"
        raise Unreadable(State.TIMED_OUT, said) from error
    except OSError as error:
        raise Unreadable(State.UNREAD, f"{what} cannot be started: {error.strerror}") from error
    if done.returncode != 0 or len(done.stdout) > _MOST_OUTPUT:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[:150]
        raise Unreadable(State.UNREAD, f"{what} gave up: {said or done.returncode}")
    return done.stdout.decode("utf-8", "replace")
