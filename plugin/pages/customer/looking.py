"""Looking: the page of an order, and the copies of pictures behind the same link."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, abort, request, send_file
from werkzeug.wrappers import Response as Answer

from plugin.evidence.keep import DIGEST
from plugin.evidence.limits import LIMITS
from plugin.pages.customer.countries import countries
from plugin.pages.customer.texts import known, language, say
from plugin.pages.customer.uploads import Verdict
from plugin.pages.customer.view import COPIES, order_of, read
from plugin.pages.customer.visit import LIMIT_WORDS, Door, Visit, page
from plugin.store import reports

A_PICTURE = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Cache-Control": "private, max-age=600",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def add_to(pages: Blueprint, door: Door) -> None:
    """Add what a link shows."""

    @pages.get("/report/<token>")
    def look(token: str) -> str:
        return show(door, door.enter(token))

    @pages.get("/report/<token>/pictures/<evidence_id>")
    def picture(token: str, evidence_id: str) -> Answer:
        return _picture(door, door.enter(token), evidence_id)

    @pages.route("/report/", methods=["GET", "POST"], defaults={"rest": ""})
    @pages.route("/report/<path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def nothing(rest: str) -> str:
        door.enter(rest)
        abort(404)


def show(
    door: Door,
    visit: Visit,
    *,
    bad: Mapping[str, str] | None = None,
    at: str = "",
    problem: str = "",
    verdicts: Sequence[Verdict] = (),
) -> str:
    """The page; `bad` are the fields to mend of the form named `at`."""
    with door.db.read() as tx:
        order = read(tx, visit, door.keep)
    said = f"said.{request.args.get('said', '')}"
    return page(
        "customer/page.html",
        order=order,
        shop_name=visit.shop_name,
        countries=countries(language()),
        once=secrets.token_urlsafe(18),
        form=request.form,
        bad=bad or {},
        at=at,
        problem=problem,
        verdicts=[(verdict, verdict_words(verdict)) for verdict in verdicts],
        advice=advice_words,
        said=say(said) if known(said) and request.method == "GET" else "",
    )


def verdict_words(verdict: Verdict) -> str:
    """What became of a file, and what to do about it."""
    if verdict.already:
        return say("verdict.already")
    if verdict.accepted:
        return " ".join([f"{say('verdict.kept')}.", *(advice_words(a) for a in verdict.advice)])
    return say(f"verdict.{verdict.reason}", **LIMIT_WORDS, minutes=LIMITS.video_seconds // 60)


def advice_words(code: str) -> str:
    """One advice about a picture."""
    return say(f"verdict.{code}")


def _picture(door: Door, visit: Visit, evidence_id: str) -> Answer:
    """Our own copy of a picture this order's customer sent; there is no way to the original."""
    if not DIGEST.fullmatch(evidence_id):
        abort(404)
    with door.db.read() as tx:
        cases = order_of(tx, visit).cases
        shop = visit.shop.shop
        mine = any(reports.evidence_by_id(tx, shop, case, evidence_id) for case in cases)
    copies = [door.keep.derived(evidence_id, name) for name in COPIES] if mine else []
    found = next((copy for copy in copies if copy.is_file()), None)
    if found is None:
        abort(404)
    answer: Response = send_file(found.absolute(), mimetype="image/jpeg", conditional=False)
    answer.headers.update(A_PICTURE)
    answer.headers["Content-Disposition"] = "inline; filename=picture.jpg"
    return answer
