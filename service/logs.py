"""Structured logs: JSON lines in the file a command names, before that on stderr.

Stdout belongs to what a command prints. Events carry fields, never a ready sentence, and values
under names of secrets are masked.
"""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_SECRET = ("token", "password", "secret", "authorization", "cookie")


def set_up_logs(stream: TextIO | None = None) -> None:
    """Send warnings and worse to `stream` (stderr without one)."""
    rendered: list[Processor] = (
        [structlog.dev.ConsoleRenderer(colors=False)]
        if (stream or sys.stderr).isatty()
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            masked,
            *rendered,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        # Asked for at each use: sys.stderr may have been replaced since.
        logger_factory=lambda *_: structlog.PrintLogger(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )


def masked(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Mask the values of fields whose names say that they are secret."""
    for key in event:
        if any(word in key.lower() for word in _SECRET):
            event[key] = "***"
    return event


# structlog writes to stdout until told otherwise; whoever logs imports this and so cannot.
set_up_logs()
log = structlog.get_logger("suranys")
