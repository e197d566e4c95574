"""What happens to a case if nobody does anything: from its next clock and how far its rules go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from plugin import policy, sentences
from plugin.actions import Action, CloseCase
from plugin.case import Case
from plugin.levels import how_far
from plugin.terms import Autonomy, Terms
from plugin.timeline import plain
from plugin.words.speech import lower_first


@dataclass(frozen=True)
class Idle:
    """One thing that follows at a moment."""

    at: datetime
    level: str
    """`auto`, `ask`, `suggest` or `off`; `closes`; or empty: nothing new follows"""
    what: str = ""


def idle_of(
    case: Case, terms: Terms, now: datetime, language: str, spent: Callable[[str], int]
) -> list[Idle]:
    """What the next clock brings, decided by the rules themselves as if it were that moment.

    `terms` are those in force, for their caps; empty where no clock runs.
    """
    coming = None if case.closed else policy.next_deadline(case, now)
    if coming is None:
        return []
    at = coming[1]
    found = []
    for decision in policy.decide(case, at):
        if isinstance(decision, CloseCase):
            found.append(Idle(at, "closes", sentences.outcome(decision.outcome, language=language)))
        if isinstance(decision, Action) and decision.key not in case.order.planned:
            level, _ = how_far(terms, case, decision, spent)
            said = sentences.action(decision.kind, plain(decision), case.order, language=language)
            what = lower_first(said) if level is not Autonomy.OFF else said
            found.append(Idle(at, str(level), what))
    return found or [Idle(at, "")]
