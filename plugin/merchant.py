"""What a merchant can do with one click, each once however often it is clicked.

Every function takes an open transaction and goes down the one path: an event, a fold, decisions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from plugin import timeline as t
from plugin.actions import ProposeAlternative, RefundCustomer
from plugin.casework import Casework, Step
from plugin.money import Money
from plugin.order import PlannedAction
from plugin.store import outbox, shops
from plugin.terms import Route

CHOICES = frozenset({"source", "invite", "replace"})


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
    if isinstance(planned.action, ProposeAlternative) and choice not in CHOICES:
        raise NotPossible("choose", "source, invite or replace")
    events = _both(work, planned, choice, both_because)
    if not outbox.approve(tx, click.shop, click.order_id, key, click.now, choice):
        raise _too_late(work, key)
    return work.record([*events, t.Approved(key, choice)], by=click.by, cause="click")


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


def learn_route(tx: Connection, click: Click, purchase_id: str, route: Route) -> Step:
    """Where the parcel is. Raises NotPossible for the way back from abroad."""
    work = _work(tx, click)
    known = work.order.purchases.get(purchase_id)
    if known is not None and known.route is Route.INTERNATIONAL and route is not known.route:
        raise NotPossible("already_abroad")
    return work.record([t.RouteLearned(purchase_id, route)], by=click.by, cause="click")


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


def _both(work: Casework, planned: PlannedAction, choice: str, because: str) -> list[t.BothAllowed]:
    """The interlock: money and goods for the same units need a person's reason and its cost."""
    action, order = planned.action, work.order
    if isinstance(action, RefundCustomer):
        own = order.purchase_of(planned.case_id)
        clash = set(action.units) & set(order.goods_coming(action.line_id, besides=own))
        cost = Money(action.minor, action.currency)
    elif isinstance(action, ProposeAlternative) and choice == "replace":
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
