"""The shop's terms: the numbers, how far each rule goes, the caps. Published as a new version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for
from sqlalchemy.engine import Connection
from werkzeug.wrappers import Response as Answer

from plugin import sentences
from plugin.deadlines import ALL, Deadline
from plugin.money import Money
from plugin.pages.desk import Desk, say
from plugin.pages.forms import BadForm, Fields, amount, choice, whole, words
from plugin.parcels import limits_from
from plugin.store import shops
from plugin.terms import (
    Autonomy,
    Cap,
    Clause,
    NoStockOrder,
    Remedy,
    Route,
    Situation,
    Terms,
)

NO_STOCK_ROUTE = (Clause.TELL, Clause.REFUND, Clause.RESOURCE, Clause.RECOVERY, Clause.LETTER)
CLAIM = (
    *(Clause.TELL, Clause.LETTER, Clause.VERIFY, Clause.REFUND, Clause.REISSUE),
    Clause.RECOVERY,
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
IN_ORDER = (
    ("urge_supplier", "treat_as_no_stock"),
    ("customs_second", "customs_third"),
    ("evidence_second", "evidence_third"),
    ("evidence_third", "evidence_closes"),
    ("verification_earliest", "verification_overdue"),
    ("address_reminded", "address_decides"),
)
"""Numbers of which the second must be the larger."""
SWITCHES = (
    *("domestic_only", "refund_shipping", "festivals_pause"),
    *("check_addresses", "check_parcels"),
)


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.get("/policy")
    def policy_page() -> str:
        return _show(desk)

    @pages.post("/policy")
    def publish() -> Answer:
        try:
            new, seen = _terms(desk)
        except BadForm as error:
            return Response(_show(desk, bad=error.problems), 422)
        with desk.db.write() as tx:
            shops.lock(tx, g.shop.shop)
            current = shops.find(tx, g.shop.shop)
            if current is None or current.terms_version != seen:
                return Response(_show(desk, problem=say("policy.changed")), 409)
            note = words("note")
            shops.publish(tx, g.shop.shop, new, desk.clock.now(), author=g.person, note=note)
        return redirect(url_for("desk.policy_page", published="yes"), 303)


def _show(desk: Desk, **more: Any) -> str:
    with desk.db.read() as tx:
        terms = _current(tx)
    return desk.page(
        "policy.html",
        terms=terms,
        deadlines=[(d, _count(terms, d)) for d in ALL],
        rules=RULES,
        levels=list(Autonomy),
        orders=list(NoStockOrder),
        routes=list(Route),
        remedies=list(Remedy),
        lines=list(limits_from(terms.limits)),
        switches=SWITCHES,
        words=sentences,
        cap_text=_cap_text,
        form=request.form,
        published=request.args.get("published") == "yes",
        **more,
    )


def _current(tx: Connection) -> Terms:
    found = shops.find(tx, g.shop.shop)
    return shops.terms_of(tx, g.shop.shop, (found or g.shop).terms_version)


def _cap_text(cap: Cap | None, name: str) -> str:
    return Money(getattr(cap, name), cap.currency).decimal() if cap else ""


def _count(terms: Terms, deadline: Deadline) -> int:
    return terms.deadlines.get(deadline.name, deadline.count)


def _terms(desk: Desk) -> tuple[Terms, int]:
    """The terms as filled in, and the version they were filled in over."""
    with desk.db.read() as tx:
        before = _current(tx)
    fields = Fields()
    counts = {d.name: fields.take(partial(whole, d.name, 0, 365), d.count) for d in ALL}
    for first, then in IN_ORDER:
        if counts[then] <= counts[first]:
            wrong = "after_urge" if then == "treat_as_no_stock" else "after_the_other"
            fields.wrong(then, say(wrong))
    autonomy = {
        name: Autonomy(fields.take(partial(choice, name, list(Autonomy)), "ask"))
        for name in (f"{situation}.{clause}" for situation, clause in RULES)
    }
    cap = _cap(fields)
    spends = any(
        level is Autonomy.AUTO and name.endswith(".refund") for name, level in autonomy.items()
    )
    if spends and cap is None:
        fields.wrong("per_refund", say("cap_needed"))
    handling = fields.take(partial(whole, "handling_days", 0, 60), 0)
    route = fields.take(partial(choice, "assumed_route", list(Route)), str(Route.UNKNOWN))
    first = fields.take(partial(choice, "no_stock_order", list(NoStockOrder)), "refund_first")
    remedy = fields.take(partial(choice, "remedy", list(Remedy)), str(Remedy.CHOOSE))
    lines = list(limits_from(before.limits))
    line = fields.take(partial(choice, "shipping_line", lines), before.shipping_line)
    fields.check()
    switches: dict[str, Any] = {name: request.form.get(name) == "yes" for name in SWITCHES}
    new = replace(
        before,
        **switches,
        deadlines={d.name: counts[d.name] for d in ALL if counts[d.name] != d.count},
        handling_days=handling,
        remedy=Remedy(remedy),
        shipping_line=line,
        assumed_route=Route(route),
        no_stock_order=NoStockOrder(first),
        autonomy=autonomy,
        cap=cap,
    )
    seen = request.form.get("version", "")
    return new, int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0


def _cap(fields: Fields) -> Cap | None:
    filled = [name for name in ("per_refund", "per_day") if words(name)]
    if not filled:
        return None
    nothing = Money(0, "USD")
    each = fields.take(partial(amount, "per_refund", "cap_currency"), nothing)
    daily = fields.take(partial(amount, "per_day", "cap_currency"), nothing)
    if not fields.problems.keys() & {"per_refund", "per_day"} and daily < each:
        fields.wrong("per_day", say("day_below_one"))
    return Cap(each.minor, daily.minor, each.currency)
