"""One case, and what its buttons answer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from plugin import merchant, sentences
from plugin.pages import case_goods, case_people, case_view, readings
from plugin.pages.buttons import VERBS
from plugin.pages.case_parcels import status_of
from plugin.pages.case_steps import MOVES_MONEY
from plugin.pages.case_timeline import KINDS, named
from plugin.pages.customer_link import link_to
from plugin.pages.desk import Desk, language, say
from plugin.pages.forms import BadForm, words
from plugin.pages.refusals import too_late
from plugin.pages.roles import Right, may
from plugin.store import caselists, outbox
from plugin.store.narrowing import NOBODY

GOES_AHEAD = frozenset({"approve", "again"})


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

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
        with desk.act("paused") as tx:
            merchant.pause(tx, g.shop.shop)
        return redirect(url_for("desk.cases"), 303)

    @pages.post("/resume")
    def resume() -> Answer:
        with desk.act("resumed") as tx:
            merchant.resume(tx, g.shop.shop)
        return redirect(url_for("desk.cases"), 303)


def show(desk: Desk, case_id: str, **more: Any) -> str:
    """The page of a case of this shop."""
    kind = request.args.get("kind", "")
    kind = kind if kind in KINDS else ""
    with desk.db.read() as tx:
        found = case_view.read(
            tx,
            g.shop,
            case_id,
            desk.clock.now(),
            language=language(),
            base_url=desk.settings.base_url,
            asked=case_view.Asked(kind, everything=request.args.get("all") == "yes"),
        )
        people = readings.people(tx, g.shop.shop, g.person)
    if found is None:
        abort(404)
    link = link_to(desk, int(found.row["order_id"])) if found.has_link else ""
    return desk.page(
        "case.html",
        case=found,
        customer_link=link,
        people=people,
        nobody=NOBODY,
        sentences=sentences,
        form=request.form,
        kind=kind,
        kinds=KINDS,
        named=named,
        status_of=status_of,
        tongue=case_people.tongue,
        land=case_people.land,
        **more,
    )


# --- A click ------------------------------------------------------------------------------------


def _click(desk: Desk, case_id: str, verb: str) -> Answer:
    """Do it once. A second click, or one that must not be, gets a page that says so."""
    with desk.db.read() as tx:
        row = caselists.one(tx, g.shop.shop, case_id)
        step = outbox.by_key(tx, g.shop.shop, row["order_id"], words("key")) if row else None
    if row is None:
        abort(404)
    spends = step is not None and verb in GOES_AHEAD and step.action in MOVES_MONEY
    if spends and not may(g.role, Right.MONEY):
        with desk.act("refused_money", words("key"), verb=verb):
            pass  # nothing happens, and that is remembered
        return Response(desk.page("denied.html", 403), 403)
    who = merchant.Click(g.shop.shop, int(row["order_id"]), g.person, desk.clock.now())
    try:
        with desk.db.write() as tx:
            VERBS[verb](tx, who, row)
    except merchant.BothNeedsAReason as both:
        return Response(_ask_why_both(desk, row, both), 409)
    except merchant.NotPossible as error:
        return Response(show(desk, case_id, problem=too_late(error), verb=verb), 409)
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
