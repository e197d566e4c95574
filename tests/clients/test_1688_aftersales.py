"""1688 after the parcel has left: pictures, claims, arbitration, addresses, customs."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import requests
import responses

from clients.errors import OutcomeUnknown, Refused
from clients.supplier.aftersales1688 import Address
from clients.supplier.alibaba1688 import Alibaba1688
from clients.supplier.records import TraceStep
from clients.supplier.trace import customs_state
from tests.clients.buyer import APP_KEY, BASE, REFERENCE, SECRET, TOKEN, sent, yuan

JPEG = b"\xff\xd8\xff picture"


@pytest.fixture
def mock():
    with responses.RequestsMock() as mocked:
        yield mocked


@pytest.fixture
def supplier() -> Alibaba1688:
    return Alibaba1688(APP_KEY, SECRET, TOKEN)


def url(api: str, namespace: str = "com.alibaba.trade") -> str:
    return f"{BASE}/param2/1/{namespace}/{api}/{APP_KEY}"


def test_a_picture_is_given_beside_the_signature(mock, supplier):
    found = {"imageDomain": "https://cbu.example/", "imageRelativeUrl": "/a/b.jpg"}
    mock.post(url("alibaba.trade.uploadRefundVoucher"), json={"result": {"result": found}})

    assert supplier.upload_voucher(JPEG) == "https://cbu.example/a/b.jpg"
    body = mock.calls[0].request.body
    assert b'name="imageData"; filename="evidence.jpg"' in body
    assert b'name="_aop_signature"' in body


@pytest.mark.parametrize("image", [b"", b"\x89PNG", JPEG + b"x" * 1024 * 1024])
def test_only_a_small_jpeg_is_a_voucher(supplier, image):
    with pytest.raises(ValueError, match="JPEG under one megabyte"):
        supplier.upload_voucher(image)


def test_a_claim_is_a_refund_of_received_goods_with_pictures(mock, supplier):
    reasons = {"result": {"result": {"reasons": [{"id": 7, "name": "质量问题"}]}}}
    mock.post(url("alibaba.trade.getRefundReasonList"), json=reasons)
    voucher = {"result": {"imageDomain": "https://i", "imageRelativeUrl": "1.jpg"}}
    mock.post(url("alibaba.trade.uploadRefundVoucher"), json=voucher)
    mock.post(url("alibaba.trade.createRefund"), json={"result": {"result": {"refundId": "TQ1"}}})

    made = supplier.claim(REFERENCE, ["11"], yuan(8800), "商品破损", [JPEG])

    assert made == "TQ1"
    form = sent(mock, 2)
    assert form["goodsStatus"] == "refundBuyerReceived"
    assert json.loads(form["vouchers"]) == ["https://i/1.jpg"]
    assert form["applyPayment"] == "8800"


def test_an_arbitration_whose_answer_is_lost_is_unknown_after_one_request(mock, supplier):
    mock.post(url("trade.arbitration.apply"), body=requests.ReadTimeout())
    with pytest.raises(OutcomeUnknown):
        supplier.apply_arbitration(REFERENCE, "TQ1", "3", "商品破损", [])
    assert len(mock.calls) == 1


def test_an_arbitration_names_the_request_and_shows_pictures(mock, supplier):
    mock.post(url("trade.arbitration.apply"), json={"result": {"success": True, "result": 99}})

    assert supplier.apply_arbitration(REFERENCE, "TQ1", "3", "破损", ["https://i/1.jpg"]) == "99"
    wanted = json.loads(sent(mock)["param"])
    assert (wanted["type"], wanted["refundId"]) == ("RefundComplaint", "TQ1")


def test_another_address_may_be_refused_by_the_seller(mock, supplier):
    refused = {"result": {"success": False, "message": "已发货"}}
    mock.post(url("order.receiveAddress.buyerUpdate"), json=refused)
    address = Address("李", "13800000000", "浙江省", "杭州市", "西湖区", "文三路 1 号")

    with pytest.raises(Refused):
        supplier.change_address(REFERENCE, address)
    assert "李" not in repr(address)


def test_the_way_of_a_parcel_inside_china_and_abroad(mock, supplier):
    parcel = {
        "logisticsSteps": [{"acceptTime": "2026-11-03 10:00:00", "remark": "已揽收"}],
        "crossPackageFulfillmentDTO": [
            {
                "crossPackageTraceDTOList": [
                    {
                        "nodeActionTime": "20261110100000000+0800",
                        "traceNode": {"traceNodeCode": "CUSTOMS", "traceNodeName": "目的国海关"},
                        "traceException": {"exceptionCode": "E1", "exceptionDesc": "海关扣留"},
                    }
                ]
            }
        ],
    }
    api = url("alibaba.trade.getLogisticsTraceInfo.buyerView", "com.alibaba.logistics")
    mock.post(api, json={"logisticsTrace": [parcel]})

    first, last = supplier.trace(REFERENCE)

    assert first.at == datetime(2026, 11, 3, 2, tzinfo=UTC)
    assert (last.code, last.exception) == ("CUSTOMS", "E1 海关扣留")
    assert customs_state([first, last]) == "held"


def test_a_parcel_that_has_been_nowhere_has_no_way(mock, supplier):
    api = url("alibaba.trade.getLogisticsTraceInfo.buyerView", "com.alibaba.logistics")
    mock.post(api, json={"success": False, "errorCode": "404", "errorMessage": "no trace"})

    assert supplier.trace(REFERENCE) == ()


def step(text: str, hour: int = 1) -> TraceStep:
    return TraceStep(datetime(2026, 11, 3, hour, tzinfo=UTC), "", text)


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ([], ""),
        (["已揽收", "运输中"], ""),
        (["海关查验中"], "held"),
        (["海关查验中", "海关放行"], "cleared"),
        (["海关放行", "派送中"], "cleared"),
        (["海关扣留", "包裹退运"], "returned"),
        (["Held by customs"], "held"),
        (["Clearance completed"], "cleared"),
        (["清关失败"], "returned"),
    ],
)
def test_customs_is_read_off_the_last_line_that_speaks_of_it(lines, state):
    assert customs_state([step(text, n + 1) for n, text in enumerate(lines)]) == state
