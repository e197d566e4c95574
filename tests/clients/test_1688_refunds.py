"""1688: asking money back, and what became of it."""

from __future__ import annotations

import json

import pytest

from clients.errors import Refused, Retriable
from clients.money import Money
from clients.supplier.parse1688 import MaximumRefund, RefundReason
from clients.supplier.records import SupplierRefund
from tests.clients.buyer import ABOUT_AN_ORDER, REFERENCE, ask, listed, model, nested, sent, yuan


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


def test_part_of_a_purchase_and_its_proof_are_named(supplier, answer, mock):
    answer("ask", nested(refundId="TQ88"))

    ask(
        supplier, vouchers=["https://i/1.jpg"], counts={"11": 2}, goods_status="refundBuyerReceived"
    )

    params = sent(mock)
    assert json.loads(params["vouchers"]) == ["https://i/1.jpg"]
    assert json.loads(params["orderEntryCountList"]) == [{"id": 11, "count": 2}]
    assert params["goodsStatus"] == "refundBuyerReceived"


def test_what_is_not_asked_for_is_not_named(supplier, answer, mock):
    answer("ask", nested(refundId="TQ88"))

    ask(supplier)

    assert not {"vouchers", "orderEntryCountList"} & sent(mock).keys()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("5001", "no such order"),
        ("5002", "another buyer"),
        ("5003", "goods"),
        ("5004", "reason"),
        ("5005", "pictures"),
        ("5006", "postage"),
        ("5011", "more than"),
        ("5012", "description"),
        ("5013", "units"),
        ("5100", "without a reason"),
    ],
)
def test_a_refusal_says_what_its_code_means_and_what_1688_said(supplier, answer, code, words):
    answer("ask", {"result": {"success": False, "code": code, "message": "不行"}})

    with pytest.raises(Refused, match=words) as caught:
        ask(supplier)

    assert caught.value.code == code
    assert "不行" in caught.value.what


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
        pytest.param({"vouchers": ["https://i/1.jpg"] * 6}, id="six pictures"),
        pytest.param({"counts": {"13": 1}}, id="units of another line"),
        pytest.param({"counts": {"11": 0}}, id="no units"),
    ],
)
def test_what_1688_would_not_take_is_not_sent(supplier, mock, changes):
    with pytest.raises(Refused):
        ask(supplier, **changes)

    assert len(mock.calls) == 0


@pytest.mark.parametrize("reference", ["", "DS-1", "１２３", "1" * 21, "-5", "1.0"])
@pytest.mark.parametrize("name", ABOUT_AN_ORDER)
def test_a_number_that_is_none_of_1688s_is_not_sent(supplier, mock, reference, name):
    with pytest.raises(Refused):
        ABOUT_AN_ORDER[name](supplier, reference)

    assert len(mock.calls) == 0


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


@pytest.mark.parametrize(
    ("more", "intercept"),
    [
        ({"interceptStatus": "success"}, "success"),
        ('{"interceptStatus": "success"}', "success"),
        ({}, ""),
        (None, ""),
        ("{", ""),
        ("[]", ""),
        ([], ""),
    ],
)
def test_what_1688_says_of_stopping_the_parcel(supplier, answer, more, intercept):
    answer("refunds", listed(model("waitselleragree", extInfo=more)))

    (found,) = supplier.refunds(REFERENCE)

    assert found.intercept == intercept


def test_no_refunds(supplier, answer):
    answer("refunds", listed())

    assert supplier.refunds(REFERENCE) == ()
