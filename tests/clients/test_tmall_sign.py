"""The platform's published signature, and two computed with RFC test cases beside it."""

from __future__ import annotations

import pytest

from clients.tmall.envelope import root_of
from clients.tmall.sign import sign

T1 = {
    "app_key": "12345678",
    "method": "taobao.item.seller.get",
    "session": "test",
    "timestamp": "2016-01-01 12:00:00",
    "format": "json",
    "v": "2.0",
    "fields": "num_iid,title,nick,price,num",
    "num_iid": "11223344",
}
T2 = {
    "app_key": "12345678",
    "method": "taobao.refund.message.add",
    "session": "test",
    "timestamp": "2016-01-01 12:00:00",
    "format": "json",
    "v": "2.0",
    "refund_id": "1234567890",
    "content": "包装破损，见附图",
}
VECTORS = [
    (T1, "md5", "66987CB115214E59E6EC978214934FB8"),
    (T1, "hmac", "D56D7858309C31B6251083A874D48273"),
    (T1, "hmac-sha256", "04DB15AD0774D5CFCE2C837DE43E3FCEA9011ED74F3038FB6AB5F3C4CEA119E8"),
    (T2, "md5", "BDA83F4F1EA6C7806C3EC1C024083461"),
    (T2, "hmac", "22A6F7C3FA9170F18A02ECCF91E67186"),
    (T2, "hmac-sha256", "EB38CB9A2AAA82900CB8C31E0EDB962F0331155E91687EC0B691ABC6661D3EE5"),
]


@pytest.mark.parametrize(("params", "method", "signature"), VECTORS)
def test_the_signature_of_a_call(params, method, signature):
    assert sign("helloworld", {**params, "sign_method": method}) == signature


@pytest.mark.parametrize("method", ["md5", "hmac", "hmac-sha256"])
def test_order_empty_values_and_an_old_signature_change_nothing(method):
    params = {**T1, "sign_method": method}
    shuffled = dict(reversed(params.items()))

    assert sign("s", params) == sign("s", shuffled)
    assert sign("s", params) == sign("s", {**params, "nothing": "", "sign": "OLD"})
    assert sign("s", params) != sign("s", {**params, "something": "1"})


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match="unknown sign_method 'sha1'"):
        sign("s", {"sign_method": "sha1"})


@pytest.mark.parametrize(
    ("method", "root"),
    [
        ("taobao.refund.get", "refund_get_response"),
        ("taobao.openmall.refund.get", "openmall_refund_get_response"),
        ("tmall.dispute.receive.get", "tmall_dispute_receive_get_response"),
        ("alibaba.tianmao.uop.intercept", "alibaba_tianmao_uop_intercept_response"),
    ],
)
def test_success_is_under_the_methods_own_name(method, root):
    assert root_of(method) == root
