"""The supplier contract: what its messages mean, and that its two descriptions agree."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, fields

import webhooks
from plugin.terms import Route
from plugin.timeline import (
    CustomsSeen,
    Event,
    InterceptionSeen,
    OutOfStockReported,
    OversizedReported,
    PurchaseCancelled,
    PurchaseRecorded,
    PurchaseShipped,
    RecoverySeen,
    RouteLearned,
    SupplierAnswered,
)
from plugin.verbs import CONNECTIONS
from tests.webhooks import json_schema
from tests.webhooks.bodies import LAMP, ORDER_ID, SHOP, VASE, Body, raw
from tests.webhooks.moves import push, recorded
from webhooks.schemas.supplier import DATA
from webhooks.translate import Ignored, Translation, Unreadable, translate

CONTRACT = json.loads(
    (Path(webhooks.__file__).parent / "supplier_contract.schema.json").read_text("utf-8")
)
DOCUMENT = (Path(__file__).parents[2] / "docs" / "supplier-webhooks.md").read_text("utf-8")
ID = "白塔厨具旗舰店/T-77"
AT = datetime(2026, 11, 4, 1, 30, tzinfo=UTC)
AT_TEXT = "2026-11-04T09:30:00+08:00"
CNY = {"amount": "88.00", "currency": "CNY"}


def told(body: Body) -> Translation | Ignored:
    return translate("supplier", body["type"], raw(body), {"content-type": "application/json"})


def test_a_purchase_is_recorded() -> None:
    expected = PurchaseRecorded(
        purchase_id=ID,
        supplier="白塔厨具旗舰店",
        reference="T-77",
        connection="by_hand",
        lines=((VASE, 2),),
        route=Route.DOMESTIC,
        ship_by=datetime(2026, 11, 5, 15, 59, 59, tzinfo=UTC),
        ordered_at=datetime(2026, 11, 2, 10, 0, tzinfo=UTC),
        cost_minor=8800,
        cost_currency="CNY",
    )

    assert told(recorded()) == Translation(ORDER_ID, (expected,), purchase_key=ID)


def purchase(**changes: Any) -> PurchaseRecorded:
    found = told(recorded(**changes))
    assert isinstance(found, Translation)
    event = found.events[0]
    assert isinstance(event, PurchaseRecorded)
    return event


def test_what_may_be_left_unsaid_of_a_purchase() -> None:
    body = recorded()
    for name in ("route", "ship_by", "ordered_at", "replacement"):
        del body["data"][name]
    found = told(body)

    assert isinstance(found, Translation)
    event = found.events[0]
    assert isinstance(event, PurchaseRecorded)
    assert (event.route, event.ship_by, event.ordered_at) == (Route.UNKNOWN, None, None)
    assert event.replacement is False


def test_a_promise_to_the_second_or_to_the_day_in_china() -> None:
    assert purchase(ship_by=AT_TEXT).ship_by == AT
    assert purchase(ship_by="2026-12-31").ship_by == datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)


def test_a_line_named_twice_is_one_line() -> None:
    twice = [{"line_id": VASE, "quantity": 1}, {"line_id": LAMP, "quantity": 1}] * 2

    assert purchase(lines=twice).lines == ((VASE, 2), (LAMP, 2))


@pytest.mark.parametrize(
    ("body", "event"),
    [
        (
            push("purchase.shipped", shipped_at=AT_TEXT, tracking_number="LP1"),
            PurchaseShipped(ID, AT, "LP1"),
        ),
        (
            push("purchase.shipped", shipped_at=AT_TEXT, tracking_number=None),
            PurchaseShipped(ID, AT),
        ),
        (push("purchase.out_of_stock", message="没货"), OutOfStockReported(ID, (), "没货")),
        (push("purchase.out_of_stock", line_ids=[VASE]), OutOfStockReported(ID, (VASE,))),
        (push("purchase.answered", message="明天发"), SupplierAnswered(ID, "明天发")),
        (
            push("purchase.answered", message="", ship_by="2026-11-05"),
            SupplierAnswered(ID, "", datetime(2026, 11, 5, 15, 59, 59, tzinfo=UTC)),
        ),
        (push("purchase.cancelled", cancelled_at=AT_TEXT), PurchaseCancelled(ID, AT)),
        (push("purchase.route_changed", route="unknown"), RouteLearned(ID, Route.UNKNOWN)),
        (push("recovery.agreed", amount=CNY), RecoverySeen(ID, "agreed", 8800, "CNY")),
        (push("recovery.received", amount=CNY), RecoverySeen(ID, "received", 8800, "CNY")),
        (push("recovery.refused", message="不行"), RecoverySeen(ID, "refused", message="不行")),
        (push("recovery.refused", amount=CNY), RecoverySeen(ID, "refused", 8800, "CNY")),
        (push("parcel.refused", reason="oversized"), OversizedReported(ID, (), "oversized")),
        (
            push("parcel.refused", reason="overweight", line_ids=[VASE], parcels=2, message="太重"),
            OversizedReported(ID, (VASE,), "overweight: 太重", 2),
        ),
        (push("parcel.stopped", result="succeeded"), InterceptionSeen(ID, "succeeded")),
        (
            push("parcel.stopped", result="failed", message="已出口"),
            InterceptionSeen(ID, "failed", "已出口"),
        ),
        (push("customs.held", since=AT_TEXT), CustomsSeen(ID, "held", AT)),
        (
            push("customs.cleared", since=AT_TEXT, message="放行"),
            CustomsSeen(ID, "cleared", AT, message="放行"),
        ),
        (push("customs.returned", since=AT_TEXT), CustomsSeen(ID, "returned", AT)),
        (push("customs.destroyed", since=AT_TEXT), CustomsSeen(ID, "destroyed", AT)),
    ],
)  # fmt: skip
def test_what_each_message_means(body: Body, event: Event) -> None:
    assert told(body) == Translation(None, (event,), purchase_key=ID)


def test_a_claims_result_names_the_purchase_because_a_supplier_knows_no_cases() -> None:
    refused = told(push("claim.result", result="refused", message="证据不足"))
    verified = told(push("claim.result", result="verified"))

    assert refused == Translation(
        None, (), purchase_key=ID, claim_result=(ID, "refused", "证据不足")
    )
    assert verified == Translation(None, (), purchase_key=ID, claim_result=(ID, "verified", ""))


def stock(**changes: Any) -> Body:
    data = {"supplier": "白塔厨具旗舰店", "sku": "VASO-BLU", "available": False}
    return {"type": "stock.changed", "shop": SHOP, "data": data | changes}


def test_a_product_that_is_out_names_no_order() -> None:
    assert told(stock()) == Translation(None, (), sku_out="VASO-BLU", supplier="白塔厨具旗舰店")


def test_a_product_that_is_back_changes_nothing() -> None:
    assert told(stock(available=True)) == Ignored(
        "the product is in stock: nothing follows from it"
    )


def test_a_type_nobody_knows_is_ignored() -> None:
    assert told(push("purchase.eaten")) == Ignored("unknown type of message")


def test_the_type_is_the_one_it_was_kept_under() -> None:
    body = raw(push("purchase.cancelled", cancelled_at=AT_TEXT))
    with pytest.raises(Unreadable, match=r"^type: "):
        translate("supplier", "purchase.answered", body, {})


Spoiled = tuple[str, Mapping[str, Any], str]
SPOILED: list[Spoiled] = [
    ("purchase.recorded", {"supplier": ""}, "data.supplier"),
    ("purchase.recorded", {"supplier": " a"}, "data.supplier"),
    ("purchase.recorded", {"supplier": "a" * 101}, "data.supplier"),
    ("purchase.recorded", {"supplier": 7}, "data.supplier"),
    ("purchase.recorded", {"reference": "a/b"}, "data.reference"),
    ("purchase.recorded", {"reference": None}, "data.reference"),
    ("purchase.recorded", {"reference": 77}, "data.reference"),
    ("purchase.recorded", {"connection": "fax"}, "data.connection"),
    ("purchase.recorded", {"connection": []}, "data.connection"),
    ("purchase.recorded", {"order_id": "6012345678901"}, "data.order_id"),
    ("purchase.recorded", {"order_id": 2**63}, "data.order_id"),
    ("purchase.recorded", {"order_id": True}, "data.order_id"),
    ("purchase.recorded", {"lines": []}, "data.lines"),
    ("purchase.recorded", {"lines": [{"line_id": VASE, "quantity": 0}]}, "data.lines.0.quantity"),
    ("purchase.recorded", {"lines": [{"quantity": 1}]}, "data.lines.0.line_id"),
    ("purchase.recorded", {"lines": VASE}, "data.lines"),
    ("purchase.recorded", {"route": "by sea"}, "data.route"),
    ("purchase.recorded", {"route": []}, "data.route"),
    ("purchase.recorded", {"ship_by": "2026-11-05T10:00:00"}, "data.ship_by"),
    ("purchase.recorded", {"ship_by": "05.11.2026"}, "data.ship_by"),
    ("purchase.recorded", {"ordered_at": "2026-11-05"}, "data.ordered_at"),
    ("purchase.recorded", {"cost": None}, "data.cost"),
    ("purchase.recorded", {"cost": {"amount": 88, "currency": "CNY"}}, "data.cost.amount"),
    ("purchase.recorded", {"cost": {"amount": "-1", "currency": "CNY"}}, "data.cost.amount"),
    ("purchase.recorded", {"cost": {"amount": "88.00"}}, "data.cost.currency"),
    ("purchase.recorded", {"replacement": "no"}, "data.replacement"),
    ("purchase.recorded", {"replacement": None}, "data.replacement"),
    ("purchase.shipped", {"shipped_at": None}, "data.shipped_at"),
    ("purchase.shipped", {"shipped_at": AT_TEXT, "tracking_number": 7}, "data.tracking_number"),
    ("purchase.out_of_stock", {"line_ids": ["1"]}, "data.line_ids.0"),
    ("purchase.out_of_stock", {"message": 7}, "data.message"),
    ("purchase.answered", {"ship_by": 7}, "data.ship_by"),
    ("purchase.cancelled", {}, "data.cancelled_at"),
    ("purchase.route_changed", {"route": None}, "data.route"),
    ("recovery.agreed", {"message": "ok"}, "data.amount"),
    ("recovery.received", {"amount": "88.00"}, "data.amount"),
    ("recovery.refused", {"amount": {}}, "data.amount.amount"),
    ("parcel.refused", {}, "data.reason"),
    ("parcel.refused", {"reason": "ugly"}, "data.reason"),
    ("parcel.refused", {"reason": "oversized", "parcels": 1}, "data.parcels"),
    ("parcel.refused", {"reason": "oversized", "line_ids": VASE}, "data.line_ids"),
    ("parcel.stopped", {}, "data.result"),
    ("parcel.stopped", {"result": "maybe"}, "data.result"),
    ("customs.held", {}, "data.since"),
    ("customs.cleared", {"since": "2026-11-05"}, "data.since"),
    ("customs.returned", {"since": AT_TEXT, "message": 7}, "data.message"),
    ("customs.destroyed", {"since": AT_TEXT, "reference": "a/b"}, "data.reference"),
    ("claim.result", {"result": "succeeded"}, "data.result"),
    ("claim.result", {"result": None}, "data.result"),
    ("stock.changed", {"available": False}, "data.sku"),
    ("stock.changed", {"sku": " A", "available": False}, "data.sku"),
    ("stock.changed", {"sku": "A", "available": "no"}, "data.available"),
    ("stock.changed", {"sku": "A"}, "data.available"),
]
LATER: list[Spoiled] = [
    ("purchase.recorded", {"ship_by": "2026-02-30"}, "data.ship_by"),
    ("purchase.recorded", {"ship_by": "9999-12-31"}, "data.ship_by"),
    ("purchase.recorded", {"cost": {"amount": "1.005", "currency": "CNY"}}, "data.cost"),
    ("purchase.recorded", {"cost": {"amount": "1", "currency": "XXX"}}, "data.cost"),
    ("purchase.recorded", {"supplier": "a\u0085b"}, "data.supplier"),
]
"""What JSON Schema cannot say: calendars and currencies."""


def spoil(kind: str, changes: Mapping[str, Any]) -> Body:
    return recorded(**changes) if kind == "purchase.recorded" else push(kind, **changes)


@pytest.mark.parametrize(("kind", "changes", "field"), SPOILED + LATER)
def test_the_field_that_is_wrong_is_named(
    kind: str, changes: Mapping[str, Any], field: str
) -> None:
    with pytest.raises(Unreadable) as caught:
        told(spoil(kind, changes))

    assert caught.value.field == field


@pytest.mark.parametrize(("kind", "changes", "_field"), SPOILED)
def test_the_json_schema_refuses_the_same(
    kind: str, changes: Mapping[str, Any], _field: str
) -> None:
    assert not json_schema.accepts(CONTRACT, spoil(kind, changes))


GOOD = [
    recorded(),
    recorded(ship_by=None, ordered_at=None, connection="1688", replacement=True),
    recorded(ship_by="2026-11-05 10:00+0800", extra="not looked at"),
    push("purchase.shipped", shipped_at=AT_TEXT),
    push("purchase.out_of_stock", line_ids=[VASE], message=None),
    push("purchase.answered", message="好", ship_by="2026-11-05"),
    push("purchase.cancelled", cancelled_at=AT_TEXT),
    push("purchase.route_changed", route="unknown"),
    push("recovery.agreed", amount=CNY, message=""),
    push("recovery.received", amount=CNY),
    push("recovery.refused", amount=None),
    recorded(connection="openmall"),
    push("parcel.refused", reason="oversized", parcels=None),
    push("parcel.refused", reason="overweight", line_ids=[VASE], parcels=3, message="太重"),
    push("parcel.stopped", result="succeeded"),
    push("customs.held", since=AT_TEXT, message="要身份证"),
    push("customs.cleared", since=AT_TEXT),
    push("customs.returned", since=AT_TEXT),
    push("customs.destroyed", since=AT_TEXT, message=None),
    push("claim.result", result="verified", message="同意"),
    stock(),
]


@pytest.mark.parametrize("body", GOOD)
def test_both_descriptions_take_what_is_good(body: Body) -> None:
    assert isinstance(told(body), Translation)
    assert json_schema.accepts(CONTRACT, body)


@pytest.mark.parametrize("body", [{}, {"type": "purchase.shipped", "shop": SHOP}, push("other")])
def test_the_json_schema_wants_the_whole_message(body: Body) -> None:
    assert not json_schema.accepts(CONTRACT, body)


@pytest.mark.parametrize("kind", sorted(DATA))
def test_both_descriptions_name_the_same_fields(kind: str) -> None:
    branch = next(
        b["properties"]["data"]["$ref"]
        for b in CONTRACT["oneOf"]
        if b["properties"]["type"]["const"] == kind
    )
    described = CONTRACT["$defs"][branch.rpartition("/")[2]]

    assert set(DATA[kind].fields) == set(described["properties"])
    assert _required(DATA[kind]) == set(described["required"])


def test_both_descriptions_know_the_same_types() -> None:
    assert set(DATA) == set(CONTRACT["properties"]["type"]["enum"])


def test_both_descriptions_know_the_same_connections() -> None:
    described = CONTRACT["$defs"]["recorded"]["properties"]["connection"]["enum"]

    assert set(CONNECTIONS) == set(described)


@pytest.mark.parametrize("kind", sorted(DATA))
def test_the_document_names_every_type(kind: str) -> None:
    assert f"`{kind}`" in DOCUMENT


def _required(schema: Schema) -> set[str]:
    found: dict[str, fields.Field[Any]] = schema.fields
    return {name for name, each in found.items() if each.required}
