"""Children kept for many files, each replaced when it was killed, broke, or has read enough."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from scrapers.documents import Read, State
from service.documents.child import LENGTH, ChildSettings
from service.documents.codec import Document, load_document

_FILES_A_CHILD = 500
"""Then a new one: what a library leaks stays small."""
_LARGEST_ANSWER = 256 << 20
_ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}
"""No secret of ours reaches a child; Tesseract's threads would only fight over the cores."""


@dataclass(slots=True)
class _Child:
    """A running child and how many files it has read."""

    process: subprocess.Popen[bytes]
    files: int = 0

    @classmethod
    def start(cls, settings: ChildSettings) -> Self:
        """Start a child in a session of its own, so that what it starts dies with it."""
        return cls(
            subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-I", "-m", "service.documents.child", settings.dump()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_ENVIRONMENT,
                start_new_session=True,
            )
        )

    def ask(self, body: bytes) -> bytes | None:
        """Send a file and give the answer, None when the child dies over it."""
        source, sink = self.process.stdin, self.process.stdout
        assert source is not None  # noqa: S101 - started with pipes
        assert sink is not None  # noqa: S101 - started with pipes
        self.files += 1
        try:
            source.write(LENGTH.pack(len(body)))
            source.write(body)
            source.flush()
            head = sink.read(LENGTH.size)
            if len(head) < LENGTH.size:
                return None
            size = LENGTH.unpack(head)[0]
            answer = sink.read(size) if size <= _LARGEST_ANSWER else b""
        except OSError:
            return None
        return answer if len(answer) == size else None

    def kill(self) -> None:
        """End the child and whatever it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def close(self) -> None:
        """End the child and gather it."""
        self.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self.process.wait()


@dataclass(slots=True)
class DocumentReaders:
    """Reads files in `count` children at once. A context manager; `wall_seconds` is for one file,
    from its first byte to its answer."""

    settings: ChildSettings = field(default_factory=ChildSettings)
    count: int = field(default_factory=lambda: len(os.sched_getaffinity(0)))
    wall_seconds: float = 120.0
    _idle: list[_Child] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        self._threads = ThreadPoolExecutor(self.count, thread_name_prefix="documents")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._threads is not None:
            self._threads.shutdown(wait=True, cancel_futures=True)
        for child in self._idle:
            child.close()
        self._idle.clear()

    def submit(self, body: bytes) -> "Future[Document]":
        """Read a file when a child is free. The future never raises for what is in the file."""
        assert self._threads is not None, "to be used as a context manager"  # noqa: S101
        return self._threads.submit(self.read, body)

    def read(self, body: bytes) -> Document:
        """Read a file now: TOO_LARGE, TIMED_OUT and CRASHED are states like the others."""
        if len(body) > self.settings.limits.packed:
            return _ended(State.TOO_LARGE, f"{len(body)} bytes")
        child = self._take()
        late = threading.Event()

        def stop() -> None:
            late.set()
            child.kill()

        timer = threading.Timer(self.wall_seconds, stop)
        timer.start()
        try:
            answer = child.ask(body)
        finally:
            timer.cancel()
        if answer is None:
            child.close()
            return self._died(child.process.returncode, late=late.is_set())
        self._give_back(child)
        try:
            return load_document(answer)
        except (ValueError, KeyError, TypeError, ArithmeticError) as error:
            return _ended(State.CRASHED, f"the reader's answer is no document: {error!r}"[:200])

    def _take(self) -> _Child:
        with self._lock:
            while self._idle:
                child = self._idle.pop()
                if child.process.poll() is None:
                    return child
                child.close()
        return _Child.start(self.settings)

    def _give_back(self, child: _Child) -> None:
        if child.files >= _FILES_A_CHILD:
            child.close()
            return
        with self._lock:
            self._idle.append(child)

    def _died(self, status: int, *, late: bool) -> Document:
        if late:
            return _ended(State.TIMED_OUT, f"not read within {self.wall_seconds:g} s")
        if status in {-signal.SIGXCPU, -signal.SIGKILL}:
            said = f"more than {self.settings.cpu_seconds} s of processor time"
            return _ended(State.TIMED_OUT, said)
        said = f"the reader died over it (status {status})"
        return _ended(State.CRASHED, said)


def _ended(state: State, reason: str) -> Document:
    return Document(Read(state, reason=reason))
