"""The shop's terms: the numbers, how far each rule goes, the caps. Published as a new version."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from plugin import policy, sentences
from plugin.deadlines import ALL, Deadline
from plugin.money import Money
from plugin.pages.desk import Desk, say
from plugin.pages.forms import BadField, amount, choice, whole
from plugin.store import shops
from plugin.terms import Autonomy, Cap, Clause, NoStockOrder, Route, Situation, Terms

RULES = tuple(
    (situation, clause)
    for situation in policy.PLAYBOOKS
    for clause in (
        (Clause.URGE, Clause.TELL, Clause.REFUND, Clause.RESOURCE, Clause.RECOVERY, Clause.LETTER)
        if situation is Situation.LATE_SHIPMENT
        else (Clause.TELL, Clause.REFUND, Clause.RESOURCE, Clause.RECOVERY, Clause.LETTER)
    )
)


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.get("/policy")
    def policy_page() -> str:
        return _show(desk)

    @pages.post("/policy")
    def publish() -> Answer:
        with desk.db.read() as tx:
            before = shops.terms_of(tx, g.shop.shop, g.shop.terms_version)
        try:
            new = _terms(before)
        except BadField as error:
            return Response(_show(desk, problem=str(error)), 422)
        note = request.form.get("note", "").strip()[:500]
        with desk.db.write() as tx:
            shops.publish(tx, g.shop.shop, new, desk.clock.now(), author=g.person, note=note)
        return redirect(url_for("desk.policy_page", published="yes"), 303)


def _show(desk: Desk, **words: Any) -> str:
    with desk.db.read() as tx:
        terms = shops.terms_of(tx, g.shop.shop, g.shop.terms_version)
    return desk.page(
        "policy.html",
        terms=terms,
        deadlines=[(d, _count(terms, d)) for d in ALL],
        rules=RULES,
        levels=list(Autonomy),
        orders=list(NoStockOrder),
        routes=list(Route),
        not_yet=[s for s in Situation if s not in policy.PLAYBOOKS],
        words=sentences,
        cap_text=_cap_text,
        form=request.form,
        published=request.args.get("published") == "yes",
        **words,
    )


def _cap_text(cap: Cap | None, name: str) -> str:
    return Money(getattr(cap, name), cap.currency).decimal() if cap else ""


def _count(terms: Terms, deadline: Deadline) -> int:
    return terms.deadlines.get(deadline.name, deadline.count)


def _terms(before: Terms) -> Terms:
    counts = {d.name: whole(d.name, 0, 365) for d in ALL}
    if counts["treat_as_no_stock"] <= counts["urge_supplier"]:
        raise BadField("treat_as_no_stock", say("after_urge"))
    autonomy = {
        f"{situation}.{clause}": Autonomy(choice(f"{situation}.{clause}", list(Autonomy)))
        for situation, clause in RULES
    }
    cap = _cap()
    spends = any(
        level is Autonomy.AUTO and name.endswith((".refund", ".resource"))
        for name, level in autonomy.items()
    )
    if spends and cap is None:
        raise BadField("per_refund", say("cap_needed"))
    return replace(
        before,
        deadlines={d.name: counts[d.name] for d in ALL if counts[d.name] != d.count},
        handling_days=whole("handling_days", 0, 60),
        domestic_only=request.form.get("domestic_only") == "yes",
        refund_shipping=request.form.get("refund_shipping") == "yes",
        assumed_route=Route(choice("assumed_route", list(Route))),
        no_stock_order=NoStockOrder(choice("no_stock_order", list(NoStockOrder))),
        autonomy=autonomy,
        cap=cap,
    )


def _cap() -> Cap | None:
    if not request.form.get("per_refund", "").strip():
        return None
    each = amount("per_refund", "cap_currency")
    daily = amount("per_day", "cap_currency")
    return Cap(each.minor, daily.minor, each.currency)
