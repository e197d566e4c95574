"""The customer's side, shared by all situations: the money for some units, or the goods again."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.actions import (
    Action,
    Decision,
    Letter,
    RefundCustomer,
    ReissueGoods,
    Withdraw,
    WriteCustomer,
)
from plugin.case import Case
from plugin.order import PlannedAction, Units
from plugin.playbooks.why import Why
from plugin.terms import Clause

CAN_BE_CALLED_OFF = frozenset({"waiting", "going", "by_hand"})


def refunds(case: Case, why: Why, wanted: Mapping[int, Units], says: str = "") -> list[Decision]:
    """A refund for each line, of its units whose money nobody has asked for yet.

    Nothing for units whose goods come from elsewhere, unless a person allowed both; nothing that
    a person has declined for this case before; nothing for an order that was not paid.
    """
    found: list[Decision] = []
    if case.order.paid_at is None:
        return found
    for line_id, units in wanted.items():
        left = _unasked(case, line_id, units)
        if left:
            line = case.order.lines[line_id]
            goods, freight = line.worth(left, shipping=case.terms.refund_shipping)
            found.append(
                RefundCustomer(
                    why(Clause.REFUND, says),
                    line_id=line_id,
                    units=left,
                    goods_minor=goods,
                    shipping_minor=freight,
                    currency=case.order.currency,
                )
            )
    return found


def reissues(case: Case, why: Why, wanted: Mapping[int, Units], says: str = "") -> list[Decision]:
    """The same goods once more, for units that are neither repaid nor about to be."""
    return [
        ReissueGoods(why(Clause.REISSUE, says), line_id=line_id, units=left)
        for line_id, units in wanted.items()
        if (left := _unasked(case, line_id, units))
    ]


def letters(case: Case, why: Why) -> list[Decision]:
    """One letter when this case's refunds are settled, one when its goods go out again."""
    return [
        *_letter(case, why, Letter.REFUNDED, case.refunds),
        *_letter(case, why, Letter.REISSUED, case.reissues),
    ]


def call_off(case: Case, planned: tuple[PlannedAction, ...], why: str) -> list[Decision]:
    """What was not yet done of these is no longer wanted."""
    return [Withdraw(p.key, why) for p in planned if p.state in CAN_BE_CALLED_OFF]


def _letter(
    case: Case, why: Why, letter: Letter, planned: tuple[PlannedAction, ...]
) -> list[Decision]:
    done = [p for p in planned if p.state == "done"]
    if not done or any(p.alive for p in planned):
        return []
    lines = tuple(sorted({getattr(p.action, "line_id", 0) for p in done}))
    about = f"{case.id}:{len(done)}"
    return [WriteCustomer(why(Clause.LETTER), letter=letter, about=about, line_ids=lines)]


def _unasked(case: Case, line_id: int, units: Units) -> Units:
    order = case.order
    both = {u for (line, u) in order.both_allowed if line == line_id}
    covered = set(order.goods_coming(line_id, besides=case.purchase_id)) - both
    asked = {*order.spoken_for(line_id), *order.gone_elsewhere(line_id), *covered}
    return tuple(u for u in units if u not in asked | _settled_before(case, line_id))


def _settled_before(case: Case, line_id: int) -> set[int]:
    """A person said no to it in this case, or it is about to be sent again."""
    return {
        unit
        for p in (*case.refunds, *case.reissues)
        if isinstance(p.action, RefundCustomer | ReissueGoods)
        and p.action.line_id == line_id
        and (p.state == "declined" or (isinstance(p.action, ReissueGoods) and p.counts))
        for unit in p.action.units
    }


def unfinished(case: Case, asked: list[Decision]) -> bool:
    """Something of this case is still under way, or is about to be: it cannot end yet."""
    known = {*(p.action.key for p in case.planned if not p.asked_again), *case.order.withheld}
    fresh = any(isinstance(d, Action) and d.key not in known for d in asked)
    return fresh or any(p.alive for p in case.planned) or case.recovery_open
