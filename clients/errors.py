"""What can go wrong with a call, by what may be done about it.

The type answers the only question that matters after a failure: may I try again? Every client
turns whatever its service answers into one of these four, or into a plain result.
"""

from __future__ import annotations


class RemoteError(Exception):
    """A call to an outside service did not give a usable answer."""

    def __init__(self, service: str, what: str, *, code: str = "", request_id: str = "") -> None:
        super().__init__(f"{service}: {what}")
        self.service = service
        self.what = what
        self.code = code
        self.request_id = request_id


class Retriable(RemoteError):
    """Certainly not done. The same call may be made again, not before `after` seconds."""

    def __init__(
        self,
        service: str,
        what: str,
        *,
        after: float = 30.0,
        code: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(service, what, code=code, request_id=request_id)
        self.after = after


class Refused(RemoteError):
    """Certainly not done, and asking again the same way will not help."""


class OutcomeUnknown(RemoteError):
    """Nobody can tell whether it was done. Read back before doing anything else."""


class NeedsAuthorisation(RemoteError):
    """Certainly not done: the access we hold is no longer good. A person has to renew it."""


MISSHAPEN = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What reading an answer raises where a part is absent, of another kind, or beyond all numbers."""
