"""What Tmall's platform tells is a hint: which purchase to read, and nothing more."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.timeline import NoteWritten
from tests.webhooks.bodies import Body, raw
from webhooks.translate import Ignored, Translation, Unreadable, translate


def told(topic: str, body: Body) -> Translation | Ignored:
    return translate("tmall", topic, raw(body), {})


def pushed(kind: object, data: object) -> Translation | Ignored:
    return told(f"push/{kind}", {"seller_id": "1234", "message_type": kind, "data": data})


READ = Translation(None, (), read_purchase="200077821489")


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (3, {"purchase_id": 200077821489, "status": "WAIT_BUYER_CONFIRM_GOODS", "sku_list": []}),
        ("3", {"purchase_id": "200077821489"}),
        (8, {"purchaseOrderId": 200077821489, "purchaseMarket": "PANAMA"}),
        (9, {"purchase_id": 200077821489, "purchaseOrderId": None, "refund_id": 1}),
        (9, '{"purchase_id": 200077821489}'),
    ],
)
def test_a_push_says_which_purchase_to_read(kind: object, data: object) -> None:
    assert pushed(kind, data) == READ


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({}, "data.purchase_id: missing"),
        ({"refund_id": 7}, "data.purchase_id: missing"),
        ({"purchase_id": 0.5}, "data.purchase_id: must be an order's number"),
        ({"purchase_id": -5}, "data.purchase_id: must be an order's number"),
        ({"purchase_id": "T/77"}, "data.purchase_id: must be an order's number"),
        ({"purchase_id": True}, "data.purchase_id: must be an order's number"),
        ({"purchase_id": "١٢"}, "data.purchase_id: must be an order's number"),
        ([], "data: must be an object"),
        ("no", "not JSON"),
    ],
)
def test_a_push_that_names_no_purchase_is_for_a_person(data: object, why: str) -> None:
    with pytest.raises(Unreadable) as caught:
        pushed(3, data)

    assert str(caught.value) == why


def test_a_push_is_the_type_it_was_kept_under() -> None:
    with pytest.raises(Unreadable, match="message_type"):
        told("push/3", {"message_type": 8, "data": {"purchase_id": 1}})


@pytest.mark.parametrize("kind", ["TradeChanged", "RefundChanged"])
@pytest.mark.parametrize("tid", [3305075341149134260, "3305075341149134260"])
def test_a_message_says_which_trade_to_read(kind: str, tid: object) -> None:
    body = {"distributor": "d", "outer_id": "123_AB", "status": "WAIT_SELLER", "tid": tid}

    assert told(f"taobao_openmall_{kind}", body) == Translation(
        None, (), read_purchase="3305075341149134260"
    )


@pytest.mark.parametrize(
    ("kind", "detail", "text"),
    [
        ("ORDER_NO_PAY", "未付款", "Tmall: the purchase has not been paid for · 未付款"),
        ("ORDER_HIGH_POSTFEE", None, "Tmall: the postage is over 20 yuan"),
        ("SOMETHING_NEW", "", "Tmall: SOMETHING_NEW"),
    ],
)
def test_an_alarm_is_a_note_for_a_person(kind: str, detail: str | None, text: str) -> None:
    body = {"type": kind, "tid": 77, "outer_id": "123_AB", "detail": detail}

    assert told("taobao_openmall_AlarmMsg", body) == Translation(
        None, (NoteWritten(text),), read_purchase="77"
    )


def stock(**changes: Any) -> Translation | Ignored:
    body = {"item_id": 600123, "quantity": 0, "status": "instock", **changes}
    return told("taobao_openmall_ItemStockChanged", body)


def test_a_product_that_ran_out_matters_once_it_is_known_which_of_ours_it_is() -> None:
    unknown = Ignored("Tmall's product 600123 ran out: no product of ours is known")

    assert stock() == unknown
    assert stock(sku="VASO-BLU") == unknown
    assert stock(quantity="0", sku="VASO-BLU", supplier="白塔") == Translation(
        None, (), sku_out="VASO-BLU", supplier="白塔"
    )


def test_a_product_that_is_there_changes_nothing() -> None:
    assert stock(quantity=3) == Ignored("the product is in stock: nothing follows from it")


@pytest.mark.parametrize(
    ("topic", "body", "field"),
    [
        ("TradeChanged", {"status": "x"}, "tid"),
        ("RefundChanged", {"tid": None}, "tid"),
        ("AlarmMsg", {"tid": 7}, "type"),
        ("ItemStockChanged", {"item_id": 7}, "quantity"),
        ("ItemStockChanged", {"item_id": 7, "quantity": -1}, "quantity"),
    ],
)
def test_what_a_message_lacks_is_named(topic: str, body: Body, field: str) -> None:
    with pytest.raises(Unreadable) as caught:
        told(f"taobao_openmall_{topic}", body)

    assert caught.value.field == field


@pytest.mark.parametrize(
    "topic", ["push/53", "push/", "taobao_openmall_ItemChanged", "taobao_trade_TradeCreate", ""]
)
def test_what_nobody_needs_is_ignored(topic: str) -> None:
    assert translate("tmall", topic, b"not even JSON", {}) == Ignored("unknown topic")
