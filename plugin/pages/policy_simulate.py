"""What would this have done to the last 30 days? The form as it stands, against what is in force.

Nothing is published, sent or kept: both are lived through on paper, on the shop's own orders.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Blueprint, Response, g, render_template, request
from werkzeug.wrappers import Response as Answer

from plugin.pages.desk import Desk, counted, label, money, say
from plugin.pages.forms import BadForm
from plugin.pages.policy_diff import Difference, differences
from plugin.pages.policy_form import terms_filled_in
from plugin.pages.policy_page import SHOWN, show
from plugin.publishing import in_force
from plugin.trial import Trial, tried


@dataclass(frozen=True)
class Simulated(Trial):
    """What the page shows."""

    changes: list[Difference]


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the page."""

    @pages.post("/policy/simulate")
    def simulate() -> Answer:
        alone = request.headers.get("HX-Request") == "true"
        with desk.db.read() as tx:
            live = in_force(tx, g.shop.shop)
        try:
            filled_in = terms_filled_in(live)
        except BadForm as error:
            if alone:
                return Response(_part(bad=error.problems), 422)
            return Response(show(desk, bad=error.problems), 422)
        draft = replace(filled_in, version=live.version + 1)
        with desk.db.read() as tx:
            trial = tried(tx, g.shop.shop, live, draft, desk.clock.now())
        found = Simulated(**vars(trial), changes=differences(live, draft))
        return Response(_part(simulated=found) if alone else show(desk, simulated=found))


def _part(**words: object) -> str:
    """Only what came out, for a page that stays."""
    return render_template(
        "_simulated.html", t=say, counted=counted, label=label, money=money, shown=SHOWN, **words
    )
