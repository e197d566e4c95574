"""The storefront's Admin API: `POST /shopify/<shop>/admin/api/<version>/graphql.json`."""

from __future__ import annotations

import hmac
import itertools
import json
from collections.abc import Callable

from flask import Blueprint, Response, request
from graphql import GraphQLSchema

from plugin.sandbox import cancelling, cost
from plugin.sandbox.admin import is_good
from plugin.sandbox.answers import Hangup, Truncated, plain_error
from plugin.sandbox.bulk import BulkWork
from plugin.sandbox.bulk_door import BulkDoor
from plugin.sandbox.execute import Answer, Call, Graph
from plugin.sandbox.faults import Fault, FaultKind
from plugin.sandbox.ground import Ground
from plugin.sandbox.keys import Running
from plugin.sandbox.mutations import Mutations
from plugin.sandbox.queries import Queries

_TOO_DEAR = {
    "message": f"Query cost is more than the single query limit of {cost.MOST_PER_QUERY}.",
    "extensions": {"code": "MAX_COST_EXCEEDED", "maxCost": cost.MOST_PER_QUERY},
}


class Storefront:
    """One shop's Admin API over the ledger."""

    def __init__(self, ground: Ground, load: Callable[[], GraphQLSchema]) -> None:
        self._ground = ground
        self._graph = Graph(load)
        self.bucket = cost.Bucket()
        self._running = Running()
        self._requests = itertools.count(1)
        self.bulk = BulkWork(ground, self._graph)
        self._door_to_bulk = BulkDoor(ground, self.bulk)

    def blueprint(self) -> Blueprint:
        """The one route, and the files of bulk operations."""
        blueprint = Blueprint("shopify", __name__)
        blueprint.add_url_rule(
            "/shopify/<shop>/admin/api/<version>/graphql.json",
            view_func=self.graphql,
            methods=["POST"],
        )
        self._door_to_bulk.add_to(blueprint)
        return blueprint

    def graphql(self, shop: str, version: str) -> Response:
        """Answers one document, as the misfortunes allow."""
        refused = self._door(shop, version)
        if refused is not None:
            return refused
        call = self._graph.read(request.get_json(force=True, silent=True) or {})
        if isinstance(call, list):
            return self._answer({"errors": call})
        if call.points > cost.MOST_PER_QUERY:
            return self._answer({"errors": [_TOO_DEAR]} | self._cost(call, executed=False))
        fault = self._ground.faults.take(*call.operations)
        if fault is not None and (before := self._before(call, fault)) is not None:
            return before
        if not self._paid(call) or (fault is not None and fault.kind is FaultKind.THROTTLE):
            return self._throttled(call)
        answer = self._execute(call, fault)
        return self._after(self._answer(answer | self._cost(call)), fault)

    def _door(self, shop: str, version: str) -> Response | None:
        token = request.headers.get("X-Shopify-Access-Token", "")
        right = self._ground.settings.access_token
        gone = self._ground.ledger.note("uninstalled")
        known = hmac.compare_digest(token.encode(), right.encode()) or is_good(self._ground, token)
        if gone or not known:
            says = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return self._answer({"errors": says}, 401)
        if shop != self._ground.settings.shop or version != self._ground.settings.api_version:
            return self._answer({"errors": "Not Found"}, 404)
        return None

    def _before(self, call: Call, fault: Fault) -> Response | None:
        if fault.kind is FaultKind.ERROR_500_BEFORE:
            return plain_error(500)
        if fault.kind is FaultKind.REFUSE:
            return self._answer(_refusal(call, fault) | self._cost(call))
        if fault.kind is FaultKind.SLOW and "refundCreate" not in call.roots:
            self._ground.closing.wait(fault.seconds)
        return None

    def _execute(self, call: Call, fault: Fault | None) -> Answer:
        seconds = 0.0 if fault is None else fault.seconds
        stale = seconds if fault is not None and fault.kind is FaultKind.STALE_READS else 0.0
        slow = seconds if fault is not None and fault.kind is FaultKind.SLOW else 0.0
        # What was begun by an earlier call is done by now; what this one begins is not.
        cancelling.finish_waiting(self._ground, self._ground.now())
        root = {
            **Queries(self._ground, stale).root(),
            **Mutations(self._ground, self._running, slow).root(),
            **self._door_to_bulk.root(),
        }
        return self._graph.execute(call, root)

    def _after(self, answer: Response, fault: Fault | None) -> Response:
        if fault is None:
            return answer
        if fault.kind is FaultKind.LOSE_ANSWER:
            return Hangup()
        if fault.kind is FaultKind.ERROR_502_AFTER:
            return plain_error(502)
        return Truncated(answer.get_data()) if fault.kind is FaultKind.TRUNCATED else answer

    def _paid(self, call: Call) -> bool:
        if not self._ground.settings.throttled:
            return True
        return self.bucket.pay(call.points, self._ground.now())

    def _throttled(self, call: Call) -> Response:
        error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
        return self._answer({"errors": [error]} | self._cost(call, executed=False))

    def _cost(self, call: Call, *, executed: bool = True) -> Answer:
        available = self.bucket.available(self._ground.now())
        status = {
            "maximumAvailable": cost.MAXIMUM,
            "currentlyAvailable": available,
            "restoreRate": cost.RESTORE,
        }
        spent = {
            "requestedQueryCost": call.points,
            "actualQueryCost": call.points if executed else None,
            "throttleStatus": status,
        }
        return {"extensions": {"cost": spent}}

    def _answer(self, body: Answer, status: int = 200) -> Response:
        answer = Response(json.dumps(body, ensure_ascii=False), status, mimetype="application/json")
        answer.headers["X-Shopify-API-Version"] = self._ground.settings.api_version
        answer.headers["X-Request-Id"] = f"sandbox-{next(self._requests)}"
        return answer


def _refusal(call: Call, fault: Fault) -> Answer:
    """A mutation is refused by its userErrors, a read by an access error."""
    if call.changes:
        return {"data": call.refused(fault.message)}
    return {
        "data": None,
        "errors": [{"message": fault.message, "extensions": {"code": "ACCESS_DENIED"}}],
    }
