"""The first page: what needs somebody, how the app is, and the steps of the beginning."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from plugin import sentences, setup_guide, watching
from plugin.pages import home_reading, inbox, readings
from plugin.pages.desk import Desk, language
from plugin.pages.forms import BadForm, amount, choice
from plugin.setup_guide import DISMISSED, DONE, SKIPPED, STEPS
from plugin.store import backfills, home_figures, listing, shops
from plugin.store.narrowing import Wanted
from plugin.terms import Cap

A_FEW = 5
WORDS = {"done": DONE, "skip": SKIPPED, "again": ""}


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the page and its switches."""

    @pages.get("/")
    def home() -> str:
        return show(desk)

    @pages.get("/backfill")
    def backfill_line() -> str:
        with desk.db.read() as tx:
            found = backfills.of_shop(tx, g.shop.shop)
        return desk.page("_backfill.html", backfill=found)

    @pages.post("/watching")
    def switch() -> Answer:
        if request.form.get("on") == "yes":
            watching.switch_on(desk.db, g.shop.shop, desk.clock.now(), by=g.person)
        else:
            with desk.act("watched") as tx:
                watching.watch(tx, g.shop.shop)
        return redirect(url_for("desk.home"), 303)

    @pages.post("/setup/<step>")
    def setup_step(step: str) -> Answer:
        return _step(desk, step)

    @pages.post("/setup-levels")
    def choose_levels() -> Answer:
        try:
            _choose_levels(desk)
        except BadForm as error:
            return Response(show(desk, bad=error.problems), 422)
        return redirect(url_for("desk.home"), 303)


def show(desk: Desk, **more: Any) -> str:
    """The page; as many questions to the database for a large shop as for a small one."""
    now, shop = desk.clock.now(), g.shop.shop
    with desk.db.read() as tx:
        rows = listing.listed(tx, shop, Wanted(status="needs_you"), now, limit=A_FEW)
        found: dict[str, Any] = {
            "rows": rows,
            "steps": readings.next_steps(tx, shop, rows),
            "figures": home_figures.figures(tx, shop, now),
            "away": home_reading.away(tx, shop, now),
            "coming": home_figures.coming(tx, shop, now, limit=A_FEW),
            "backfill": home_reading.backfill(tx, shop, now),
            "watched": None if rows else home_reading.watched(tx, shop, now),
            "would_go": watching.would_go(tx, shop) if g.shop.watching else {},
        }
    return desk.page(
        "home.html",
        words=sentences,
        kind=lambda name: sentences.kind_of(name, language=language()),
        button=inbox.button,
        guide=g.shop.setup or {},
        guide_steps=STEPS,
        settled=setup_guide.settled(g.shop.setup),
        presets=setup_guide.PRESETS,
        digest=_digest(desk),
        form=request.form,
        **found,
        **more,
    )


def _digest(desk: Desk) -> str:
    """Whether a letter comes in the morning, and if not, why."""
    if not desk.settings.mail_url:
        return "home.digest.no_mail"
    if not g.shop.email:
        return "home.digest.no_email"
    stopped = g.shop.watching or g.shop.state == shops.PAUSED
    return "home.digest.later" if stopped else "home.digest"


def _step(desk: Desk, step: str) -> Answer:
    said = request.form.get("word", "")
    word = WORDS.get(said)
    if step != DISMISSED and (step not in STEPS or word is None):
        abort(404)
    with desk.db.write() as tx:
        if step == DISMISSED:
            home_reading.dismiss(tx, g.shop, gone=said != "again")
        else:
            home_reading.settle_step(tx, g.shop, step, word or "")
    return redirect(url_for("desk.home"), 303)


def _choose_levels(desk: Desk) -> None:
    """Publishes new terms; money by itself needs a limit for one refund and for one day."""
    name, cap = choice("preset", setup_guide.PRESETS), None
    if name == "all":
        each, day = amount("per_refund", "currency"), amount("per_day", "currency")
        cap = Cap(each.minor, day.minor, each.currency)
    with desk.db.write() as tx:
        home_reading.choose_levels(tx, g.shop, name, cap, desk.clock.now(), by=g.person)
