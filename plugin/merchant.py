"""What a merchant can do with one click, each once however often it is clicked.

Every function takes an open transaction and goes down the one path: an event, a fold, decisions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from plugin import timeline as t
from plugin.actions import ChooseRemedy, ProposeAlternative, RefundCustomer, ReissueGoods
from plugin.casework import Casework, Step
from plugin.money import Money
from plugin.order import PlannedAction
from plugin.store import caselists, outbox, shops
from plugin.terms import Route

SECOND_PERSON = "second_person"
"""Why a refund still waits that one person has said yes to."""
CHOICES = frozenset({"source", "invite", "replace", "split"})


class NotPossible(Exception):
    """The click comes too late, or asks for what must not be. `why` is a word for the page."""

    def __init__(self, why: str, detail: str = "", last: t.Entry | None = None) -> None:
        super().__init__(f"{why} {detail}".strip())
        self.why, self.detail, self.last = why, detail, last


class BothNeedsAReason(NotPossible):
    """The customer would get the money and the goods: a person must say why, knowing the cost."""

    def __init__(self, cost: Money) -> None:
        super().__init__("both", cost.decimal())
        self.cost = cost


@dataclass(frozen=True)
class Click:
    """Who clicked, on which order, when."""

    shop: str
    order_id: int
    by: str
    now: datetime


def approve(
    tx: Connection, click: Click, key: str, *, choice: str = "", both_because: str = ""
) -> Step:
    """Go ahead with an action that waits for a word. Raises NotPossible, BothNeedsAReason."""
    work = _work(tx, click)
    planned = _planned(work, key)
    if choice not in _choices(planned):
        raise NotPossible("choose", ", ".join(sorted(_choices(planned))))
    events = _both(work, planned, choice, both_because)
    if _is_first_of_two(work, click, planned):
        return _first_word(tx, work, click, key)
    if not outbox.approve(tx, click.shop, click.order_id, key, click.now, choice):
        raise _too_late(work, key)
    step = work.record([*events, t.Approved(key, choice)], by=click.by, cause="click")
    if isinstance(planned.action, ChooseRemedy):
        _carry_the_choice_out(tx, work, click, planned)
    return step


def _choices(planned: PlannedAction) -> frozenset[str]:
    match planned.action:
        case ProposeAlternative(parcels=parcels):
            return CHOICES if parcels > 1 else CHOICES - {"split"}
        case ChooseRemedy(choices=choices):
            return frozenset(choices)
        case _:
            return frozenset({""})


def _carry_the_choice_out(
    tx: Connection, work: Casework, click: Click, chosen: PlannedAction
) -> None:
    """Who chose the refund, its amount on the button, has said yes to it: he is not asked twice."""
    followed = [
        p.key
        for p in work.order.planned.values()
        if p.case_id == chosen.case_id
        and p.state == "waiting"
        and isinstance(p.action, RefundCustomer | ReissueGoods)
    ]
    for key in followed:
        if _is_first_of_two(work, click, work.order.planned[key]):
            _first_word(tx, work, click, key)
        elif outbox.approve(tx, click.shop, click.order_id, key, click.now, ""):
            work.record([t.Approved(key)], by=click.by, cause="click")


def decline(tx: Connection, click: Click, key: str, *, why: str = "") -> Step:
    """No. What it held is free again. Raises NotPossible when it is under way or settled."""
    work = _work(tx, click)
    _planned(work, key)
    if not outbox.call_off(tx, click.shop, click.order_id, key, click.now, why or "declined"):
        raise _too_late(work, key)
    return work.record([t.Declined(key, why)], by=click.by, cause="click")


def sent_by_hand(tx: Connection, click: Click, key: str) -> Step:
    """The merchant did what no API does. Money is never settled by a claim: it is read."""
    work = _work(tx, click)
    planned = _planned(work, key)
    if isinstance(planned.action, RefundCustomer):
        raise NotPossible("money_is_read", "refund it in the store and it is noticed here")
    row = outbox.by_key(tx, click.shop, click.order_id, key)
    settled = outbox.settle_by_hand(
        tx, click.shop, click.order_id, key, click.now, happened=True, why="by hand"
    )
    if row is None or not settled:
        raise _too_late(work, key)
    return work.settle(row, t.ActionDone(key, by_hand=True), by=click.by)


def try_again(tx: Connection, click: Click, key: str) -> Step:
    """Send what was handed over once more, from the beginning: read first, then act."""
    work = _work(tx, click)
    _planned(work, key)
    if not outbox.again(tx, click.shop, click.order_id, key, click.now):
        raise _too_late(work, key)
    return work.record([t.Approved(key)], by=click.by, cause="click")


def tell(tx: Connection, click: Click, *events: t.Event) -> Step:
    """The merchant tells us something: a purchase, an answer, no stock, a note."""
    return _work(tx, click).record(events, by=click.by, cause="click")


def assign(tx: Connection, click: Click, case_id: str, person: str) -> None:
    """Give a case to somebody, or to nobody; once, however often it is clicked."""
    row = caselists.one(tx, click.shop, case_id)
    if row is None or row["assignee"] == person:
        return
    caselists.assign(tx, click.shop, case_id, person)
    tell(tx, click, t.CaseAssigned(case_id, person))


def snooze(tx: Connection, click: Click, case_id: str, until: datetime | None) -> None:
    """Put a case off, or take it up again. Raises NotPossible for a closed one."""
    row = caselists.one(tx, click.shop, case_id)
    if row is None or row["snoozed_until"] == until:
        return
    if row["closed_at"] is not None:
        raise NotPossible("case_closed")
    tell(tx, click, t.CaseSnoozed(case_id, until))
    caselists.snooze(tx, click.shop, case_id, until)


def learn_route(tx: Connection, click: Click, purchase_id: str, route: Route) -> Step:
    """Where the parcel is. Raises NotPossible for the way back from abroad."""
    work = _work(tx, click)
    known = work.order.purchases.get(purchase_id)
    if known is not None and known.route is Route.INTERNATIONAL and route is not known.route:
        raise NotPossible("already_abroad")
    return work.record([t.RouteLearned(purchase_id, route)], by=click.by, cause="click")


def tell_of_customs(tx: Connection, click: Click, purchase_id: str, state: str) -> Step:
    """Held, cleared, returned or destroyed, by a person's word."""
    if state not in {"held", "cleared", "returned", "destroyed"}:
        raise NotPossible("choose", "held, cleared, returned or destroyed")
    return tell(tx, click, t.CustomsSeen(purchase_id, state, since=click.now))


def tell_of_interception(tx: Connection, click: Click, purchase_id: str, result: str) -> Step:
    """What became of stopping a parcel, by a person's word. Said once: it moves money."""
    work = _work(tx, click)
    known = work.order.purchases.get(purchase_id)
    if result not in {"succeeded", "failed"}:
        raise NotPossible("choose", "succeeded or failed")
    if known is not None and known.interception:
        raise NotPossible("not_waiting")
    said = t.InterceptionSeen(purchase_id, result)
    return work.record([said], by=click.by, cause="click")


def tell_of_verification(
    tx: Connection, click: Click, case_id: str, result: str, message: str = ""
) -> Step:
    """What became of a claim, by a person's word. Raises NotPossible before it was handed in."""
    work = _work(tx, click)
    claim = work.order.claims.get(case_id)
    if result not in {"verified", "refused"}:
        raise NotPossible("choose", "verified or refused")
    if claim is None:
        raise NotPossible("not_handed_in")
    if claim.result:
        raise NotPossible("not_waiting")
    said = t.VerificationSeen(case_id, result, message)
    return work.record([said], by=click.by, cause="click")


def pause(tx: Connection, shop: str) -> None:
    """Nothing goes out until `resume`; clocks and decisions go on."""
    _switch(tx, shop, shops.ACTIVE, shops.PAUSED)


def resume(tx: Connection, shop: str) -> None:
    """What was planned meanwhile goes out, each after a fresh look at the order."""
    _switch(tx, shop, shops.PAUSED, shops.ACTIVE)


# --- Helpers ------------------------------------------------------------------------------------


def _work(tx: Connection, click: Click) -> Casework:
    return Casework(tx, click.shop, click.order_id, click.now)


def _planned(work: Casework, key: str) -> PlannedAction:
    planned = work.order.planned.get(key)
    if planned is None:
        raise NotPossible("unknown")
    return planned


def _is_first_of_two(work: Casework, click: Click, planned: PlannedAction) -> bool:
    """Does this yes wait for another's? Raises NotPossible for the same person's second one.

    The shop's terms of today count, not those the case began under. Keys of the API are one
    person together: whoever made one can make two.
    """
    action, (today, _) = planned.action, work.terms_in_force()
    limit = today.two_people
    if limit is None or not isinstance(action, RefundCustomer):
        return False
    if not limit.concern(action.minor, action.currency):
        return False
    said = [e for e in work.entries if getattr(e.what, "key", "") == planned.key]
    if not said or not isinstance(said[-1].what, t.Held) or said[-1].what.why != SECOND_PERSON:
        return True
    if _person(said[-1].by) == _person(click.by):
        raise NotPossible(SECOND_PERSON, said[-1].by, said[-1])
    return False


def _person(by: str) -> str:
    return "api" if by.startswith("api:") else by


def _first_word(tx: Connection, work: Casework, click: Click, key: str) -> Step:
    if not outbox.wait_for_second(tx, click.shop, click.order_id, key, SECOND_PERSON):
        raise _too_late(work, key)
    return work.record([t.Held(key, SECOND_PERSON)], by=click.by, cause="click")


def _both(work: Casework, planned: PlannedAction, choice: str, because: str) -> list[t.BothAllowed]:
    """The interlock: money and goods for the same units need a person's reason and its cost."""
    action, order = planned.action, work.order
    if isinstance(action, ReissueGoods):
        own = order.purchase_of(planned.case_id)
        coming = order.goods_coming(action.line_id, besides=own)
        clash = set(action.units) & {*order.spoken_for(action.line_id), *coming}
        worth = order.lines[action.line_id].worth(clash, shipping=False)
        cost = Money(sum(worth), order.currency)
    elif isinstance(action, RefundCustomer):
        own = order.purchase_of(planned.case_id)
        clash = set(action.units) & set(order.goods_coming(action.line_id, besides=own))
        cost = Money(action.minor, action.currency)
    elif isinstance(action, ProposeAlternative) and choice in {"replace", "split"}:
        clash = set(action.units) & set(order.spoken_for(action.line_id))
        cost = _price(work, action, len(clash))
    else:
        return []
    clash -= {unit for line_id, unit in order.both_allowed if line_id == action.line_id}
    if not clash:
        return []
    if not because.strip():
        raise BothNeedsAReason(cost)
    units = tuple(sorted(clash))
    return [t.BothAllowed(action.line_id, units, cost.minor, cost.currency, because.strip())]


def _price(work: Casework, action: ProposeAlternative, units: int) -> Money:
    offered = work.terms.alternatives_for(action.sku)
    chosen = next((a for a in offered if a.id == action.alternative_id), None)
    if chosen is None:
        return Money(0, work.order.currency)
    return Money(chosen.price_minor * units, chosen.currency)


def _too_late(work: Casework, key: str) -> NotPossible:
    """Who settled it, and when, for whoever came second."""
    words = [e for e in work.entries if getattr(e.what, "key", "") == key]
    last = words[-1] if words else None
    return NotPossible("not_waiting", f"{last.what.kind} {last.by}" if last else "", last)


def _switch(tx: Connection, shop: str, before: str, after: str) -> None:
    found = shops.find(tx, shop)
    if found is None or found.state not in {before, after}:
        raise NotPossible("not_installed")
    shops.change(tx, shop, state=after)
