"""A value worked out when it is first asked for, and kept on the object it is of.

What `functools.cached_property` does, without the lock it takes for every first asking before
Python 3.12: what is frozen comes out the same whoever is first, and a decision asks thousands.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class known_once(Generic[T]):
    """A property of something that does not change."""

    def __init__(self, work_out: Callable[[Any], T]) -> None:
        self.work_out = work_out
        self.name = work_out.__name__
        self.__doc__ = work_out.__doc__

    @overload
    def __get__(self, of: None, kind: type) -> Self: ...

    @overload
    def __get__(self, of: object, kind: type) -> T: ...

    def __get__(self, of: object | None, kind: type) -> Self | T:
        """Asked for the first time: from then on it stands beside the object's own fields."""
        if of is None:
            return self
        value = of.__dict__[self.name] = self.work_out(of)
        return value
