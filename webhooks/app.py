"""The web application: the doors, the pages it is given, and the manners of every answer."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Blueprint, Flask, Response, abort, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Answer

from plugin.clock import Clock
from webhooks import mail, shopify, supplier, tmall
from webhooks.door import Inbox, plain
from webhooks.same_origin import SAFE_METHODS, from_own_page

LARGEST_REQUEST = 2 * 1024 * 1024
LARGEST_FORM = 512 * 1024
MOST_FORM_PARTS = 500

DOORS = frozenset({shopify.NAME, supplier.NAME, tmall.NAME, mail.NAME, "api"})
"""Blueprints that prove who calls by a signature or a key in the call itself, which no browser
sends by itself: its word is not asked for."""

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
"""On every answer, unless a page sets its own."""
HSTS = "max-age=31536000"
NOBODYS: tmall.Secrets = MappingProxyType({})

ErrorPage = Callable[[int, str], str]
"""Status and its short name to a page in HTML."""

log = structlog.get_logger()


def create_app(
    *,
    inbox: Inbox,
    clock: Clock,
    shopify_secrets: Sequence[str],
    supplier_secrets: Sequence[str],
    secret_key: bytes,
    base_url: str,
    readiness: Callable[[], Mapping[str, Any]],
    metrics: Callable[[], str],
    pages: Iterable[Blueprint] = (),
    error_page: ErrorPage | None = None,
    tmall_secrets: tmall.Secrets = NOBODYS,
    mail_secrets: Sequence[str] = (),
    mail_shops: Callable[[], Collection[str]] = tuple,
) -> Flask:
    """The Flask application.

    `base_url` is the address people know it by: https there brings HSTS and secure cookies.
    `readiness` answers `/readyz` and has an `ok`; `metrics` is the text for `/metrics`. A page may
    raise `request.max_content_length` and `request.max_form_memory_size` for itself. A door
    without secrets turns everybody away. `mail_shops` says which shops there are at the moment.

    Raises ValueError when two shops have the same Tmall secret.
    """
    app = Flask("webhooks", static_folder=None)
    app.secret_key = secret_key
    _configure(app, secure=base_url.startswith("https://"))
    app.register_blueprint(shopify.shopify_door(inbox, clock, shopify_secrets))
    app.register_blueprint(supplier.supplier_door(inbox, clock, supplier_secrets))
    app.register_blueprint(tmall.tmall_door(inbox, clock, tmall_secrets))
    app.register_blueprint(mail.mail_door(inbox, clock, mail_secrets, mail_shops))
    app.register_blueprint(_operations(readiness, metrics))
    for blueprint in pages:
        app.register_blueprint(blueprint)
    app.before_request(_own_pages_only(urlsplit(base_url).netloc.lower()))
    app.after_request(_mannered(headers_for(base_url)))
    app.register_error_handler(Exception, _failure(error_page))
    return app


def _configure(app: Flask, *, secure: bool) -> None:
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=MOST_FORM_PARTS,
        SESSION_COOKIE_NAME="postvendita",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
    )
    # `//webhooks//shopify` is not found. A redirect would ask the sender to send it all again.
    app.url_map.merge_slashes = False


def _operations(
    readiness: Callable[[], Mapping[str, Any]], metrics: Callable[[], str]
) -> Blueprint:
    blueprint = Blueprint("operations", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return jsonify(ok=True)

    @blueprint.get("/readyz")
    def readyz() -> Response:
        try:
            found = dict(readiness())
        except Exception as error:
            log.error("not ready", error=type(error).__name__)
            found = {"ok": False}
        answer = jsonify(found)
        answer.status_code = 200 if found.get("ok") else 503
        return answer

    @blueprint.get("/metrics")
    def metrics_text() -> Response:
        return Response(metrics(), content_type="text/plain; version=0.0.4; charset=utf-8")

    return blueprint


def _own_pages_only(own_host: str) -> Callable[[], None]:
    def check() -> None:
        if request.method in SAFE_METHODS or request.blueprint in DOORS:
            return
        if request.url_rule is None:
            return  # 404 or 405 is on its way
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        if not from_own_page(site, origin, {own_host, request.host.lower()}):
            abort(403)

    return check


def headers_for(base_url: str) -> Mapping[str, str]:
    """What is on every answer of an app that people know by this address."""
    if base_url.startswith("https://"):
        return {**HEADERS, "Strict-Transport-Security": HSTS}
    return HEADERS


def _mannered(headers: Mapping[str, str]) -> Callable[[Response], Response]:
    def add(answer: Response) -> Response:
        for name, value in headers.items():
            answer.headers.setdefault(name, value)
        return answer

    return add


def _failure(error_page: ErrorPage | None) -> Callable[[Exception], Answer]:
    """Answers to errors say what, never why: no traceback, no name of a library."""

    def answer(error: Exception) -> Answer:
        found: Answer
        if isinstance(error, HTTPException):
            found = error.get_response()
            if error.response is not None or found.status_code < 400:
                return found
            log.info("request refused", status=found.status_code, endpoint=request.endpoint)
        else:
            found = plain(500, "")
            log.error(
                "request failed",
                endpoint=request.endpoint,
                error=type(error).__name__,
                where=_where(error),
            )
        return _said(found, error_page)

    return answer


def _said(found: Answer, error_page: ErrorPage | None) -> Answer:
    phrase = HTTPStatus(found.status_code).phrase
    if error_page is None or request.path.startswith("/webhooks"):
        found.content_type = "text/plain; charset=utf-8"
        found.set_data(f"{found.status_code} {phrase}\n")
    else:
        found.content_type = "text/html; charset=utf-8"
        found.set_data(error_page(found.status_code, phrase))
    return found


def _where(error: Exception) -> list[str]:
    """The way to an error without its words, which may quote what somebody sent."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-5:]]
