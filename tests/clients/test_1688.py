"""1688: what is signed and sent, and what each answer means."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from clients.errors import Refused
from clients.supplier.alibaba1688 import Alibaba1688
from clients.supplier.aop import moment, sign
from clients.supplier.records import SupplierOrder
from tests.clients.buyer import PATHS, REFERENCE, SECRET, TOKEN, sent, yuan


@pytest.mark.parametrize(
    ("path", "params", "signature"),
    [
        pytest.param(
            "param2/1/system/currentTime/1000000",
            {"b": "2", "a": "1"},
            "33E54F4F7B989E3E0E912D3FBD2F1A03CA7CCE88",
            id="the published vector",
        ),
        pytest.param(
            "param2/1/com.alibaba.trade/alibaba.trade.cancel/1000000",
            {
                "webSite": "1688",
                "tradeID": "123456789",
                "cancelReason": "sellerGoodsLack",
                "access_token": "test",
                "_aop_timestamp": "1517820392000",
                "_aop_signature": "not part of it",
            },
            "98EB29B966B167FA89B36389E38A699E2C140F4A",
            id="a call with a token and a time",
        ),
    ],
)
def test_a_signature_is_the_one_1688_expects(path, params, signature):
    assert signature == sign("test123", path, params)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20180521141339000+0800", datetime(2018, 5, 21, 6, 13, 39, tzinfo=UTC)),
        ("20180521141339250-0700", datetime(2018, 5, 21, 21, 13, 39, 250000, tzinfo=UTC)),
        ("2018-05-21 14:13:39", datetime(2018, 5, 21, 6, 13, 39, tzinfo=UTC)),
    ],
)
def test_dates_become_utc(text, expected):
    assert expected == moment(text)
    assert UTC is moment(text).tzinfo


@pytest.mark.parametrize("text", ["", "20180521141339+0800", "20181321141339000+0800", "２０１８"])
def test_other_dates_are_errors(text):
    with pytest.raises(ValueError, match=r"time data|does not match|month|unconverted"):
        moment(text)


def test_a_call_is_signed_and_carries_no_secret(supplier, answer, mock):
    answer("urge", {"result": {"success": True, "code": "200", "result": True}})

    assert supplier.urge(REFERENCE) is True

    params = sent(mock)
    path = f"param2/1/{PATHS['urge']}/1000000"
    assert {name: value for name, value in params.items() if name != "_aop_signature"} == {
        "orderId": REFERENCE,
        "access_token": TOKEN,
    }
    assert sign(SECRET, path, params) == params["_aop_signature"]
    assert SECRET not in str(mock.calls[0].request.body)
    assert TOKEN not in mock.calls[0].request.url


def test_a_time_is_sent_and_signed_when_one_is_given(answer, mock):
    supplier = Alibaba1688("1000000", SECRET, TOKEN, timestamp=lambda: 1517820392000)
    answer("urge", {"result": {"success": True}})

    supplier.urge(REFERENCE)

    params = sent(mock)
    assert params["_aop_timestamp"] == "1517820392000"
    assert sign(SECRET, f"param2/1/{PATHS['urge']}/1000000", params) == params["_aop_signature"]


def test_urging_twice_a_day_is_no_error(supplier, answer):
    refusal = {"success": False, "code": "URGE", "message": "24小时内只能催一次", "result": False}
    answer("urge", {"result": refusal})

    assert supplier.urge(REFERENCE) is False


def test_urging_what_is_shipped_is_refused(supplier, answer):
    answer("urge", {"result": {"success": False, "code": "ORDER_STATUS_ERROR", "message": "no"}})

    with pytest.raises(Refused) as caught:
        supplier.urge(REFERENCE)

    assert caught.value.code == "ORDER_STATUS_ERROR"


def trade(*parcels, **base):
    values = {
        "idOfStr": REFERENCE,
        "status": "waitsellersend",
        "totalAmount": 12.34,
        "createTime": "20261120100000000+0800",
    }
    return {
        "success": "true",
        "result": {
            "baseInfo": {**values, **base},
            "productItems": [{"subItemID": 11, "subItemIDString": "11"}, {"subItemID": 12}],
            "nativeLogistics": {"logisticsItems": list(parcels)},
        },
    }


def test_a_purchase_before_shipment(supplier, answer, mock):
    answer("order", trade())

    assert supplier.order(REFERENCE) == SupplierOrder(
        reference=REFERENCE,
        status="waitsellersend",
        shipped_at=None,
        closed=False,
        paid=yuan(1234),
        entries=("11", "12"),
    )
    assert sent(mock)["webSite"] == "1688"


FIRST, SECOND = "20261121090000000+0800", "20261122090000000+0800"


@pytest.mark.parametrize(
    ("body", "shipped_at"),
    [
        pytest.param(
            trade({"deliveredTime": SECOND}, {"deliveredTime": FIRST}),
            datetime(2026, 11, 21, 1, tzinfo=UTC),
            id="the first parcel counts",
        ),
        pytest.param(
            trade(status="waitbuyerreceive", allDeliveredTime=SECOND),
            datetime(2026, 11, 22, 1, tzinfo=UTC),
            id="the whole order's time",
        ),
        pytest.param(
            trade(status="waitbuyerreceive", modifyTime=SECOND),
            datetime(2026, 11, 22, 1, tzinfo=UTC),
            id="a status that says so, without a time of its own",
        ),
        pytest.param(
            trade(status="success"),
            datetime(2026, 11, 20, 2, tzinfo=UTC),
            id="a status that says so, without any time",
        ),
    ],
)
def test_a_purchase_is_shipped_once_a_parcel_left(supplier, answer, body, shipped_at):
    answer("order", body)

    assert shipped_at == supplier.order(REFERENCE).shipped_at


def test_a_purchase_names_its_parcels(supplier, answer):
    answer("order", trade({"deliveredTime": FIRST, "logisticsBillNo": "YT1"}, {}))

    assert supplier.order(REFERENCE).tracking_numbers == ("YT1",)


@pytest.mark.parametrize(
    ("base", "closed"),
    [
        ({"status": "cancel"}, True),
        ({"status": "terminated"}, True),
        ({"status": "success"}, False),
        ({"refundStatus": "refundsuccess", "refund": "12.34"}, True),
        ({"refundStatus": "refundsuccess", "refund": 5}, False),
        ({"refundStatus": "refundsuccess"}, False),
        ({"refundStatus": "waitselleragree", "refund": "12.34"}, False),
    ],
)
def test_a_purchase_is_closed_once_cancelled_or_paid_back_in_full(supplier, answer, base, closed):
    answer("order", trade(**base))

    assert closed is supplier.order(REFERENCE).closed


@pytest.mark.parametrize(
    "body",
    [
        {"success": "false", "errorCode": "ORDER_NOT_EXIST", "errorMessage": "订单不存在"},
        {"result": {"success": False, "code": "5001"}, "errorCode": "5001"},
    ],
)
def test_a_purchase_1688_does_not_know_is_none(supplier, answer, body):
    answer("order", body)

    assert supplier.order(REFERENCE) is None


def test_an_answer_in_a_chinese_charset_is_read(supplier, answer):
    body = json.dumps(trade(remark="缺货"), ensure_ascii=False).encode("gb18030")
    answer("order", body)

    assert supplier.order(REFERENCE).status == "waitsellersend"
