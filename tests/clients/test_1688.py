"""1688: what is signed and sent, and what each answer means."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
import requests
import responses

from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, Retriable
from clients.money import Money
from clients.supplier.alibaba1688 import Alibaba1688
from clients.supplier.aop import moment, sign
from clients.supplier.parse1688 import MaximumRefund, RefundReason
from clients.supplier.records import SupplierOrder, SupplierRefund

BASE = "https://gw.open.1688.com/openapi"
REFERENCE = "4207654321098765432"
SECRET, TOKEN = "secret-canary", "token-canary"
PATHS = {
    "urge": "com.alibaba.logistics/logistics.delivery.urge",
    "order": "com.alibaba.trade/alibaba.trade.get.buyerView",
    "reasons": "com.alibaba.trade/alibaba.trade.getRefundReasonList",
    "maximum": "com.alibaba.trade/alibaba.trade.getMaxRefundFee",
    "ask": "com.alibaba.trade/alibaba.trade.createRefund",
    "refunds": "com.alibaba.trade/alibaba.trade.refund.buyer.queryOrderRefundList",
}


def yuan(fen):
    return Money(fen, "CNY")


@pytest.fixture
def supplier():
    return Alibaba1688("1000000", SECRET, TOKEN)


@pytest.fixture
def answer(mock):
    def put(name, body, status=200):
        url = f"{BASE}/param2/1/{PATHS[name]}/1000000"
        if isinstance(body, Exception | bytes):
            mock.add(responses.POST, url, body=body, status=status)
        else:
            mock.add(responses.POST, url, json=body, status=status)

    return put


def sent(mock, number=0):
    return {
        name: value for name, (value,) in parse_qs(mock.calls[number].request.body.decode()).items()
    }


def ask(supplier, amount=None, description="未发货，申请退款", **changes):
    return supplier.ask_refund(
        REFERENCE, ["11", "12"], amount or yuan(1234), "20021", description, **changes
    )


ACTIONS = {
    "urge": lambda supplier: supplier.urge(REFERENCE),
    "order": lambda supplier: supplier.order(REFERENCE),
    "reasons": lambda supplier: supplier.refund_reasons(REFERENCE, ["11"]),
    "maximum": lambda supplier: supplier.max_refund_fee(REFERENCE, [("11", 1)]),
    "ask": ask,
    "refunds": lambda supplier: supplier.refunds(REFERENCE),
}
WRITES = {"urge", "ask"}


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


def nested(**result):
    return {"result": {"success": True, "code": "200", "message": "", "result": result}}


def test_reasons_are_listed_as_1688_has_them(supplier, answer, mock):
    first = {"id": 20021, "name": "卖家缺货", "needVoucher": False, "noRefundCarriage": False}
    second = {"id": 2, "name": "破损", "needVoucher": "true", "noRefundCarriage": True, "tip": "!"}
    answer("reasons", nested(reasons=[first, second]))

    found = supplier.refund_reasons(REFERENCE, ["11", "12"], goods_status="refundBuyerReceived")

    assert (
        RefundReason("20021", "卖家缺货", needs_voucher=False, freight=True),
        RefundReason("2", "破损", needs_voucher=True, freight=False, tip="!"),
    ) == found
    assert (
        sent(mock)["orderEntryIds"],
        sent(mock)["goodsStatus"],
    ) == ("[11,12]", "refundBuyerReceived")


def test_the_most_that_may_be_asked_for(supplier, answer, mock):
    answer("maximum", nested(maxRefundFee=900, maxGoodsFee=700, maxPostFee=200))

    found = supplier.max_refund_fee(REFERENCE, [("11", 2)])

    assert MaximumRefund(yuan(900), yuan(700), yuan(200)) == found
    assert {
        "orderId": int(REFERENCE),
        "goodsStatus": "refundWaitSellerSend",
        "refundGoodsCountList": [{"id": 11, "count": 2}],
    } == json.loads(sent(mock)["input"])


def test_a_refund_is_asked_for_in_fen(supplier, answer, mock):
    answer("ask", nested(refundId="TQ88"))

    assert ask(supplier, carriage=yuan(200)) == "TQ88"

    params = sent(mock)
    assert (
        params["applyPayment"],
        params["applyCarriage"],
        params["applyReasonId"],
    ) == ("1234", "200", "20021")
    assert (
        params["disputeRequest"],
        params["goodsStatus"],
        params["orderEntryIds"],
    ) == ("refund", "refundWaitSellerSend", "[11,12]")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"amount": Money(1234, "USD")}, id="another currency"),
        pytest.param({"amount": yuan(-1)}, id="less than nothing"),
        pytest.param({"description": "x"}, id="too short"),
        pytest.param({"description": "字" * 151}, id="too long"),
    ],
)
def test_what_1688_would_not_take_is_not_sent(supplier, mock, changes):
    with pytest.raises(Refused):
        ask(supplier, **changes)

    assert len(mock.calls) == 0


@pytest.mark.parametrize("reference", ["", "DS-1", "１２３", "1" * 21, "-5", "1.0"])
@pytest.mark.parametrize("name", [name for name in ACTIONS if name != "ask"])
def test_a_number_that_is_none_of_1688s_is_not_sent(supplier, mock, reference, name):
    calls = {
        "urge": lambda: supplier.urge(reference),
        "order": lambda: supplier.order(reference),
        "reasons": lambda: supplier.refund_reasons(reference, []),
        "maximum": lambda: supplier.max_refund_fee(reference, []),
        "refunds": lambda: supplier.refunds(reference),
    }
    with pytest.raises(Refused):
        calls[name]()

    assert len(mock.calls) == 0


def model(status, **changes):
    values = {"refundId": "TQ1", "status": status, "applyPayment": 1234, "refundPayment": 0}
    return {**values, "applyReason": "缺货", **changes}


def listed(*models, total=None):
    return {
        "success": True,
        "result": {
            "opOrderRefundModels": list(models),
            "totalCount": len(models) if total is None else total,
        },
    }


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("waitselleragree", "asked"),
        ("waitbuyermodify", "refused"),
        ("waitbuyersend", "agreed"),
        ("waitsellerreceive", "agreed"),
        ("refundsuccess", "received"),
        ("refundclose", "refused"),
        ("something_new", "asked"),
    ],
)
def test_what_the_states_of_a_refund_mean(supplier, answer, mock, status, state):
    answer("refunds", listed(model(status)))

    assert (
        SupplierRefund("TQ1", REFERENCE, state, status, yuan(1234), "缺货"),
    ) == supplier.refunds(REFERENCE)
    assert (sent(mock)["dipsuteType"], sent(mock)["currentPageNum"]) == ("0", "0")


def test_what_was_received_is_what_was_paid_and_a_no_has_its_reason(supplier, answer):
    answer(
        "refunds",
        listed(
            model("refundsuccess", refundPayment=1000), model("refundclose", rejectReason="已发货")
        ),
    )

    received, refused = supplier.refunds(REFERENCE)

    assert (yuan(1000), "已发货") == (received.amount, refused.reason)


def test_all_pages_of_refunds_are_read(supplier, answer, mock):
    answer("refunds", listed(model("refundclose"), total=2))
    answer("refunds", listed(model("waitselleragree", refundId="TQ2"), total=2))

    assert [found.id for found in supplier.refunds(REFERENCE)] == ["TQ1", "TQ2"]
    assert sent(mock, 1)["currentPageNum"] == "1"


def test_a_list_of_refunds_with_gaps_is_not_taken_for_whole(supplier, answer):
    answer("refunds", listed(total=2))

    with pytest.raises(Retriable):
        supplier.refunds(REFERENCE)


def test_no_refunds(supplier, answer):
    answer("refunds", listed())

    assert supplier.refunds(REFERENCE) == ()


def refused(code):
    return {"result": {"success": False, "code": code, "message": "不行"}}


def gateway(code):
    return {"error_code": code, "error_message": "no", "exception": "no"}


REFUSALS = [
    (200, refused("5010"), Refused, OutcomeUnknown),
    (200, refused("5011"), Refused, Refused),
    (200, refused("5005"), Refused, Refused),
    (200, refused("4001"), Retriable, OutcomeUnknown),
    (200, refused("500_1"), Retriable, OutcomeUnknown),
    (200, refused("400_2"), NeedsAuthorisation, NeedsAuthorisation),
    (200, refused("400_3"), Refused, Refused),
    (200, {"success": "false"}, Refused, Refused),
    (200, gateway("gw.QosAppFrequencyLimit"), Retriable, Retriable),
    (403, gateway("gw.QosAppFrequencyLimit"), Retriable, Retriable),
    (400, gateway("gw.SignatureInvalid"), NeedsAuthorisation, NeedsAuthorisation),
    (401, gateway("gw.AuthenticationInvalid"), NeedsAuthorisation, NeedsAuthorisation),
    (400, gateway("401"), NeedsAuthorisation, NeedsAuthorisation),
    (404, gateway("gw.APINotFound"), Refused, Refused),
    (400, b"<html>", Refused, Refused),
    (401, b"<html>", NeedsAuthorisation, NeedsAuthorisation),
    (429, {}, Retriable, Retriable),
    (500, gateway("gw.ServiceError"), Retriable, OutcomeUnknown),
    (502, b"<html>", Retriable, OutcomeUnknown),
    (200, b"<html>", Retriable, OutcomeUnknown),
    (200, b"[]", Retriable, OutcomeUnknown),
    (200, requests.ReadTimeout(), Retriable, OutcomeUnknown),
    (200, requests.ConnectTimeout(), Retriable, Retriable),
    (200, requests.exceptions.ChunkedEncodingError(), Retriable, OutcomeUnknown),
]


@pytest.mark.parametrize(("status", "body", "read", "write"), REFUSALS)
@pytest.mark.parametrize("name", ACTIONS)
def test_what_a_refusal_means(supplier, answer, mock, name, status, body, read, write):
    expected = write if name in WRITES else read
    answer(name, body, status)

    with pytest.raises(expected) as caught:
        ACTIONS[name](supplier)

    assert expected is type(caught.value)
    assert not any(canary in f"{caught.value!r}" for canary in (SECRET, TOKEN))
    assert len(mock.calls) == 1


@pytest.mark.parametrize("name", ["order", "reasons", "maximum", "refunds"])
@pytest.mark.parametrize("body", [{}, {"result": {}}, {"result": 1}, {"result": {"result": []}}])
def test_an_answer_that_lacks_something_may_be_asked_for_again(supplier, answer, name, body):
    answer(name, body)

    with pytest.raises(Retriable):
        ACTIONS[name](supplier)


@pytest.mark.parametrize("body", [{}, {"result": 1}, {"result": {"success": True}}, nested()])
def test_a_refund_without_a_number_is_open(supplier, answer, body):
    answer("ask", body)

    with pytest.raises(OutcomeUnknown):
        ask(supplier)


@pytest.mark.parametrize("body", [{}, {"result": 1}, {"result": {}}, {"success": True}])
def test_an_urge_without_a_word_is_open(supplier, answer, body):
    answer("urge", body)

    with pytest.raises(OutcomeUnknown):
        supplier.urge(REFERENCE)


@pytest.mark.parametrize("value", ["12.5", 12.5, True, "x", None, "１２"])
def test_a_broken_amount_is_never_rounded(supplier, answer, value):
    answer("refunds", listed(model("waitselleragree", applyPayment=value)))

    with pytest.raises(Retriable):
        supplier.refunds(REFERENCE)
