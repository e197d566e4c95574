"""The JSON API under `/api/v1`: what the desk can do, for programs.

`operations.py` is its contents page. The document at `/api/v1/openapi.json` and the page at
`/api/docs` are drawn from it, so neither can say what is not there.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Answer

from plugin.api.door import Door, Problem, problem
from plugin.api.openapi import document, kind_of
from plugin.api.operation import PLACES, Operation
from plugin.api.operations import OPERATIONS, SECTIONS
from plugin.clock import Clock
from plugin.pages.noting import note_accesses
from plugin.settings import Settings
from plugin.store import walls
from plugin.store.database import Database

__all__ = ["create_api"]

NOT_NOTED = Problem(503, "not_noted", "The access could not be written down; try again", after=60)


def create_api(db: Database, clock: Clock, settings: Settings) -> list[Blueprint]:
    """The API and its documents."""
    door = Door(db, clock, settings)
    api = Blueprint("api", __name__, url_prefix="/api")
    api.before_request(door.let_in)
    api.teardown_request(walls.leave)
    note_accesses(api, db, clock, lambda: problem(NOT_NOTED))
    for operation in OPERATIONS:
        api.add_url_rule(
            f"/v1{operation.path}",
            endpoint=operation.name,
            view_func=_answering(door, operation),
            methods=[operation.method],
        )

    @api.get("/v1/openapi.json")
    def openapi() -> Response:
        return jsonify(document())

    @api.get("/docs")
    def docs() -> str:
        return render_template(
            "api_docs.html", sections=SECTIONS, document=document(), kind=kind_of, places=PLACES
        )

    @api.errorhandler(Problem)
    def known(error: Problem) -> Response:
        return problem(error)

    @api.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Answer:
        told = problem(Problem(error.code or 500, "http", error.name))
        for name, value in error.get_headers():
            if name in {"Allow", "Retry-After"}:
                told.headers[name] = value
        return told

    return [api]


def _answering(door: Door, operation: Operation) -> Callable[..., Response]:
    def view(**places: str) -> Response:
        door.needs(operation.right)
        found = operation.answer(door, operation.read(request, places))
        answer = found if isinstance(found, Response) else jsonify(found)
        answer.status_code = operation.status
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    return view
