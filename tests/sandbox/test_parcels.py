"""What becomes of parcels and claims, as suppliers and the desk push it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from plugin.sandbox.app import World
from tests.sandbox.worlds import NOON, order
from webhooks.schemas.supplier import DATA

BOUGHT = "4001"


@pytest.fixture
def bought(world: World) -> World:
    world.happen("record_purchase", reference=BOUGHT, order_id=order(world))
    return world


def pushes(world: World) -> list[tuple[str, dict[str, Any]]]:
    """(type, data) of everything pushed since the purchase was told of."""
    rows = world.ground.ledger.rows("SELECT * FROM deliveries ORDER BY seq")
    found = [(r["topic"], json.loads(r["body"])) for r in rows if "/supplier" in r["path"]]
    return [(kind, body["data"]) for kind, body in found if kind != "purchase.recorded"]


def purchase(world: World) -> dict[str, Any]:
    return dict(next(p for p in world.ledger()["purchases"] if p["reference"] == BOUGHT))


@pytest.mark.parametrize(
    ("kind", "told", "pushed"),
    [
        ("refuse_parcel", {"parcels": 2}, ("parcel.refused", {"reason": "oversized"})),
        (
            "refuse_parcel",
            {"reason": "overweight"},
            ("parcel.refused", {"reason": "overweight"}),
        ),
        ("customs", {"result": "held"}, ("customs.held", {"since": NOON.isoformat()})),
        ("customs", {"result": "cleared"}, ("customs.cleared", {})),
        ("customs", {"result": "returned"}, ("customs.returned", {})),
        ("customs", {"result": "destroyed"}, ("customs.destroyed", {})),
        ("stop_parcel", {"result": "succeeded"}, ("parcel.stopped", {"result": "succeeded"})),
        ("stop_parcel", {"result": "failed"}, ("parcel.stopped", {"result": "failed"})),
        ("claim_result", {"result": "verified"}, ("claim.result", {"result": "verified"})),
        ("claim_result", {"result": "refused"}, ("claim.result", {"result": "refused"})),
        ("stock", {"supplier": "白塔", "sku": "LN-1"}, ("stock.changed", {"available": False})),
        ("stock", {"supplier": "白塔", "sku": "LN-1", "available": "yes"}, ("stock.changed", {})),
    ],
)
def test_every_push_is_one_of_the_contracts(
    bought: World, kind: str, told: dict[str, Any], pushed: tuple[str, dict[str, Any]]
) -> None:
    bought.happen(kind, **({"reference": BOUGHT} if kind != "stock" else {}), **told)
    ((topic, data),) = pushes(bought)
    assert topic == pushed[0]
    assert pushed[1].items() <= data.items()
    assert DATA[topic].validate(data) == {}


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("refuse_parcel", {"reason": "ugly"}),
        ("customs", {"result": "lost"}),
        ("stop_parcel", {"result": "maybe"}),
        ("claim_result", {"result": "maybe"}),
    ],
)
def test_what_the_contract_does_not_know_cannot_happen(
    bought: World, kind: str, told: dict[str, str]
) -> None:
    with pytest.raises(LookupError):
        bought.happen(kind, reference=BOUGHT, **told)
    assert pushes(bought) == []


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [("stop_parcel", "succeeded", "failed"), ("claim_result", "refused", "verified")],
)
def test_the_desk_says_what_became_of_it_once(
    bought: World, kind: str, first: str, second: str
) -> None:
    bought.happen(kind, reference=BOUGHT, result=first)
    bought.happen(kind, reference=BOUGHT, result=second)
    assert [data["result"] for _, data in pushes(bought)] == [first]


def test_a_stopped_parcel_is_not_shipped_any_more(bought: World) -> None:
    bought.happen("stop_parcel", reference=BOUGHT, result="succeeded")
    bought.happen("ship", reference=BOUGHT)
    assert purchase(bought)["status"] == "waitsellersend"


def test_a_shipped_parcel_is_not_refused_any_more(bought: World) -> None:
    bought.happen("ship", reference=BOUGHT)
    bought.happen("refuse_parcel", reference=BOUGHT)
    assert [kind for kind, _ in pushes(bought)] == ["purchase.shipped"]


@pytest.mark.parametrize(
    ("kind", "result", "money"),
    [
        ("stop_parcel", "succeeded", "received"),
        ("claim_result", "verified", "received"),
        ("stop_parcel", "failed", None),
        ("claim_result", "refused", None),
    ],
)
def test_the_supplier_pays_for_what_was_stopped_or_arrived_wrong(
    bought: World, kind: str, result: str, money: str | None
) -> None:
    bought.happen("ship", reference=BOUGHT)
    bought.happen(kind, reference=BOUGHT, result=result)
    order_id, lines = purchase(bought)["order_id"], purchase(bought)["lines"]
    bought.happen("refund", order_id=order_id, lines=lines)
    bought.turn(NOON + timedelta(days=9))
    assert purchase(bought).get("recovery") == money


def test_a_parcel_may_travel_faster_than_others(bought: World) -> None:
    bought.happen("ship", reference=BOUGHT, delivered_after=5)
    bought.turn(NOON + timedelta(days=5))
    (shipment,) = bought.ground.ledger.rows("SELECT * FROM fulfilments")
    assert shipment["shipment_status"] == "delivered"
