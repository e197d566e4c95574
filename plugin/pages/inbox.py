"""The inbox: cases by what is lost if nothing is done and how soon, in lists one can keep."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, g, request, url_for
from werkzeug.wrappers import Response as Answer

from plugin import sentences
from plugin.order import Order, Purchase
from plugin.pages import inbox_filters, readings
from plugin.pages.desk import Desk, language, zone
from plugin.pages.inbox_filters import NAMES, STATUSES, TABS, address
from plugin.pages.noting import concerns
from plugin.pages.readings import Step
from plugin.pages.roles import Right, may
from plugin.store import listing, views
from plugin.store.listing import Count, Place
from plugin.store.narrowing import AGES, NOBODY, Wanted
from plugin.store.views import View
from plugin.terms import Route, Situation
from plugin.words.speech import upper_first

A_PAGE = 50
MOST_SHOWN = 99
HERE = (*NAMES, "after", "before")


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the page."""

    @pages.get("/cases")
    def cases() -> Answer:
        return show(desk)


def show(desk: Desk, status: int = 200, **more: Any) -> Answer:
    """The list an address asks for."""
    wanted, bad = inbox_filters.read(request.args, g.shop)
    found = _look(desk, wanted)
    tab = inbox_filters.tab_of(wanted)
    page = desk.page(
        "inbox.html",
        422 if bad else status,
        wanted=wanted,
        typed={name: request.args.get(name, "") for name in NAMES},
        tab=tab,
        tabs={name: address(listed) for name, listed in TABS.items()},
        own_tab=urlencode(inbox_filters.query(wanted)),
        chips=inbox_filters.chips(wanted),
        narrowed=wanted != Wanted(),
        statuses=STATUSES,
        problems=tuple(Situation),
        ages=tuple(AGES),
        legs=tuple(Route),
        nobody=NOBODY,
        words=sentences,
        button=button,
        capped=capped,
        country=inbox_filters.country,
        place=_zone_name,
        here=_here,
        picked=frozenset(request.form.getlist("case")),
        doing=request.form.get("do", ""),
        can_work=may(g.role, Right.WORK),
        **{"bad": bad, **found, **more},
    )
    return Response(page, 422 if bad else status)


def _look(desk: Desk, wanted: Wanted) -> dict[str, Any]:
    """Everything from the store: as many queries for fifty rows as for one."""
    now, shop = desk.clock.now(), g.shop.shop
    after, before = (Place.read(request.args.get(name, "")) for name in ("after", "before"))
    with desk.db.read() as tx:
        own = views.of_shop(tx, shop)
        rows = listing.listed(tx, shop, wanted, now, limit=A_PAGE + 1, after=after, before=before)
        more = len(rows) > A_PAGE
        # Read backwards, the row too many is the first; read forwards it is the last.
        shown = rows[-A_PAGE:] if before else rows[:A_PAGE]
        found = {
            "rows": shown,
            "steps": readings.next_steps(tx, shop, shown),
            "counts": listing.counts(tx, shop, TABS, now),
            "suppliers": listing.suppliers_of(tx, shop),
            "people": readings.people(tx, shop, g.person),
            "views": own,
            "own_counts": listing.counts_of_own(tx, shop, _lists(own), now),
        }
    concerns(row["order_id"] for row in shown)
    first, last = (_place(shown[i]) if shown else "" for i in (0, -1))
    is_first, is_last = (before and not more) or not (after or before), not before and not more
    return {
        **found,
        "newer": "" if is_first or not shown else address(wanted, before=first),
        "older": "" if is_last or not shown else address(wanted, after=last),
        "start": address(wanted) if after or before else "",
    }


def _lists(own: Sequence[View]) -> dict[str, Wanted]:
    """What each of the shop's own lists asks for."""
    asked = {view.view_id: dict(parse_qsl(view.query)) for view in own}
    return {name: inbox_filters.read(args, g.shop)[0] for name, args in asked.items()}


def capped(count: Count | None) -> str:
    """A number as a tab shows it; empty for a list that is not counted."""
    if count is None:
        return ""
    if count.found > MOST_SHOWN:
        return f"{MOST_SHOWN}+"
    return f"{count.found}+" if count.at_least else str(count.found)


def _here(endpoint: str) -> str:
    """A button of this list, which leads back to it where something is wrong."""
    said: dict[str, Any] = {name: request.args[name] for name in HERE if name in request.args}
    return url_for(endpoint, **said)


def _place(row: dict[str, Any]) -> str:
    return Place(row["urgency"], row["case_id"]).spell()


def button(row: dict[str, Any], step: Step) -> str:
    """The next step as a verb, with the amount where money moves."""
    if step.kind == "reissue_goods":  # its button names the goods, which a list does not know
        return upper_first(sentences.kind_of(step.kind, language=language()))
    purchase_id = str(step.body.get("purchase_id", ""))
    order = Order(purchases={purchase_id: Purchase(id=purchase_id, supplier=row["supplier"])})
    return sentences.button(step.kind, step.body, order, language=language())


def _zone_name(moment: datetime) -> str:
    """The shop's zone as it is called at a moment: `CET`."""
    return str(moment.astimezone(ZoneInfo(zone())).tzname())
