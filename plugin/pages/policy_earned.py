"""Earned autonomy: a rule that was approved twenty times in a row may be let go by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from plugin import sentences
from plugin.pages.desk import label, language
from plugin.pages.policy_rules import RULES
from plugin.store.policy_record import Settled
from plugin.terms import MONEY, PERSONS, Autonomy, Terms

IN_A_ROW = 20
BY_FACTS = frozenset(
    {
        *("shipped", "bought_elsewhere", "nothing_left", "order_cancelled", "purchase_cancelled"),
        *("no_stock_route", "repaid_elsewhere", "goods_coming", "line_not_found", "taken_over"),
        *("not_intercepted", "not_verified", "customs_cleared", "answered"),
    }
)
"""Ends of a step that were no person's no: they neither count nor break a row."""


@dataclass(frozen=True)
class Offer:
    """A rule that could go by itself."""

    rule: str
    said: str
    approved: int
    level: str
    """How far it goes now, in words."""


def offers(settled: Iterable[Settled], terms: Terms) -> dict[str, Offer]:
    """By rule. Never a choice that is a person's, and never money while no cap is set.

    `settled` comes latest first; a person's no, or a choice between ways, ends the row.
    """
    rows = _in_a_row(settled)
    found: dict[str, Offer] = {}
    for situation, clause in RULES:
        rule = f"{situation}.{clause}"
        level = terms.goes(situation, clause)
        waits = level in {Autonomy.ASK, Autonomy.SUGGEST} and clause not in PERSONS
        capped = clause not in MONEY or terms.cap is not None
        if waits and capped and rows.get(rule, 0) >= IN_A_ROW:
            now = sentences.autonomy(str(level), language=language())
            found[rule] = Offer(rule, label(rule), rows[rule], now)
    return found


def _in_a_row(settled: Iterable[Settled]) -> dict[str, int]:
    rows: dict[str, int] = {}
    ended: set[str] = set()
    for one in settled:
        if one.rule in ended or (not one.done and one.why in BY_FACTS):
            continue
        if one.done and not one.choice:
            rows[one.rule] = rows.get(one.rule, 0) + 1
        else:
            ended.add(one.rule)
    return rows
