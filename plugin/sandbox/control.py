"""The strings of the world, as JSON for tests and as forms for the pages: `/control/...`."""

from __future__ import annotations

import sqlite3  # noqa: TID251 - the world has a file of its own
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from plugin.sandbox import happenings, ledgers, moments
from plugin.sandbox.faults import Faults
from plugin.sandbox.ground import Ground
from plugin.sandbox.turn import Turner

MOST_HOURS = 24 * 400


def blueprint(ground: Ground, turner: Turner) -> Blueprint:
    """All control routes."""
    control = Control(ground, turner)
    made = Blueprint("control", __name__, url_prefix="/control")
    made.add_url_rule("/turn", view_func=control.turn, methods=["POST"])
    made.add_url_rule("/turning", view_func=control.turning)
    made.add_url_rule("/ledger", view_func=control.ledger)
    made.add_url_rule("/happen", view_func=control.happen, methods=["POST"])
    made.add_url_rule("/faults", view_func=control.faults, methods=["POST"])
    made.add_url_rule("/faults", view_func=control.faults_waiting, endpoint="waiting")
    made.add_url_rule("/clock", view_func=control.clock, methods=["POST"])
    return made


class Control:
    """The views."""

    def __init__(self, ground: Ground, turner: Turner) -> None:
        self._ground = ground
        self._turner = turner
        self._faults: Faults = ground.faults

    def turn(self) -> AnyResponse:
        """`{"hours": n}` or `{"to": iso}`: turns in the background, 409 when a turn is on."""
        asked = _asked()
        try:
            if "to" in asked:
                to = moments.moment(str(asked["to"]))
            else:
                to = self._ground.now() + timedelta(hours=_hours(asked))
        except (ValueError, KeyError) as error:
            return _problem(error)
        started = self._turner.start(to)
        if not started and request.is_json:
            return _said({"error": "the clock is being turned already"}, 409)
        return self._back(self._turner.progress(), 202)

    def turning(self) -> AnyResponse:
        """How far the turn is."""
        return _said(self._turner.progress())

    def ledger(self) -> AnyResponse:
        """What really happened out here."""
        return _said(ledgers.whole(self._ground))

    def happen(self) -> AnyResponse:
        """`{"kind": ..., ...}`: happens now, or at `at`."""
        asked = _asked()
        kind = str(asked.pop("kind", ""))
        try:
            at = moments.moment(str(asked.pop("at"))) if "at" in asked else self._ground.now()
            with self._ground.ledger.writing():
                result = happenings.happen(self._ground, kind, asked, at)
        except (LookupError, ValueError, TypeError, sqlite3.IntegrityError) as error:
            return _problem(error)
        return self._back({"happened": kind, "result": result})

    def faults(self) -> AnyResponse:
        """`{"operation", "kind", "count"?, "seconds"?, "message"?}`, or `{"clear": true}`."""
        asked = _asked()
        if asked.pop("clear", False):
            self._faults.clear()
            return self._back({"faults": []})
        try:
            operation, kind = str(asked.pop("operation")), str(asked.pop("kind"))
            self._faults.add(operation, kind, **_fault_options(asked))
        except (KeyError, ValueError, TypeError) as error:
            return _problem(error)
        return self._back({"faults": self._faults.waiting()})

    def faults_waiting(self) -> AnyResponse:
        """The misfortunes still to come."""
        return _said({"faults": self._faults.waiting()})

    def clock(self) -> AnyResponse:
        """`{"to": iso}` sets the clock without stepping; `{"stand": true}` stops it there."""
        asked = _asked()
        try:
            to = moments.moment(str(asked["to"]))
            clock = self._ground.settings.clock
            (clock.turn_to if asked.get("stand") else clock.run_from)(to)
        except (KeyError, ValueError) as error:
            return _problem(error)
        return self._back({"now": moments.text(self._ground.now())})

    def _back(self, said: dict[str, Any], status: int = 200) -> AnyResponse:
        """JSON for who sent JSON, the page again for who pressed a button."""
        if request.is_json:
            return _said(said, status)
        page, order = request.form.get("page", ""), request.form.get("order_id", "")
        if page == "pages.order" and order.isascii() and order.isdigit():
            return redirect(url_for(page, order_id=int(order)), 303)
        known = page if page in {"pages.overview", "pages.supplier"} else "pages.overview"
        return redirect(url_for(known), 303)


def _asked() -> dict[str, Any]:
    if request.is_json:
        found = request.get_json(silent=True)
        return dict(found) if isinstance(found, dict) else {}
    return {name: value for name, value in request.form.items() if name != "page"}


def _hours(asked: dict[str, Any]) -> float:
    hours = float(asked["hours"])
    if not 0 < hours <= MOST_HOURS:
        raise ValueError(f"hours must be more than 0 and at most {MOST_HOURS}")
    return hours


def _fault_options(asked: dict[str, Any]) -> dict[str, Any]:
    read = {"count": int, "seconds": float, "message": str}
    return {name: read[name](value) for name, value in asked.items() if name in read}


def _said(body: dict[str, Any], status: int = 200) -> Response:
    answer = jsonify(body)
    answer.status_code = status
    return answer


def _problem(error: Exception) -> Response:
    return _said({"error": f"{type(error).__name__}: {error}"}, 400)
