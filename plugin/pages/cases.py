"""The list of cases, one case, and what its buttons answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from plugin import merchant, sentences
from plugin.caselist import CLOSED, NEEDS_YOU, RECOVERING, WAITING, WORKING
from plugin.pages import case_goods, case_view, readings
from plugin.pages.buttons import VERBS
from plugin.pages.customer_link import link_to
from plugin.pages.desk import Desk, language, say, when
from plugin.pages.forms import BadForm, words
from plugin.pages.readings import Wanted
from plugin.store import caselists

STATUSES = (NEEDS_YOU, WORKING, WAITING, RECOVERING, CLOSED)
A_PAGE = 50
MOST_PAGES = 10_000
WEEK = timedelta(days=7)


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.get("/cases")
    def cases() -> str:
        return _list(desk)

    @pages.get("/status")
    def status_line() -> str:
        return desk.page("_status.html")

    @pages.get("/cases/<case_id>")
    def case(case_id: str) -> str:
        return show(desk, case_id)

    @pages.post("/cases/<case_id>/<verb>")
    def click(case_id: str, verb: str) -> Answer:
        if verb not in VERBS:
            abort(404)
        return _click(desk, case_id, verb)

    @pages.post("/pause")
    def pause() -> Answer:
        with desk.db.write() as tx:
            merchant.pause(tx, g.shop.shop)
        return redirect(url_for("desk.cases"), 303)

    @pages.post("/resume")
    def resume() -> Answer:
        with desk.db.write() as tx:
            merchant.resume(tx, g.shop.shop)
        return redirect(url_for("desk.cases"), 303)


def show(desk: Desk, case_id: str, **more: Any) -> str:
    """The page of a case of this shop."""
    with desk.db.read() as tx:
        found = case_view.read(
            tx,
            g.shop,
            case_id,
            desk.clock.now(),
            language=language(),
            base_url=desk.settings.base_url,
        )
    if found is None:
        abort(404)
    link = link_to(desk, int(found.row["order_id"])) if found.has_link else ""
    return desk.page(
        "case.html",
        case=found,
        customer_link=link,
        sentences=sentences,
        form=request.form,
        **more,
    )


# --- The list -----------------------------------------------------------------------------------


def _list(desk: Desk) -> str:
    soon, page = desk.clock.now() + WEEK, _page_number()
    wanted = Wanted(
        status=request.args["status"] if request.args.get("status") in STATUSES else "",
        due_by=soon if request.args.get("due") == "week" else None,
        at_risk=request.args.get("risk") == "yes",
    )
    with desk.db.read() as tx:
        rows = readings.listed(tx, g.shop.shop, wanted, limit=A_PAGE + 1, skip=A_PAGE * (page - 1))
        figures = caselists.figures(tx, g.shop.shop)
        due = caselists.due_before(tx, g.shop.shop, soon)
        steps = readings.next_steps(tx, g.shop.shop, rows[:A_PAGE])
    filters: dict[str, Any] = {
        name: request.args[name] for name in ("status", "due", "risk") if name in request.args
    }
    return desk.page(
        "cases.html",
        rows=rows[:A_PAGE],
        steps=steps,
        figures=figures,
        soon=due,
        wanted=wanted,
        statuses=STATUSES,
        words=sentences,
        before=url_for("desk.cases", **filters, page=page - 1) if page > 1 else "",
        after=url_for("desk.cases", **filters, page=page + 1) if len(rows) > A_PAGE else "",
    )


def _page_number() -> int:
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text[:9]) < MOST_PAGES else 1


# --- A click ------------------------------------------------------------------------------------


def _click(desk: Desk, case_id: str, verb: str) -> Answer:
    """Do it once. A second click, or one that must not be, gets a page that says so."""
    with desk.db.read() as tx:
        row = caselists.one(tx, g.shop.shop, case_id)
    if row is None:
        abort(404)
    who = merchant.Click(g.shop.shop, int(row["order_id"]), g.person, desk.clock.now())
    try:
        with desk.db.write() as tx:
            VERBS[verb](tx, who, row)
    except merchant.BothNeedsAReason as both:
        return Response(_ask_why_both(desk, row, both), 409)
    except merchant.NotPossible as error:
        return Response(show(desk, case_id, problem=_too_late(error), verb=verb), 409)
    except BadForm as error:
        return Response(show(desk, case_id, bad=error.problems, verb=verb), 422)
    return redirect(url_for("desk.case", case_id=case_id), 303)


def _ask_why_both(desk: Desk, row: dict[str, Any], both: merchant.BothNeedsAReason) -> str:
    """The interlock: a sentence that names the money and its cost, and a reason to be given."""
    with desk.db.read() as tx:
        repaid = case_goods.repaid_beside(tx, g.shop.shop, row, words("key"))
    tried = "both_because" in request.form
    return desk.page(
        "both.html",
        409,
        cost=both.cost,
        repaid=repaid,
        form=request.form,
        row=row,
        bad={"both_because": say("empty")} if tried else {},
    )


def _too_late(error: merchant.NotPossible) -> str:
    told = sentences.held(error.why, language=language())
    if error.last is None:
        return told
    by = error.last.by
    who = say(f"by.{by}") if by in {"app", "store", "supplier", "import"} else by
    return f"{told} {who}, {when(error.last.at)}."
