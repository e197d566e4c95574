"""The supplier's API: signatures as published, urging once a day, one refund."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from plugin.sandbox import aop
from plugin.sandbox.app import World
from tests.sandbox.worlds import NOON, order

REFERENCE = "4000000000000001000"
URGE = ("com.alibaba.logistics", "logistics.delivery.urge")
TRADE = "com.alibaba.trade"


def call(world: World, namespace: str, api: str, **params: str) -> tuple[int, dict[str, Any]]:
    path = f"param2/1/{namespace}/{api}/1000000"
    sent = {"access_token": "test", "_aop_timestamp": "1762084800000"} | params
    sent.setdefault("_aop_signature", aop.sign("test123", path, sent))
    answer = world.wsgi.test_client().post(f"/1688/openapi/{path}", data=sent)
    return answer.status_code, json.loads(answer.get_data())


@pytest.fixture
def purchase(world: World) -> str:
    world.happen(
        "record_purchase",
        reference=REFERENCE,
        order_id=order(world),
        connection="1688",
        cost_minor=8800,
        fate={"answer_hours": 5, "pays": True, "recovery_days": 4},
    )
    return REFERENCE


def refund(world: World, **changes: str) -> dict[str, Any]:
    fields = {
        "orderId": REFERENCE,
        "orderEntryIds": json.dumps([int(REFERENCE) + 1]),
        "disputeRequest": "refund",
        "applyPayment": "8800",
        "applyCarriage": "0",
        "applyReasonId": "20021",
        "description": "卖家缺货，请退款",
        "goodsStatus": "refundWaitSellerSend",
    }
    return dict(call(world, TRADE, "alibaba.trade.createRefund", **fields | changes)[1]["result"])


def test_the_published_signature() -> None:
    path = "param2/1/system/currentTime/1000000"
    signed = aop.sign("test123", path, {"a": "1", "b": "2"})
    assert signed == "33E54F4F7B989E3E0E912D3FBD2F1A03CA7CCE88"


def test_the_signature_of_a_whole_call() -> None:
    params = {
        "webSite": "1688",
        "tradeID": "123456789",
        "cancelReason": "sellerGoodsLack",
        "access_token": "test",
        "_aop_timestamp": "1517820392000",
    }
    path = "param2/1/com.alibaba.trade/alibaba.trade.cancel/1000000"
    assert aop.sign("test123", path, params) == "98EB29B966B167FA89B36389E38A699E2C140F4A"


def test_dates_are_chinas(world: World) -> None:
    assert aop.date(NOON) == "20261102200000000+0800"


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"_aop_signature": "0" * 40}, 400, "gw.SignatureInvalid"),
        ({"_aop_signature": ""}, 400, "gw.SignatureInvalid"),
        ({"access_token": "stolen"}, 401, "gw.AuthenticationInvalid"),
    ],
)
def test_a_stranger_is_not_let_in(
    world: World, wrong: dict[str, str], status: int, code: str
) -> None:
    answered, body = call(world, *URGE, orderId=REFERENCE, **wrong)
    assert (answered, body["error_code"]) == (status, code)


def test_a_seller_is_urged_once_in_24_hours(world: World, purchase: str) -> None:
    clock = world.ground.settings.clock
    results = []
    for hours in (0, 23, 24):
        clock.turn_to(NOON + timedelta(hours=hours))
        results.append(call(world, *URGE, orderId=purchase)[1]["result"]["success"])
    assert results == [True, False, True]
    assert len(world.ledger()["urges"][purchase]) == 2


def test_a_seller_who_shipped_is_not_urged(world: World, purchase: str) -> None:
    world.happen("ship", reference=purchase)
    assert call(world, *URGE, orderId=purchase)[1]["result"]["code"] == "ORDER_STATUS_ERROR"


def test_an_urged_seller_answers_some_hours_later(world: World, purchase: str) -> None:
    call(world, *URGE, orderId=purchase)
    world.turn(NOON + timedelta(hours=6))
    answered = world.ledger()["purchases"][0]["answered_at"]
    assert answered == "2026-11-02T17:00:00+00:00"


def test_the_buyers_view_shows_the_shipment(world: World, purchase: str) -> None:
    view = TRADE, "alibaba.trade.get.buyerView"
    base = call(world, *view, orderId=purchase)[1]["result"]["baseInfo"]
    assert (base["status"], base["idOfStr"]) == ("waitsellersend", purchase)
    world.happen("ship", reference=purchase)
    shipped = call(world, *view, orderId=purchase)[1]["result"]
    assert shipped["baseInfo"]["status"] == "waitbuyerreceive"
    assert shipped["baseInfo"]["allDeliveredTime"] == "20261102200000000+0800"
    assert shipped["nativeLogistics"]["logisticsItems"][0]["logisticsBillNo"].startswith("LP")


def test_a_stale_view_does_not_show_the_shipment_yet(world: World, purchase: str) -> None:
    world.ground.settings.clock.turn_to(NOON + timedelta(hours=2))
    world.happen("ship", reference=purchase)
    world.faults.add("buyerView", "stale_reads", seconds=3600)
    seen = [
        call(world, TRADE, "alibaba.trade.get.buyerView", orderId=purchase)[1]["result"]
        for _ in range(2)
    ]
    assert [view["baseInfo"]["status"] for view in seen] == ["waitsellersend", "waitbuyerreceive"]


def test_what_was_not_bought_here_is_not_known(world: World) -> None:
    world.happen("record_purchase", reference="4009", order_id=order(world))
    body = call(world, TRADE, "alibaba.trade.get.buyerView", orderId="4009")[1]
    assert body["result"]["code"] == "5001"


def test_a_refund_is_made_once(world: World, purchase: str) -> None:
    assert refund(world)["result"]["refundId"].startswith("TQ")
    assert refund(world)["code"] == "5010"
    assert [row["amount_minor"] for row in world.ledger()["supplier_refunds"]] == [8800]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"applyPayment": "8799"}, "5011"),
        ({"applyPayment": "8801"}, "5011"),
        ({"applyCarriage": "1"}, "5006"),
        ({"applyReasonId": "1"}, "5004"),
        ({"applyReasonId": "20031"}, "5005"),
        ({"goodsStatus": "refundBuyerReceived"}, "5003"),
        ({"description": "x"}, "5012"),
        ({"orderEntryIds": "[7]"}, "5013"),
        ({"orderId": "77"}, "5001"),
    ],
)
def test_a_refund_that_does_not_fit_is_refused(
    world: World, purchase: str, changes: dict[str, str], code: str
) -> None:
    assert refund(world, **changes)["code"] == code
    assert world.ledger()["supplier_refunds"] == []


def test_a_refund_is_agreed_and_paid_in_time(world: World, purchase: str) -> None:
    refund(world)
    query = TRADE, "alibaba.trade.refund.buyer.queryOrderRefundList"
    seen = []
    for days in (0, 2, 5):
        world.ground.settings.clock.turn_to(NOON + timedelta(days=days))
        world.turn(NOON + timedelta(days=days, seconds=1))
        listed = call(world, *query, orderId=purchase)[1]["result"]["opOrderRefundModels"]
        seen.append((listed[0]["status"], listed[0]["refundPayment"]))
    assert seen == [("waitselleragree", 0), ("waitselleragree", 0), ("refundsuccess", 8800)]


def test_fees_and_reasons(world: World, purchase: str) -> None:
    asked = json.dumps({"orderId": purchase, "goodsStatus": "refundWaitSellerSend"})
    fee = call(world, TRADE, "alibaba.trade.getMaxRefundFee", input=asked)[1]["result"]["result"]
    assert fee["maxRefundFee"] == 8800
    reasons = call(world, TRADE, "alibaba.trade.getRefundReasonList", orderId=purchase)[1]
    assert 20021 in [reason["id"] for reason in reasons["result"]["result"]["reasons"]]


@pytest.mark.parametrize(
    ("kind", "status", "urged"), [("error_500_before", 500, 0), ("error_502_after", 502, 1)]
)
def test_misfortunes_of_the_gateway(
    world: World, purchase: str, kind: str, status: int, urged: int
) -> None:
    world.faults.add("urge", kind)
    path = f"param2/1/{URGE[0]}/{URGE[1]}/1000000"
    sent = {"access_token": "test", "orderId": purchase}
    sent["_aop_signature"] = aop.sign("test123", path, sent)
    answer = world.wsgi.test_client().post(f"/1688/openapi/{path}", data=sent)
    assert answer.status_code == status
    assert len(world.ledger()["urges"].get(purchase, [])) == urged
