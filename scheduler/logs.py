"""Logs are events: one line of JSON each, in UTC, with ids only.

An error is told by its kind and its place: its words may quote what a customer wrote.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TextIO, cast

import structlog
from structlog.typing import EventDict, WrappedLogger

from plugin.clock import Clock

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
FRAMES = 8
"""Of an error, the last ones: the caller's side is known by the event."""


def configure(level: str, clock: Clock) -> None:
    """Send every log line to standard error as JSON."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    for noisy in ("apscheduler", "alembic", "uvicorn.error"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            _stamp(clock),
            _without_words,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Unfailing(sys.stderr))),
    )


class _Unfailing:
    """A stream that loses what it cannot write: a full disk under the log stops nothing else."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        """As the stream's."""
        with suppress(OSError):
            self._stream.write(text)

    def flush(self) -> None:
        """As the stream's."""
        with suppress(OSError):
            self._stream.flush()


def _without_words(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    if event.pop("exc_info", None) and (error := sys.exc_info()[1]) is not None:
        event["error"] = " from ".join(type(one).__name__ for one in _chain(error))
        frames = traceback.extract_tb(error.__traceback__)
        event["where"] = [f"{f.filename}:{f.lineno} {f.name}" for f in frames[-FRAMES:]]
    return event


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _stamp(clock: Clock) -> Callable[[WrappedLogger, str, EventDict], EventDict]:
    def stamp(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
        event["at"] = clock.now().isoformat()
        return event

    return stamp
