"""The shop's own texts of the letters: what they say, tried with an order before they are kept."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from flask import Blueprint, Response, abort, g, redirect, request, url_for
from sqlalchemy.engine import Connection
from werkzeug.wrappers import Response as Answer

from plugin import letter_check, letters, sentences
from plugin.actions import Letter
from plugin.letter_check import LONGEST, LONGEST_SUBJECT
from plugin.pages import letter_preview
from plugin.pages.desk import Desk, say
from plugin.pages.forms import words
from plugin.pages.letter_preview import sample_of
from plugin.pages.noting import concerns
from plugin.store import mail, timelines
from plugin.store.tables import orders

OFFERED = 20
"""Orders whose names are offered to try a letter with."""


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.get("/letters")
    def letters_page() -> str:
        with desk.db.read() as tx:
            own = mail.own_texts(tx, g.shop.shop)
        return desk.page("letters.html", letters=list(Letter), own=own, words=sentences)

    @pages.get("/letters/<letter>/<tongue>")
    def letter_page(letter: str, tongue: str) -> str:
        return _show(desk, *_known(letter, tongue))

    @pages.post("/letters/<letter>/<tongue>")
    def keep_letter(letter: str, tongue: str) -> Answer:
        return _keep(desk, *_known(letter, tongue))


def _known(letter: str, tongue: str) -> tuple[Letter, str]:
    if letter not in set(Letter) or tongue not in sentences.LANGUAGES:
        abort(404)
    return Letter(letter), tongue


def _keep(desk: Desk, letter: Letter, tongue: str) -> Answer:
    if request.form.get("do") == "ours":
        with desk.act("letter_dropped", f"{letter} {tongue}") as tx:
            mail.drop_text(tx, g.shop.shop, letter, tongue)
        return redirect(_to(letter, tongue, "ours"), 303)
    text = words("subject", LONGEST_SUBJECT), words("body", LONGEST + 1)
    bad = _problems(letter, *text)
    trying = request.form.get("do") == "preview"
    if trying and _order_id(desk) is None:
        bad["order"] = say("letters.no_order")
    if bad or trying:
        page = _show(desk, letter, tongue, text=text, bad=bad)
        return Response(page, 422 if bad else 200)
    with desk.act("letter_kept", f"{letter} {tongue}") as tx:
        mail.keep_text(tx, g.shop.shop, letter, tongue, text, desk.clock.now(), author=g.person)
    return redirect(_to(letter, tongue, "yes"), 303)


def _to(letter: Letter, tongue: str, kept: str) -> str:
    return url_for("desk.letter_page", letter=letter, tongue=tongue, kept=kept)


def _problems(letter: Letter, subject: str, body: str) -> dict[str, str]:
    found = letter_check.problems(letter, subject, body)
    return {name: " ".join(map(_said, codes)) for name, codes in found.items()}


def _said(problem: str) -> str:
    code, _, detail = problem.partition(":")
    return f"{say(f'letters.{code}')} {detail}".strip()


def _order_id(desk: Desk) -> int | None:
    """The order a letter is to be tried with; 0 for an example, None for one we do not know."""
    name = request.values.get("order", "").strip()
    if not name or "\0" in name:
        return None if name else 0
    with desk.db.read() as tx:
        return timelines.order_named(tx, g.shop.shop, name)


def _show(
    desk: Desk,
    letter: Letter,
    tongue: str,
    *,
    text: tuple[str, str] | None = None,
    bad: Mapping[str, str] | None = None,
) -> str:
    order_id = _order_id(desk) or 0
    if order_id:
        concerns([order_id])
    with desk.db.read() as tx:
        own = mail.own_text(tx, g.shop.shop, letter, tongue)
        chosen = text or own or letters.default_text(letter, tongue)
        sample = sample_of(tx, g.shop, order_id, None, desk.settings.base_url)
        usable = None if bad and bad.keys() & {"subject", "body"} else chosen
        preview = letter_preview.tried(sample, letter, tongue, usable, desk.clock.now())
        names = _recent(tx)
    return desk.page(
        "letter.html",
        letter=letter,
        tongue=tongue,
        subject=chosen[0],
        body=chosen[1],
        own=own is not None,
        preview=preview,
        is_ours=usable is None,
        variables=letters.VARIABLES[letter],
        bad=bad or {},
        kept=request.args.get("kept", ""),
        order_name=request.values.get("order", ""),
        names=names,
        words=sentences,
    )


def _recent(tx: Connection) -> list[str]:
    query = sa.select(orders.c.name).where(orders.c.shop == g.shop.shop, orders.c.name != "")
    return list(tx.execute(query.order_by(orders.c.order_id.desc()).limit(OFFERED)).scalars())
