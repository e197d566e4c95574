"""The token a call goes out with: one that is fixed, or one that somebody keeps fresh."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Access:
    """Where a shop's token comes from."""

    current: Callable[[], str]
    """A token that is good now. May raise NeedsAuthorisation or Retriable."""
    renewed: Callable[[str], str] | None = None
    """Another one for a token that was just refused; None where there is no other."""


def fixed(token: str) -> Access:
    """A token that never changes."""
    return Access(lambda: token)
