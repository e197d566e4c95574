"""Logs are events: one line of JSON each, in UTC, with ids only."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

import structlog
from structlog.typing import EventDict, WrappedLogger

from plugin.clock import Clock

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def configure(level: str, clock: Clock) -> None:
    """Send every log line to standard error as JSON."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    for noisy in ("apscheduler", "alembic", "waitress.queue"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            _stamp(clock),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _stamp(clock: Clock) -> Callable[[WrappedLogger, str, EventDict], EventDict]:
    def stamp(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
        event["at"] = clock.now().isoformat()
        return event

    return stamp
