"""The shop's own texts of the letters: what they say, tried with an order before they are kept."""

from __future__ import annotations

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from plugin import letters, sentences
from plugin.actions import Letter
from plugin.money import Money
from plugin.pages.desk import Desk, say
from plugin.pages.forms import words
from plugin.store import mail, timelines

LONGEST = 10_000


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
    subject, body = words("subject", 500), words("body", LONGEST + 1)
    if request.form.get("do") == "ours":
        with desk.db.write() as tx:
            mail.drop_text(tx, g.shop.shop, letter, tongue)
        return redirect(url_for("desk.letter_page", letter=letter, tongue=tongue), 303)
    found = letters.problems(letter, subject, body)
    if found or request.form.get("do") == "preview":
        page = _show(desk, letter, tongue, text=(subject, body), found=found)
        return Response(page, 422 if found else 200)
    with desk.db.write() as tx:
        mail.keep_text(
            tx, g.shop.shop, letter, tongue, (subject, body), desk.clock.now(), author=g.person
        )
    return redirect(url_for("desk.letter_page", letter=letter, tongue=tongue, kept="yes"), 303)


def _show(
    desk: Desk,
    letter: Letter,
    tongue: str,
    *,
    text: tuple[str, str] | None = None,
    found: list[str] | None = None,
) -> str:
    with desk.db.read() as tx:
        own = mail.own_text(tx, g.shop.shop, letter, tongue)
        name = request.values.get("order", "")
        order_id = timelines.order_named(tx, g.shop.shop, name) if name else None
        customer = timelines.customer_of(tx, g.shop.shop, order_id) if order_id else None
        real = timelines.name_of(tx, g.shop.shop, order_id) if order_id else ""
    subject, body = text or own or letters.default_text(letter, tongue)
    shown = letters.to_customer(
        letter,
        language=tongue,
        store_name=g.shop.name or g.shop.shop,
        customer_name=(customer.name if customer else "") or say("letters.somebody"),
        order_name=real or "#1001",
        lines=[(say("letters.goods"), 1)],
        amount=Money(2490, g.shop.currency),
        alternative_title=say("letters.goods"),
        link=f"{desk.settings.base_url}/report/…",
        reason=say("letters.reason"),
        hear_by=desk.clock.now(),
        zone=g.shop.zone,
        own=None if found else (subject, body),
    )
    return desk.page(
        "letter.html",
        letter=letter,
        tongue=tongue,
        subject=subject,
        body=body,
        own=own is not None,
        shown=shown,
        variables=letters.VARIABLES[letter],
        found=[_said(code) for code in found or []],
        kept=request.args.get("kept") == "yes",
        order_name=real,
        words=sentences,
    )


def _said(problem: str) -> str:
    code, _, detail = problem.partition(":")
    return f"{say(f'letters.{code}')} {detail}".strip()
