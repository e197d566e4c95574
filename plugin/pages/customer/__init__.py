"""The customer's page: one order behind an unguessable link. Works without JavaScript.

It shows where things stand, takes reports, cancellations, addresses and evidence, and answers
every link that opens nothing with the same page.
"""

from __future__ import annotations

from typing import Any

import structlog
from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import HTTPException, TooManyRequests
from werkzeug.wrappers import Response as Answer

from plugin.clock import Clock
from plugin.evidence.keep import Keep, NoSpace
from plugin.pages.customer import looking, telling
from plugin.pages.customer.texts import known, say
from plugin.pages.customer.visit import LIMIT_WORDS, Door, page
from plugin.settings import Settings
from plugin.store import walls
from plugin.store.database import Database

__all__ = ["customer_pages"]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}
STATIC = "customer.static"
WAIT_FOR_ROOM = 300
"""Seconds after which a full disk is worth another try."""

log = structlog.get_logger()


def customer_pages(
    db: Database, clock: Clock, settings: Settings, keep: Keep, secret: bytes
) -> Blueprint:
    """The pages under `/report/`. `secret` keys the names that visitors are counted under."""
    pages = Blueprint(
        "customer",
        __name__,
        template_folder="../templates",
        static_folder="../static",
        static_url_path="/report-assets",
    )
    door = Door(db, clock, settings, keep, secret)
    looking.add_to(pages, door)
    telling.add_to(pages, door)
    pages.after_request(_mannered)
    pages.teardown_request(walls.leave)
    pages.register_error_handler(HTTPException, _answer_to_an_error)
    pages.register_error_handler(NoSpace, _no_space)
    return pages


def _mannered(answer: Response) -> Response:
    answer.headers["Referrer-Policy"] = "same-origin"
    if request.endpoint != STATIC:
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
    return answer


def _answer_to_an_error(error: HTTPException) -> Answer:
    """One page for every link that opens nothing; words a person understands for the rest."""
    status = error.code or 500
    if isinstance(error.response, Answer):
        return error.response
    if status == 404:
        return Response(page("customer/closed.html"), 404)
    log.info("request refused", status=status, endpoint=request.endpoint)
    seconds = error.retry_after if isinstance(error, TooManyRequests) else None
    return _trouble(status, int(seconds) if isinstance(seconds, int) else 0)


def _no_space(_error: NoSpace) -> Answer:
    log.error("no space for evidence", endpoint=request.endpoint)
    return _trouble(503, WAIT_FOR_ROOM)


def _trouble(status: int, wait: int = 0) -> Answer:
    name = f"trouble.{status}"
    values: dict[str, Any] = {**LIMIT_WORDS, "minutes": -(-wait // 60)}
    # The page is made first: it is what settles the language.
    made = page("customer/trouble.html", name=name if known(name) else "trouble.other", **values)
    answer = Response(made, status)
    if request.headers.get("Accept", "") == "application/json":
        answer = jsonify(done=False, words=say(name, **values), files=[])
        answer.status_code = status
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer
