"""The list of cases, one case, and every button on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from sqlalchemy.engine import Connection
from werkzeug.wrappers import Response as Answer

from plugin import merchant, sentences
from plugin import timeline as t
from plugin.caselist import CLOSED, NEEDS_YOU, RECOVERING, WAITING, WORKING
from plugin.pages import case_view
from plugin.pages.desk import Desk, language, money, say, when, zone
from plugin.pages.forms import BadField, amount, choice
from plugin.pages.readings import next_steps
from plugin.store import caselists
from plugin.terms import Route

STATUSES = (NEEDS_YOU, WORKING, WAITING, RECOVERING, CLOSED)
A_PAGE = 50
WEEK = timedelta(days=7)


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.get("/")
    def cases() -> str:
        status = request.args.get("status", "")
        status = status if status in STATUSES else ""
        with desk.db.read() as tx:
            rows = caselists.listed(tx, g.shop.shop, status=status, limit=A_PAGE)
            figures = caselists.figures(tx, g.shop.shop)
            soon = caselists.due_before(tx, g.shop.shop, desk.clock.now() + WEEK)
            steps = next_steps(tx, g.shop.shop, rows)
        return desk.page(
            "cases.html",
            rows=rows,
            steps=steps,
            figures=figures,
            soon=soon,
            chosen=status,
            statuses=STATUSES,
            words=sentences,
        )

    @pages.get("/status")
    def status_line() -> str:
        return desk.page("_status.html")

    @pages.get("/cases/<case_id>")
    def case(case_id: str) -> str:
        return show(desk, case_id)

    @pages.post("/cases/<case_id>/<verb>")
    def click(case_id: str, verb: str) -> Answer:
        do = VERBS.get(verb)
        if do is None:
            abort(404)
        return _click(desk, case_id, do)

    @pages.post("/pause")
    def pause() -> Answer:
        with desk.db.write() as tx:
            switch = merchant.pause if g.shop.state == "active" else merchant.resume
            switch(tx, g.shop.shop)
        return redirect(url_for("desk.cases"), 303)


def show(desk: Desk, case_id: str, **words: Any) -> str:
    """The page of a case of this shop."""
    with desk.db.read() as tx:
        found = case_view.read(tx, g.shop, case_id, desk.clock.now(), language(), zone())
    if found is None:
        abort(404)
    return desk.page("case.html", case=found, sentences=sentences, **words)


def _click(desk: Desk, case_id: str, do: Callable[..., object]) -> Answer:
    """Do it once. A second click, or one that must not be, gets a page that says so."""
    with desk.db.read() as tx:
        row = caselists.one(tx, g.shop.shop, case_id)
    if row is None:
        abort(404)
    who = merchant.Click(g.shop.shop, int(row["order_id"]), g.person, desk.clock.now())
    try:
        with desk.db.write() as tx:
            do(tx, who, row)
    except merchant.BothNeedsAReason as both:
        cost = money(both.cost.minor, both.cost.currency)
        page = desk.page("both.html", 409, cost=cost, form=request.form, case_id=case_id)
        return Response(page, 409)
    except merchant.NotPossible as error:
        told = _too_late(error)
        return Response(show(desk, case_id, problem=told), 409)
    except BadField as error:
        return Response(show(desk, case_id, problem=str(error)), 422)
    return redirect(url_for("desk.case", case_id=case_id), 303)


def _too_late(error: merchant.NotPossible) -> str:
    told = sentences.held(error.why, language=language())
    if error.last is None:
        return told
    return f"{told} {error.last.by}, {when(error.last.at)}."


# --- The buttons --------------------------------------------------------------------------------


def _key() -> str:
    return request.form.get("key", "")


def _approve(tx: Connection, who: merchant.Click, _row: dict[str, Any]) -> object:
    return merchant.approve(
        tx, who, _key(),
        choice=request.form.get("choice", ""),
        both_because=request.form.get("both_because", ""),
    )  # fmt: skip


def _decline(tx: Connection, who: merchant.Click, _row: dict[str, Any]) -> object:
    return merchant.decline(tx, who, _key(), why=request.form.get("why", "")[:500])


def _sent(tx: Connection, who: merchant.Click, _row: dict[str, Any]) -> object:
    return merchant.sent_by_hand(tx, who, _key())


def _again(tx: Connection, who: merchant.Click, _row: dict[str, Any]) -> object:
    return merchant.try_again(tx, who, _key())


def _answered(tx: Connection, who: merchant.Click, row: dict[str, Any]) -> object:
    event = t.SupplierAnswered(_purchase(tx, row), request.form.get("message", "")[:500])
    return merchant.tell(tx, who, event)


def _asked(tx: Connection, who: merchant.Click, row: dict[str, Any]) -> object:
    event = t.SupplierAsked(_purchase(tx, row), request.form.get("message", "")[:500])
    return merchant.tell(tx, who, event)


def _route(tx: Connection, who: merchant.Click, row: dict[str, Any]) -> object:
    route = choice("route", tuple(Route))
    return merchant.learn_route(tx, who, _purchase(tx, row), Route(route))


def _recovery(tx: Connection, who: merchant.Click, row: dict[str, Any]) -> object:
    state = choice("state", ("agreed", "received", "refused"))
    paid = amount("amount", "currency") if state != "refused" else None
    event = t.RecoverySeen(
        _purchase(tx, row),
        state,
        paid.minor if paid else 0,
        paid.currency if paid else "",
    )
    return merchant.tell(tx, who, event)


def _note(tx: Connection, who: merchant.Click, _row: dict[str, Any]) -> object:
    words = request.form.get("text", "").strip()[:2000]
    if not words:
        raise BadField("text", say("empty"))
    return merchant.tell(tx, who, t.NoteWritten(words))


def _purchase(tx: Connection, row: dict[str, Any]) -> str:
    return case_view.purchase_of(tx, g.shop.shop, row)


VERBS: dict[str, Callable[[Connection, merchant.Click, dict[str, Any]], object]] = {
    "approve": _approve,
    "decline": _decline,
    "sent": _sent,
    "again": _again,
    "answered": _answered,
    "asked": _asked,
    "route": _route,
    "recovery": _recovery,
    "note": _note,
}
