"""Who is told how a service answers, and may say that it is to be left alone for a while."""

from __future__ import annotations

from typing import Protocol


class Watch(Protocol):
    """Told of every call. None of these but `before` may raise anything."""

    def before(self) -> None:
        """A call is about to be made. Raises Retriable while the service is left alone."""

    def answered(self) -> None:
        """It answered, whatever it said."""

    def failed(self) -> None:
        """It did not answer, or said that it is out of order."""


class NoWatch:
    """Nobody is told."""

    def before(self) -> None:
        """Go on."""

    def answered(self) -> None:
        """Nothing is kept."""

    def failed(self) -> None:
        """Nothing is kept."""
