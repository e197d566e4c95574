"""The policy page's contents: each situation with its steps and numbers, in the guide's order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plugin.deadlines import ALL, Deadline
from plugin.pages.desk import say
from plugin.policy import PLAYBOOKS
from plugin.terms import Clause, Situation, Terms

NO_STOCK_ROUTE = (Clause.TELL, Clause.REFUND, Clause.RESOURCE, Clause.RECOVERY, Clause.LETTER)
CLAIM = (
    *(Clause.TELL, Clause.LETTER, Clause.VERIFY, Clause.REFUND, Clause.REISSUE),
    *(Clause.RECOVERY, Clause.RETURN),
)
STOPPING = (Clause.INTERCEPT, Clause.TELL, Clause.LETTER, Clause.REFUND, Clause.RECOVERY)
CLAUSES: Mapping[Situation, tuple[Clause, ...]] = {
    Situation.NO_STOCK: NO_STOCK_ROUTE,
    Situation.OVERSIZED: (Clause.HOLD, *NO_STOCK_ROUTE),
    Situation.LATE_SHIPMENT: (Clause.URGE, *NO_STOCK_ROUTE),
    Situation.SUPPLIER_SILENT: NO_STOCK_ROUTE,
    Situation.CUSTOMS_HOLD: (
        *(Clause.TELL, Clause.LETTER, Clause.REFUND, Clause.REISSUE),
        Clause.RECOVERY,
    ),
    Situation.WRONG_ITEMS: CLAIM,
    Situation.DAMAGED: CLAIM,
    Situation.CANCELLATION: (*STOPPING, Clause.CANCEL),
    Situation.WRONG_ADDRESS: (Clause.HOLD, *STOPPING, Clause.ADDRESS),
}
"""What each rule does, in the order it does it. The choice of a remedy is always a person's."""
RULES = tuple((situation, clause) for situation, group in CLAUSES.items() for clause in group)
FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Rule:
    """One situation on the page."""

    situation: Situation
    clauses: tuple[Clause, ...]
    numbers: Sequence[tuple[Deadline, int]]
    """Those that stand here, with what the shop has made of them."""
    shared: Sequence[tuple[Deadline, int]]
    """Those that stand with an earlier situation, and count here too."""

    @property
    def sentence(self) -> list[tuple[str, str]]:
        """The rule as a sentence: (words, the field that follows them, if any)."""
        return sentence_of(f"policy.sentence.{self.situation}")


def rules_of(terms: Terms) -> list[Rule]:
    """The nine in the guide's order; each number stands once, where it first counts."""
    found, seen = [], set[str]()
    for situation, playbook in PLAYBOOKS.items():
        mine = list(dict.fromkeys(playbook.DEADLINES))
        numbers = [(d, count_of(terms, d)) for d in mine]
        found.append(
            Rule(
                situation,
                CLAUSES[situation],
                [one for one in numbers if one[0].name not in seen],
                [one for one in numbers if one[0].name in seen],
            )
        )
        seen |= {d.name for d in mine}
    return found


def sentence_of(name: str) -> list[tuple[str, str]]:
    """A text with fields in braces, taken apart at them."""
    parts = FIELD.split(say(name))
    return list(zip(parts[::2], [*parts[1::2], ""], strict=True))


def deadlines_by_name(terms: Terms) -> dict[str, tuple[Deadline, int]]:
    """Every number of the page, with what the shop has made of it."""
    return {d.name: (d, count_of(terms, d)) for d in ALL}


def count_of(terms: Terms, deadline: Deadline) -> int:
    """A deadline's number as the shop has it."""
    return terms.deadlines.get(deadline.name, deadline.count)
