"""What would this have done to the last 30 days? The form as it stands, against what is in force.

Nothing is published, sent or kept: both are lived through on paper, on the shop's own orders.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import Blueprint, Response, g, render_template, request
from sqlalchemy.engine import Connection
from werkzeug.wrappers import Response as Answer

from plugin.pages.desk import Desk, counted, label, money, say
from plugin.pages.forms import BadForm
from plugin.pages.policy_diff import Difference, differences
from plugin.pages.policy_form import terms_filled_in
from plugin.pages.policy_page import SHOWN, in_force, show
from plugin.simulate import simulate_all
from plugin.simulate_figures import Figure, compare
from plugin.store import policy_record, shops
from plugin.terms import Alternative, Terms
from plugin.timeline import Entry

LOOKS_BACK = timedelta(days=30)
MOST_ORDERS, MOST_EVENTS = 5_000, 20_000
"""More than this is not lived through while somebody waits; the page says where it was cut."""


@dataclass(frozen=True)
class Simulated:
    """What the page shows."""

    orders: int
    cut: bool
    stuck: int
    since: datetime
    figures: list[Figure]
    changes: list[Difference]

    @property
    def nothing_changed(self) -> bool:
        """Not one figure differs."""
        return not any(figure.orders for figure in self.figures)


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the page."""

    @pages.post("/policy/simulate")
    def simulate() -> Answer:
        alone = request.headers.get("HX-Request") == "true"
        with desk.db.read() as tx:
            live = in_force(tx)
        try:
            filled_in = terms_filled_in(live)
        except BadForm as error:
            if alone:
                return Response(_part(bad=error.problems), 422)
            return Response(show(desk, bad=error.problems), 422)
        draft = replace(filled_in, version=live.version + 1)
        with desk.db.read() as tx:
            found = _simulated(tx, live, draft, desk.clock.now())
        return Response(_part(simulated=found) if alone else show(desk, simulated=found))


def _part(**words: object) -> str:
    """Only what came out, for a page that stays."""
    return render_template(
        "_simulated.html", t=say, counted=counted, label=label, money=money, shown=SHOWN, **words
    )


def _simulated(tx: Connection, live: Terms, draft: Terms, now: datetime) -> Simulated:
    since, shop = now - LOOKS_BACK, g.shop.shop
    ids, cut = policy_record.changed_since(
        tx, shop, since, most_orders=MOST_ORDERS, most_events=MOST_EVENTS
    )
    histories = policy_record.read_many(tx, shop, ids)
    offers = _alternatives(tx, shop, histories)
    was, would = (
        simulate_all(histories, terms, now, shop=shop, alternatives=offers)
        for terms in (live, draft)
    )
    stuck = {a.order_id for a in (*was, *would) if a.stuck}
    was, would = ([a for a in one if a.order_id not in stuck] for one in (was, would))
    return Simulated(
        orders=len(ids),
        cut=cut,
        stuck=len(stuck),
        since=since,
        figures=compare(was, would, since),
        changes=differences(live, draft),
    )


def _alternatives(
    tx: Connection, shop: str, histories: Mapping[int, list[Entry]]
) -> dict[str, list[Alternative]]:
    """The shop's other suppliers, by product, as they are known today."""
    if not histories:
        return {}
    skus = policy_record.products_with_alternatives(tx, shop)
    found: dict[str, list[Alternative]] = {}
    for offer in shops.alternatives_for(tx, shop, skus[:MOST_ORDERS]):
        found.setdefault(offer.sku, []).append(offer)
    return found
