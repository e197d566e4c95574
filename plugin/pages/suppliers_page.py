"""Suppliers, each with the shop's own record of it, and what was noted about them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from plugin import sentences
from plugin.mail_address import is_address
from plugin.pages.desk import Desk, say
from plugin.pages.forms import BadForm, Fields, whole, words
from plugin.store import suppliers
from plugin.terms import Situation

LONGEST_WINDOW = 730


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages. A supplier's name may be any text, so it is asked for, not part of a path."""

    @pages.get("/suppliers")
    def suppliers_list() -> str:
        with desk.db.read() as tx:
            found = suppliers.scores(tx, g.shop.shop)
        return desk.page("suppliers.html", scores=found, words=sentences, problems=tuple(Situation))

    @pages.get("/supplier")
    def supplier() -> str:
        return _show(desk)

    @pages.post("/supplier")
    def keep_supplier() -> Answer:
        name = _name()
        try:
            values = _values()
        except BadForm as error:
            return Response(_show(desk, bad=error.problems), 422)
        with desk.act("supplier_noted", name) as tx:
            if not suppliers.is_known(tx, g.shop.shop, name):
                abort(404)
            suppliers.note(tx, g.shop.shop, name, desk.clock.now(), by=g.person, **values)
        return redirect(url_for("desk.supplier", name=name), 303)


def _name() -> str:
    name = request.args.get("name", "")[:200]
    if not name or "\0" in name:
        abort(404)
    return name


def _values() -> dict[str, Any]:
    fields = Fields()
    email = words("email", 320).lower()
    if email and not is_address(email):
        fields.wrong("email", say("members.address_fix"))
    window = None
    if words("claim_within_days"):
        window = fields.take(lambda: whole("claim_within_days", 1, LONGEST_WINDOW), 0)
    fields.check()
    return {
        "contact": words("contact", 300),
        "email": email,
        "claim_within_days": window,
        "proof": words("proof", 2000),
        "holidays": None,
        "note": words("note", 2000),
    }


def _show(desk: Desk, **more: Any) -> str:
    name = _name()
    with desk.db.read() as tx:
        if not suppliers.is_known(tx, g.shop.shop, name):
            abort(404)
        found = suppliers.scores(tx, g.shop.shop, [name])
        told: dict[str, Any] = {
            "score": found[0] if found else suppliers.Score(name),
            "days": suppliers.days_to_verify(tx, g.shop.shop, name),
            "offers": suppliers.offers(tx, g.shop.shop, name),
            "noted": suppliers.noted(tx, g.shop.shop, name) or {},
        }
    form = request.form if request.method == "POST" else told["noted"]
    return desk.page("supplier.html", words=sentences, form=form, **told, **more)
