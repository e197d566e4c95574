"""The shop's terms: the numbers, how far each rule goes, the caps. Published as a new version."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for
from sqlalchemy.engine import Connection
from werkzeug.wrappers import Response as Answer

from plugin import sentences
from plugin.deadlines import ALL
from plugin.money import Money
from plugin.pages.desk import Desk, say
from plugin.pages.forms import BadForm, Fields, amount, choice, whole, words
from plugin.pages.policy_rules import IN_ORDER, RULES, general_of, rules_of
from plugin.parcels import limits_from
from plugin.store import shops
from plugin.terms import (
    Autonomy,
    Cap,
    NoStockOrder,
    Remedy,
    Route,
    Terms,
)

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
        rules=rules_of(terms),
        general=general_of(terms),
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
