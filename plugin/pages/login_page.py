"""Signing in by a link that comes by mail, and signing out.

Whoever asks gets the same answer, whether the address is a member's or nobody's: what there is to
do is done after it was given. The link opens a page with a button, because mail programs look at
links before people do; the button uses it up. Nothing in an address says where to go afterwards.
"""

from __future__ import annotations

from typing import Any

import structlog
from flask import Blueprint, Response, g, redirect, request, session, url_for
from werkzeug.wrappers import Response as Answer

from plugin import sentences
from plugin.login_links import LoginLinks
from plugin.pages.customer.pace import Pace
from plugin.pages.desk import Desk
from plugin.pages.forms import BadForm
from plugin.pages.members_page import address

ASKS_PER_PLACE = 100
"""Of one network address in ten minutes; behind a proxy that is everybody's. How many letters one
member gets is limited apart, in `plugin/store/logins.py`."""

log = structlog.get_logger()


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages; they are open to strangers."""
    links = LoginLinks(desk.db, desk.clock, desk.settings.secret_key)
    pace = Pace(desk.settings.secret_key, ASKS_PER_PLACE)

    @pages.get("/login")
    def login_page() -> Answer:
        return stranger(desk, 200)

    @pages.post("/login")
    def ask_login() -> Answer:
        wait = pace.wait(request.remote_addr or "", desk.clock.now())
        if wait:
            answer = stranger(desk, 429, wait=wait)
            answer.headers["Retry-After"] = str(wait)
            return answer
        if not desk.settings.mail_url:
            return stranger(desk, 404)
        try:
            email = address("email")
        except BadForm as error:
            return stranger(desk, 422, bad=error.problems)
        tongue = session.get("language", "")
        answer = stranger(desk, 200, sent=True)
        answer.call_on_close(lambda: _ask(links, email, tongue))
        return answer

    @pages.get("/login/mail/<token>")
    def enter_page(token: str) -> Answer:
        guest = links.guest(token)
        if guest is None:
            return stranger(desk, 401, expired=True)
        return stranger(desk, 200, guest=guest, token=token)

    @pages.post("/login/mail/<token>")
    def enter(token: str) -> Answer:
        guest = links.enter(token)
        if guest is None:
            return stranger(desk, 401, expired=True)
        begin(desk, guest.shop.shop, guest.email)
        return redirect(url_for("desk.home"), 303)

    @pages.post("/logout")
    def logout() -> Answer:
        tongue = session.get("language")
        session.clear()
        if tongue:
            session["language"] = tongue
        return redirect(url_for("desk.login_page"), 303)


def begin(desk: Desk, shop: str, person: str) -> None:
    """A session of its own: nothing of the one before stays but the language."""
    tongue = session.get("language")
    session.clear()
    session["shop"], session["person"] = shop, person
    session["since"] = desk.clock.now().isoformat()
    if tongue:
        session["language"] = tongue


def stranger(desk: Desk, status: int, **words: Any) -> Response:
    """The login page, in the language that was chosen or that the browser asks for."""
    if request.args.get("lang") in sentences.LANGUAGES:
        session["language"] = request.args["lang"]
    asked = request.accept_languages.best_match(sentences.LANGUAGES) or ""
    g.language = session.get("language") or sentences.spoken(asked)
    has_mail = bool(desk.settings.mail_url)
    page = desk.page("login.html", status, has_mail=has_mail, form=request.form, **words)
    answer = Response(page, status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _ask(links: LoginLinks, email: str, tongue: str) -> None:
    try:
        links.ask(email, tongue)
    except Exception as error:  # the answer was given; whoever waits for the letter asks again
        log.error("a login letter could not be planned", error=type(error).__name__)
