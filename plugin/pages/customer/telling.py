"""Telling: what a customer's forms do. Each may be sent twice and counts once.

A browser with JavaScript sends the same forms, one file at a time, and asks for the answer as
JSON; without it the answer is the page.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as Answer

from plugin import customer_reports
from plugin.customer_reports import Told
from plugin.customer_view import CONFIRM_ADDRESS, state
from plugin.merchant import NotPossible
from plugin.pages.customer import looking, reading
from plugin.pages.customer.offers import Offers, offers
from plugin.pages.customer.texts import say
from plugin.pages.customer.uploads import Place, Verdict, take
from plugin.pages.customer.view import case_of, order_of
from plugin.pages.customer.visit import Door, Visit, here
from plugin.pages.forms import BadForm
from plugin.terms import VERIFIED, Situation

UNUSABLE, TOO_LATE = 422, 409


def add_to(pages: Blueprint, door: Door) -> None:
    """Add what the forms are sent to."""

    @pages.post("/report/<token>/problem")
    def problem(token: str) -> Answer:
        return _problem(door, door.enter(token))

    @pages.post("/report/<token>/stop")
    def stop(token: str) -> Answer:
        return _stop(door, door.enter(token))

    @pages.post("/report/<token>/address")
    def address(token: str) -> Answer:
        return _address(door, door.enter(token))

    @pages.post("/report/<token>/cases/<case_id>/address")
    def settle(token: str, case_id: str) -> Answer:
        return _settle(door, door.enter(token), case_id)

    @pages.post("/report/<token>/cases/<case_id>/files")
    def files(token: str, case_id: str) -> Answer:
        return _files(door, door.enter(token), case_id)


def _problem(door: Door, visit: Visit) -> Answer:
    reading.with_files()
    reading.arrived()
    try:
        told = reading.problem(_offers(door, visit))
        cases = _report(door, visit, told)
    except BadForm as wrong:
        return _to_be_mended(door, visit, "problem", wrong)
    except NotPossible:
        return _too_late(door, visit)
    places = [Place(case_id, told.situation) for case_id in cases]
    verdicts = _take_all(door, visit, places)
    return _done(door, visit, "reported", verdicts)


def _stop(door: Door, visit: Visit) -> Answer:
    reading.arrived()
    try:
        told = reading.cancellation(_offers(door, visit))
        if told is not None:
            _report(door, visit, told)
    except BadForm as wrong:
        return _to_be_mended(door, visit, "stop", wrong)
    except NotPossible:
        return _too_late(door, visit)
    return _done(door, visit, "stopping")


def _address(door: Door, visit: Visit) -> Answer:
    reading.arrived()
    try:
        if not _offers(door, visit).address:
            return _too_late(door, visit)
        _report(door, visit, reading.wrong_address())
    except BadForm as wrong:
        return _to_be_mended(door, visit, "address", wrong)
    except NotPossible:
        return _too_late(door, visit)
    return _done(door, visit, "address")


def _settle(door: Door, visit: Visit, case_id: str) -> Answer:
    """The answer to our own doubt: right, or what is right."""
    reading.arrived()
    try:
        right = request.form.get("answer") == "right"
        said = None if right else reading.address()
        if not _asks_for_address(door, visit, case_id):
            return _too_late(door, visit)
        with door.db.write() as tx:
            customer_reports.settle_address(tx, visit.click, case_id, said)
    except BadForm as wrong:
        return _to_be_mended(door, visit, case_id, wrong)
    except NotPossible:
        return _too_late(door, visit)
    return _done(door, visit, "address")


def _files(door: Door, visit: Visit, case_id: str) -> Answer:
    """More pictures for a case. Whose case it is, the order says."""
    reading.with_files()
    reading.arrived()
    with door.db.read() as tx:
        record = order_of(tx, visit).cases.get(case_id)
    if record is None or record.opened.situation not in VERIFIED:
        return _too_late(door, visit)
    verdicts = _take_all(door, visit, [Place(case_id, record.opened.situation)])
    return _done(door, visit, "kept" if verdicts else "nothing", verdicts)


# --- What they share ------------------------------------------------------------------------------


def _offers(door: Door, visit: Visit) -> Offers:
    with door.db.read() as tx:
        return offers(order_of(tx, visit))


def _report(door: Door, visit: Visit, told: Told) -> list[str]:
    with door.db.write() as tx:
        return customer_reports.report(tx, visit.click, told)


def _asks_for_address(door: Door, visit: Visit, case_id: str) -> bool:
    with door.db.read() as tx:
        order = order_of(tx, visit)
        record = order.cases.get(case_id)
        if record is None or record.opened.situation is not Situation.WRONG_ADDRESS:
            return False
        return CONFIRM_ADDRESS in state(case_of(tx, visit, order, record), visit.now).can


def _take_all(door: Door, visit: Visit, places: Sequence[Place]) -> list[Verdict]:
    if not places:
        return []
    return [take(door.db, door.keep, visit.click, places, sent) for sent in reading.files()]


# --- Answers --------------------------------------------------------------------------------------


def _done(door: Door, visit: Visit, said: str, verdicts: Sequence[Verdict] = ()) -> Answer:
    """On to the page; a file that was refused is told of at once."""
    refused = next((verdict for verdict in verdicts if not verdict.accepted), None)
    onwards = here("customer.look", said=said)
    if _wants_json():
        files = [
            {"name": v.name, "accepted": v.accepted, "words": looking.verdict_words(v)}
            for v in verdicts
        ]
        answer = jsonify(done=True, files=files, next=onwards)
        answer.status_code = refused.status if refused else 200
        return answer
    if refused:
        return Response(looking.show(door, visit, verdicts=verdicts), refused.status)
    return redirect(onwards, 303)


def _to_be_mended(door: Door, visit: Visit, at: str, wrong: BadForm) -> Answer:
    if _wants_json():
        return _refused(UNUSABLE, " ".join(wrong.problems.values()))
    return Response(looking.show(door, visit, bad=wrong.problems, at=at), UNUSABLE)


def _too_late(door: Door, visit: Visit) -> Answer:
    if _wants_json():
        return _refused(TOO_LATE, say("late.now"))
    return Response(looking.show(door, visit, problem=say("late.now")), TOO_LATE)


def _refused(status: int, words: str) -> Answer:
    answer = jsonify(done=False, words=words, files=[])
    answer.status_code = status
    return answer


def _wants_json() -> bool:
    return request.headers.get("Accept", "") == "application/json"
