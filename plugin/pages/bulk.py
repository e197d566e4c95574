"""One action for many cases: first what it will do to each, then each by itself, then what came
of each. A second confirmation finds everything done and says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import Blueprint, Response, g, request
from werkzeug.wrappers import Response as Answer

from plugin.pages import handing, inbox
from plugin.pages.bulk_carry import ACTIONS, MOST, Who, carry_out
from plugin.pages.bulk_plan import Asked, forecasts, totals
from plugin.pages.desk import Desk, say
from plugin.pages.forms import BadField, BadForm, choice, words
from plugin.pages.noting import concerns
from plugin.pages.roles import Right, may
from plugin.store import listing

_CASE_ID = re.compile(r"[0-9a-f-]{36}")


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.post("/cases/bulk")
    def bulk() -> Answer:
        try:
            asked, case_ids = _asked(desk), _picked(request.form.getlist("case"))
        except BadForm as error:
            return inbox.show(desk, 422, bad=error.problems)
        return Response(_preview(desk, asked, case_ids))

    @pages.post("/cases/bulk/confirm")
    def carry_out() -> Answer:
        picks = [pick.partition("|")[::2] for pick in request.form.getlist("pick")]
        try:
            asked = _asked(desk)
            _picked([case_id for case_id, _ in picks])
        except BadForm as error:
            return inbox.show(desk, 422, bad=error.problems)
        return Response(_carry_out(desk, asked, dict(picks)))


def _asked(desk: Desk) -> Asked:
    """Raises BadForm."""
    do = choice("do", ACTIONS)
    if do == "assign":
        with desk.db.read() as tx:
            return Asked(do, person=handing.person(tx))
    if do == "snooze":
        return Asked(do, until=handing.until(desk.clock.now()))
    return Asked(do, why=words("why"))


def _picked(case_ids: list[str]) -> list[str]:
    """Raises BadField for none and for too many; what is no case id at all is left out."""
    found = list(dict.fromkeys(one for one in case_ids if _CASE_ID.fullmatch(one)))
    if not found:
        raise BadField("case", say("inbox.none_picked"))
    if len(found) > MOST:
        raise BadField("case", say("inbox.too_many", most=MOST))
    return found


def _preview(desk: Desk, asked: Asked, case_ids: list[str]) -> str:
    with desk.db.read() as tx:
        rows = listing.chosen(tx, g.shop.shop, case_ids)
        concerns(row["order_id"] for row in rows)
        found = forecasts(tx, g.shop.shop, asked, rows, spends=may(g.role, Right.MONEY))
    return desk.page(
        "bulk.html",
        asked=asked,
        will=[one for one in found if not one.refused],
        refused=[one for one in found if one.refused],
        gone=len(case_ids) - len(rows),
        totals=totals(found),
        form=request.form,
    )


# --- Carrying out ---------------------------------------------------------------------------------


def _carry_out(desk: Desk, asked: Asked, keys: Mapping[str, str]) -> str:
    who = Who(g.shop.shop, g.person, may(g.role, Right.MONEY))
    picked = {case_id: keys[case_id] for case_id in _picked(list(keys))}
    results = carry_out(desk.db, who, asked, picked, desk.clock.now())
    concerns(one.row["order_id"] for one in results)
    return desk.page(
        "bulk_done.html",
        asked=asked,
        done=[one for one in results if not one.refused],
        refused=[one for one in results if one.refused],
    )
