"""A verified claim as a return in the store, where the shop works with returns: opened when the
claim is verified, closed when nothing else is left to do. It moves no money and waits for none.
"""

from __future__ import annotations

from plugin.actions import CloseReturn, Decision, MirrorReturn
from plugin.case import Case
from plugin.order import PlannedAction
from plugin.playbooks import remedy
from plugin.playbooks.why import Why
from plugin.terms import Autonomy, Clause


def opened(case: Case, why: Why) -> list[Decision]:
    """The return, unless the shop does without."""
    if case.terms.goes(case.situation, Clause.RETURN) is Autonomy.OFF:
        return []
    return [MirrorReturn(why(Clause.RETURN), case_id=case.id)]


def closed(case: Case, asked: list[Decision]) -> list[Decision]:
    """Its end, once the case has come to its own but for this."""
    mirrored = _of(case, MirrorReturn)
    if mirrored is None or mirrored.state != "done":
        return []
    if _of(case, CloseReturn) is None and remedy.unfinished(case, asked):
        return []
    return [CloseReturn(Why(case, "settled")(Clause.RETURN), case_id=case.id)]


def _of(case: Case, kind: type[MirrorReturn | CloseReturn]) -> PlannedAction | None:
    return next((p for p in case.planned if isinstance(p.action, kind)), None)
