"""A supplier with an API, like 1688: `POST /1688/openapi/param2/1/<namespace>/<api>/<app key>`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, request

from plugin.sandbox import aop, supplier_refunds
from plugin.sandbox.answers import Hangup, Truncated, plain_error
from plugin.sandbox.faults import Fault, FaultKind
from plugin.sandbox.ground import Ground
from plugin.sandbox.supplier_refunds import Fields, Refusal
from plugin.sandbox.supplier_trade import trace, trade, urge

TRADE, LOGISTICS = "com.alibaba.trade", "com.alibaba.logistics"

Handler = Callable[[Ground, Fields], dict[str, Any]]

METHODS: Mapping[tuple[str, str], tuple[str, Handler]] = {
    (LOGISTICS, "logistics.delivery.urge"): ("urge", urge),
    (TRADE, "alibaba.trade.get.buyerView"): ("buyerView", trade),
    (LOGISTICS, "alibaba.trade.getLogisticsTraceInfo.buyerView"): ("traceInfo", trace),
    (TRADE, "alibaba.trade.getRefundReasonList"): ("getRefundReasonList", supplier_refunds.reasons),
    (TRADE, "alibaba.trade.getMaxRefundFee"): ("getMaxRefundFee", supplier_refunds.maximum),
    (TRADE, "alibaba.trade.createRefund"): ("createRefund", supplier_refunds.create),
    (TRADE, "alibaba.trade.refund.buyer.queryOrderRefundList"): (
        "queryOrderRefundList",
        supplier_refunds.query,
    ),
}
"""Each API with the short name faults are ordered by."""


class Supplier:
    """The gateway."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def blueprint(self) -> Blueprint:
        """The one route."""
        blueprint = Blueprint("supplier_api", __name__)
        blueprint.add_url_rule(
            "/1688/openapi/param2/1/<namespace>/<api>/<app_key>",
            view_func=self.gateway,
            methods=["POST"],
        )
        return blueprint

    def gateway(self, namespace: str, api: str, app_key: str) -> Response:
        """Checks who asks, then lets the method answer."""
        params = request.form.to_dict()
        refused = self._door(f"param2/1/{namespace}/{api}/{app_key}", app_key, params)
        if refused is not None:
            return refused
        method = METHODS.get((namespace, api))
        if method is None:
            return _gateway_error(404, "gw.APINotFound", f"no such api {namespace}:{api}")
        name, handler = method
        fault = self._ground.faults.take(name, api)
        before = None if fault is None else self._before(fault)
        if before is not None:
            return before
        until = "9"
        if fault is not None and fault.kind is FaultKind.STALE_READS:
            until = self._ground.ago(fault.seconds)
        return _after(self._handle(handler, Fields(params, until)), fault)

    def _door(self, path: str, app_key: str, params: Mapping[str, str]) -> Response | None:
        settings = self._ground.settings
        if app_key != settings.aop_key:
            return _gateway_error(400, "gw.AppKeyNotFound", "app key does not exist")
        if not aop.verified(settings.aop_secret, path, params):
            return _gateway_error(400, "gw.SignatureInvalid", "invalid signature")
        if params.get("access_token") != settings.aop_token:
            return _gateway_error(401, "gw.AuthenticationInvalid", "access token is invalid")
        return None

    def _handle(self, handler: Handler, fields: Fields) -> Response:
        try:
            with self._ground.ledger.writing():
                return _json(handler(self._ground, fields))
        except Refusal as refusal:
            return _json(refusal.body())

    def _before(self, fault: Fault) -> Response | None:
        if fault.kind is FaultKind.ERROR_500_BEFORE:
            return _gateway_error(500, "gw.ServiceError", "service error")
        if fault.kind is FaultKind.THROTTLE:
            return _gateway_error(403, "gw.QosAppFrequencyLimit", "app call frequency limit")
        if fault.kind is FaultKind.REFUSE:
            return _json(Refusal("5100", fault.message).body())
        if fault.kind is FaultKind.SLOW:
            self._ground.closing.wait(fault.seconds)
        return None


def _after(answer: Response, fault: Fault | None) -> Response:
    if fault is None:
        return answer
    if fault.kind is FaultKind.LOSE_ANSWER:
        return Hangup()
    if fault.kind is FaultKind.ERROR_502_AFTER:
        return plain_error(502)
    return Truncated(answer.get_data()) if fault.kind is FaultKind.TRUNCATED else answer


def _gateway_error(status: int, code: str, message: str) -> Response:
    return _json({"error_code": code, "error_message": message, "exception": message}, status)


def _json(body: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, mimetype="application/json")
