"""The shop's terms: nine rules as sentences, how far each goes, the caps. Published as versions."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from plugin import sentences
from plugin.money import Money
from plugin.pages.desk import Desk, say
from plugin.pages.forms import BadForm, words
from plugin.pages.policy_earned import offers
from plugin.pages.policy_form import terms_filled_in, version_seen
from plugin.pages.policy_rules import deadlines_by_name, rules_of, sentence_of
from plugin.parcels import limits_from
from plugin.publishing import Overtaken, in_force
from plugin.publishing import publish as publish_over
from plugin.store import policy_record
from plugin.terms import PERSONS, Autonomy, Cap, NoStockOrder, Remedy, Route, TwoPeople
from plugin.terms_check import SWITCHES

SHOWN = 50
"""Orders listed behind one figure of what would have been."""


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.get("/policy")
    def policy_page() -> str:
        return show(desk)

    @pages.post("/policy")
    def publish() -> Answer:
        with desk.db.read() as tx:
            before = in_force(tx, g.shop.shop)
        try:
            new = terms_filled_in(before)
        except BadForm as error:
            return Response(show(desk, bad=error.problems), 422)
        seen, note = version_seen(), words("note")
        try:
            with desk.db.write() as tx:
                now = desk.clock.now()
                publish_over(tx, g.shop.shop, new, now, over=seen, author=g.person, note=note)
        except Overtaken:
            return Response(show(desk, problem=say("policy.changed")), 409)
        return redirect(url_for("desk.policy_page", published="yes"), 303)


def show(desk: Desk, **more: Any) -> str:
    """The page, with what was filled in where a form was sent."""
    with desk.db.read() as tx:
        terms = in_force(tx, g.shop.shop)
        settled = policy_record.lately_settled(tx, g.shop.shop)
        latest = policy_record.versions(tx, g.shop.shop, limit=1)
    return desk.page(
        "policy.html",
        terms=terms,
        latest=latest[0] if latest else None,
        rules=rules_of(terms),
        deadlines=deadlines_by_name(terms),
        everywhere=sentence_of("policy.sentence.everywhere"),
        shown=SHOWN,
        offers=offers(settled, terms),
        persons=PERSONS,
        levels=list(Autonomy),
        picks={
            "no_stock_order": [(o, say(f"no_stock_order.{o}")) for o in NoStockOrder],
            "remedy": [(r, say(f"remedy.{r}")) for r in Remedy],
            "assumed_route": [(r, _route(r)) for r in Route],
            "shipping_line": [(name, name) for name in limits_from(terms.limits)],
        },
        limits=limits_from(terms.limits),
        switches=SWITCHES,
        words=sentences,
        cap_text=_cap_text,
        above_text=_above_text,
        form=request.form,
        published=request.args.get("published") == "yes",
        restored=request.args.get("restored", ""),
        **more,
    )


def _route(route: Route) -> str:
    return sentences.route(str(route), language=str(g.language))


def _above_text(limit: TwoPeople | None) -> str:
    return Money(limit.above, limit.currency).decimal() if limit else ""


def _cap_text(cap: Cap | None, name: str) -> str:
    return Money(getattr(cap, name), cap.currency).decimal() if cap else ""
