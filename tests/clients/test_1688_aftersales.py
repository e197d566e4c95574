"""1688 after the parcel has left: pictures, claims, arbitration, another address."""

from __future__ import annotations

import json
from dataclasses import replace
from email import message_from_bytes

import pytest
import requests

from clients.errors import OutcomeUnknown, Refused, Retriable
from clients.supplier.aop import sign
from tests.clients.buyer import (
    ADDRESS,
    JPEG,
    PATHS,
    REFERENCE,
    SECRET,
    TOKEN,
    complain,
    nested,
    sent,
    yuan,
)

PICTURE = {"imageDomain": "https://cbu.example/", "imageRelativeUrl": "/a/b.jpg"}
PICTURE_URL = "https://cbu.example/a/b.jpg"


def parts(request):
    """The parts of a multipart request by name, as (content type, content)."""
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    return {
        part.get_param("name", header="content-disposition"): (
            part.get_content_type(),
            part.get_payload(decode=True),
        )
        for part in message_from_bytes(head + request.body).get_payload()
    }


def test_a_picture_is_given_beside_the_signature(supplier, answer, mock):
    answer("upload", nested(**PICTURE))

    assert supplier.upload_voucher(JPEG) == PICTURE_URL

    found = parts(mock.calls[0].request)
    assert found.pop("imageData") == ("image/jpeg", JPEG)
    signature = found.pop("_aop_signature")[1].decode()
    params = {name: content.decode() for name, (_, content) in found.items()}
    assert params == {"access_token": TOKEN}
    assert sign(SECRET, f"param2/1/{PATHS['upload']}/1000000", params) == signature


def test_the_largest_picture_that_is_taken(supplier, answer):
    answer("upload", nested(**PICTURE))

    assert supplier.upload_voucher(JPEG.ljust(1024 * 1024 - 1, b"x")) == PICTURE_URL


@pytest.mark.parametrize(
    "image",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x89PNG\r\n", id="another kind"),
        pytest.param(JPEG.ljust(1024 * 1024, b"x"), id="a megabyte"),
    ],
)
def test_only_a_small_jpeg_is_a_voucher(supplier, mock, image):
    with pytest.raises(ValueError, match="JPEG under one megabyte"):
        supplier.upload_voucher(image)

    assert len(mock.calls) == 0


def reasons(*named):
    return nested(
        reasons=[
            {"id": number, "name": name, "needVoucher": proof} for number, name, proof in named
        ]
    )


def bought(status="waitbuyerreceive"):
    return {
        "result": {
            "baseInfo": {
                "status": status,
                "totalAmount": "88.00",
                "createTime": "20261120100000000+0800",
            }
        }
    }


def claim(supplier, pictures=(JPEG,)):
    return supplier.claim(REFERENCE, ["11"], yuan(8800), "商品破损", pictures)


@pytest.mark.parametrize(
    ("status", "goods"),
    [
        ("waitbuyerreceive", "refundBuyerReceived"),
        ("confirm_goods", "refundBuyerReceived"),
        ("success", "aftersaleBuyerReceived"),
    ],
)
def test_a_claim_is_a_refund_of_received_goods_with_pictures(supplier, answer, mock, status, goods):
    answer("order", bought(status))
    answer("reasons", reasons((7, "质量问题", True)))
    answer("upload", nested(**PICTURE))
    answer("ask", nested(refundId="TQ1"))

    assert claim(supplier) == "TQ1"

    form = sent(mock, 3)
    assert sent(mock, 1)["goodsStatus"] == form["goodsStatus"] == goods
    assert (form["applyPayment"], form["applyReasonId"]) == ("8800", "7")
    assert json.loads(form["vouchers"]) == [PICTURE_URL]


@pytest.mark.parametrize(
    ("listed", "chosen"),
    [
        pytest.param([(1, "不想要了", False), (2, "货物破损", True)], "2", id="it speaks of it"),
        pytest.param([(1, "不想要了", False), (2, "其他", True)], "2", id="it wants proof"),
        pytest.param([(1, "其他", False), (2, "不想要了", False)], "1", id="nothing fits"),
    ],
)
def test_a_claim_never_says_that_the_buyer_changed_his_mind_where_it_can_be_helped(
    supplier, answer, mock, listed, chosen
):
    answer("order", bought())
    answer("reasons", reasons(*listed))
    answer("ask", nested(refundId="TQ1"))

    claim(supplier, pictures=())

    assert sent(mock, 2)["applyReasonId"] == chosen


def test_a_claim_shows_five_pictures_at_most(supplier, answer, mock):
    answer("order", bought())
    answer("reasons", reasons((7, "质量问题", True)))
    answer("upload", nested(**PICTURE))
    answer("ask", nested(refundId="TQ1"))

    claim(supplier, pictures=[JPEG] * 7)

    assert len(json.loads(sent(mock, 7)["vouchers"])) == 5


def test_nothing_is_claimed_when_a_picture_does_not_get_through(supplier, answer, mock):
    answer("order", bought())
    answer("reasons", reasons((7, "质量问题", True)))
    answer("upload", requests.ReadTimeout())

    with pytest.raises(Retriable):
        claim(supplier)

    assert len(mock.calls) == 3


@pytest.mark.parametrize(
    ("order", "accepted", "picture"),
    [
        pytest.param({"errorCode": "5001"}, [], JPEG, id="no such purchase"),
        pytest.param(bought(), [], JPEG, id="no reason"),
        pytest.param(bought(), [(7, "质量问题", True)], b"\x89PNG", id="no JPEG"),
    ],
)
def test_what_cannot_be_claimed_is_refused(supplier, answer, mock, order, accepted, picture):
    answer("order", order)
    answer("reasons", reasons(*accepted))

    with pytest.raises(Refused):
        claim(supplier, pictures=[picture])

    assert not [call for call in mock.calls if "createRefund" in call.request.url]


def test_an_arbitration_whose_answer_is_lost_is_unknown_after_one_request(supplier, answer, mock):
    answer("complain", requests.ReadTimeout())

    with pytest.raises(OutcomeUnknown):
        complain(supplier)

    assert len(mock.calls) == 1


def test_an_arbitration_names_the_request_and_shows_pictures(supplier, answer, mock):
    answer("complain", {"result": {"success": True, "code": None, "result": 3655462545}})

    made = complain(supplier, pictures=["https://i/1.jpg", "https://i/2.jpg"])

    assert made == "3655462545"
    assert json.loads(sent(mock)["param"]) == {
        "type": "RefundComplaint",
        "orderId": int(REFERENCE),
        "refundId": "TQ1",
        "reasonId": 3,
        "reasonText": "破损",
        "picUrlEvidence": "https://i/1.jpg,https://i/2.jpg",
    }


@pytest.mark.parametrize("changes", [{"refund_id": ""}, {"refund_id": "1;2"}, {"reason_id": "x"}])
def test_a_complaint_about_nothing_is_not_sent(supplier, mock, changes):
    with pytest.raises(Refused):
        complain(supplier, **changes)

    assert len(mock.calls) == 0


def test_another_address_is_asked_for_without_what_is_not_known(supplier, answer, mock):
    answer("address", {"result": {"success": True, "code": "", "result": "true"}})

    supplier.change_address(REFERENCE, ADDRESS)

    assert json.loads(sent(mock)["param"]) == {
        "orderId": int(REFERENCE),
        "receiveAddress": {
            "fullName": "李雷",
            "mobile": "13800000000",
            "provinceText": "浙江省",
            "cityText": "杭州市",
            "areaText": "西湖区",
            "address": "文三路 1 号",
        },
    }


@pytest.mark.parametrize(
    "result", [{"success": False, "message": "已发货"}, {"success": True, "result": False}]
)
def test_another_address_may_be_refused(supplier, answer, result):
    answer("address", {"result": result})

    with pytest.raises(Refused):
        supplier.change_address(REFERENCE, ADDRESS)


@pytest.mark.parametrize(
    "changes", [{"name": " "}, {"mobile": ""}, {"province": ""}, {"city": ""}, {"street": ""}]
)
def test_an_address_no_parcel_finds_is_not_sent(supplier, mock, changes):
    with pytest.raises(Refused):
        supplier.change_address(REFERENCE, replace(ADDRESS, **changes))

    assert len(mock.calls) == 0


def test_an_address_is_nobodys_business():
    assert "李雷" not in repr(ADDRESS)
