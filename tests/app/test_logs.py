"""What cannot be logged stops nothing: the log may lie on a disk that is full."""

from __future__ import annotations

import io
import sys

import pytest
import structlog

from plugin.clock import Clock
from scheduler import logs


class FullDisk(io.StringIO):
    """Takes nothing."""

    def write(self, _text: str) -> int:
        raise OSError(28, "No space left on device")

    def flush(self) -> None:
        raise OSError(28, "No space left on device")


def test_a_log_that_cannot_be_written_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", FullDisk())
    before = structlog.get_config()
    try:
        logs.configure("info", Clock())
        structlog.get_logger().warning("webhook not kept", error="OperationalError")
    finally:
        structlog.configure(**before)
