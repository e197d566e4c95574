"""Who is let in. Denied by default: a signed link by the command line opens a session.

The session names the shop and the person; the shop of a page never comes from the address.
"""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, abort, g, redirect, request, session, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Answer

from plugin import samples, sentences
from plugin.pages.desk import Desk
from plugin.pages.embedded import Embedding
from plugin.pages.login_page import begin, stranger
from plugin.pages.roles import NEEDS, Right, may
from plugin.settings import Settings
from plugin.store import members, walls
from plugin.store.shops import Shop

LOGIN_SALT = "postvendita.login"
LOGIN_SECONDS = 15 * 60
OPEN_PERSON = "merchant"
OPEN_ADDRESSES = frozenset(
    {
        *("desk.login", "desk.static", "desk.bounce", "desk.grant", "desk.granted"),
        *("desk.login_page", "desk.ask_login", "desk.enter_page", "desk.enter", "desk.logout"),
    }
)
LOOKS_ONLY = "viewer"
ABOUT_SAMPLES = frozenset(
    {"desk.load_samples", "desk.open_samples", "desk.leave_samples", "desk.remove_samples"}
)
"""Buttons that mean the real shop, also where the sample cases are shown."""


def login_link(settings: Settings, shop: str, person: str) -> str:
    """The path of a link into a shop's desk, good for 15 minutes."""
    return f"/login/{_signer(settings).dumps([shop, person])}"


def sign_in(pages: Blueprint, desk: Desk, embedding: Embedding | None = None) -> None:
    """Add the login page, and the check in front of every other."""

    @pages.get("/login/<token>")
    def login(token: str) -> Answer:
        try:
            shop, person = _signer(desk.settings).loads(token, max_age=LOGIN_SECONDS)
        except (BadSignature, ValueError):
            return stranger(desk, 401, expired=True)
        begin(desk, shop, person)
        return redirect(url_for("desk.cases"))

    @pages.before_request
    def only_known_people() -> Response | None:
        if request.endpoint in OPEN_ADDRESSES:
            return None
        if embedding is not None and embedding.wanted():
            known = embedding.person()
            if isinstance(known, Response):
                return known
            return _let_in(desk, *known)
        shop, person = session.get("shop", ""), session.get("person", "")
        if not shop and desk.settings.desk_open_to:
            shop, person = desk.settings.desk_open_to, OPEN_PERSON
        found = desk.shop(shop) if shop else None
        if found is None:
            return stranger(desk, 401)
        return _let_in(desk, found, person)

    pages.teardown_request(walls.leave)

    @pages.errorhandler(404)
    def nothing_here(_error: HTTPException) -> Answer:
        return Response(desk.page("nothing.html", 404), 404)


def _let_in(desk: Desk, shop: Shop, person: str) -> Response | None:
    """Whose page it is, in which language, and whether the person may see it."""
    walls.enter(shop.shop)
    if request.args.get("lang") in sentences.LANGUAGES:
        session["language"] = request.args["lang"]
    role = _role(desk, shop.shop, person)
    if not role:
        return stranger(desk, 401)
    g.shop, g.person, g.role, g.samples = shop, person, role, None
    g.language = session.get("language") or sentences.spoken(shop.language)
    if request.endpoint not in ABOUT_SAMPLES and samples.looked_at(shop, person):
        _show_samples(desk, shop)
    needed = NEEDS.get(request.endpoint or "")
    if request.endpoint is not None and (needed is None or not may(g.role, needed)):
        return Response(desk.page("denied.html", 403), 403)
    if any("\0" in str(place) for place in (request.view_args or {}).values()):
        abort(404)  # no name of ours holds one, and PostgreSQL refuses the question
    return None


def _show_samples(desk: Desk, shop: Shop) -> None:
    """The sample cases stand where the shop's own do, to be looked at only."""
    with desk.db.read() as tx:
        found = samples.of_shop(tx, shop.shop)
    if found is not None:
        g.may_remove_samples = may(g.role, Right.WORK)
        g.shop, g.role, g.samples = found, LOOKS_ONLY, shop


def _role(desk: Desk, shop: str, person: str) -> str:
    """What a person is in a shop, asked on every request; empty for one who was removed.

    Who has no mail address came in by the command line or by the store's own admin, and is an
    owner; so is everybody with a signed link while nobody is listed. Who was removed and is back
    signs in anew: a session from before stays shut.
    """
    if "@" not in person:
        return "owner"
    with desk.db.read() as tx:
        found = members.find(tx, shop, person)
        listed = found is not None or bool(members.of_shop(tx, shop))
    if found is not None:
        since = session.get("since", "")
        stays = not since or datetime.fromisoformat(since) >= found.added_at
        return found.role if found.is_in and stays else ""
    return "" if listed else "owner"


def _signer(settings: Settings) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings.secret_key, salt=LOGIN_SALT)
