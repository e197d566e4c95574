"""Each view of customers' data is written down: who, what of whom, when, and by which way.

A page is written down after it was answered: it waits for nothing and does not fail when the log
cannot be written; then the service's own log says so. A file that leaves is written down before,
and without its entry it is not handed out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import structlog
from flask import Blueprint, Response, g, request

from plugin.clock import Clock
from plugin.pages.personal import SHOWS, Shows
from plugin.store import accesses
from plugin.store.accesses import Access
from plugin.store.database import Database

PAGES = frozenset({409, 422, 503})
"""Answers that say what is wrong on the page itself, with all that is on it."""

log = structlog.get_logger()


def concerns(orders: Iterable[int]) -> None:
    """This answer shows data of the customers of these orders."""
    g.concerns = {*g.get("concerns", ()), *map(int, orders)}


def note_accesses(
    blueprint: Blueprint, db: Database, clock: Clock, refuse: Callable[[], Response]
) -> None:
    """Write the views of a blueprint's answers down; `refuse` answers where a file cannot leave."""

    @blueprint.after_request
    def noted(answer: Response) -> Response:
        shows = SHOWS.get(request.endpoint or "")
        if shows is None or not _is_shown(answer, shows):
            return answer
        access = _access(shows)
        if access is None:
            return answer
        shop, now = g.shop.shop, clock.now()
        if shows.leaves and answer.status_code < 300:
            if _written(db, shop, access, now):
                return answer
            answer.close()
            return refuse()
        answer.direct_passthrough = False  # of a file that is passed through no end is told
        answer.call_on_close(lambda: _written(db, shop, access, now))
        return answer


def _is_shown(answer: Response, shows: Shows) -> bool:
    if request.method == "HEAD" or g.get("shop") is None:
        return False
    return answer.status_code < 300 or (answer.status_code in PAGES and not shows.leaves)


def _access(shows: Shows) -> Access | None:
    """What was looked at; None where there was nobody's data to see."""
    places = request.view_args or {}
    orders = {*g.get("concerns", ()), *([places["order_id"]] if "order_id" in places else [])}
    case_id = places.get("case_id", "")
    if not orders and not case_id and not shows.leaves:
        return None
    return Access(
        person=g.person,
        way=_way(),
        what=shows.what,
        data=shows.data,
        orders=tuple(sorted(orders)),
        case_id=case_id,
    )


def _way() -> str:
    if request.blueprint == "api":
        return "api"
    return "admin" if g.get("embedded") else "desk"


def _written(db: Database, shop: str, access: Access, now: datetime) -> bool:
    try:
        with db.write() as tx:
            accesses.note(tx, shop, access, now)
    except Exception as error:  # whatever it is, the page that was asked for is not to fail
        log.error(
            "an access could not be written down",
            error=type(error).__name__,
            shop=shop,
            what=access.what,
            case=access.case_id,
            orders=len(access.orders),
        )
        return False
    return True
