"""OpenMall over a mocked gateway: amounts, states, errors, and never a blind repeat."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
import requests
import responses

from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, Retriable
from clients.money import Money
from clients.tmall.envelope import listed
from clients.tmall.openmall import OpenMall, yuan
from clients.tmall.sign import sign
from clients.tmall.tmc import Tmc
from clients.tmall.top import Top

URL = "https://eco.taobao.com/router/rest"
NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)


@pytest.fixture
def mock():
    with responses.RequestsMock() as mocked:
        yield mocked


def top() -> Top:
    return Top("12345678", "helloworld", "session", now=lambda: NOON)


def mall() -> OpenMall:
    return OpenMall(top(), "lanterna")


def answers(mock, method: str, body: object = None, **more) -> None:
    if body is not None:
        root = f"{method.removeprefix('taobao.').replace('.', '_')}_response"
        more["json"] = {root: {"request_id": "r1", **body}}
    mock.post(URL, **more)


def refused(mock, code: int, sub: str = "", said: str = "") -> None:
    failed = {"code": code, "msg": "no", "sub_code": sub, "sub_msg": said, "request_id": "r3"}
    mock.post(URL, json={"error_response": failed})


def sent(mock, n: int = 0) -> dict[str, str]:
    body = mock.calls[n].request.body
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


TRADE = {
    "tid": 4001,
    "status": "WAIT_BUYER_CONFIRM_GOODS",
    "payment": "88.00",
    "est_con_time": "2026-11-05 23:59:59",
    "orders": {
        "order": [
            {"oid": 1, "refund_id": 0, "consign_time": "2026-11-03 10:00:00", "invoice_no": "SF1"},
            {"oid": 2, "refund_id": 88001, "invoice_no": "SF1"},
        ]
    },
}


def test_a_call_is_signed_over_what_is_sent_at_chinas_time(mock):
    answers(mock, "taobao.openmall.trade.get", {"trade": TRADE})
    mall().order("4001")

    form = sent(mock)
    assert form["timestamp"] == "2026-11-02 12:00:00"
    assert form["distributor"] == "lanterna"
    assert form["sign"] == sign("helloworld", form)


def test_a_purchase_with_its_lines_its_date_and_its_parcel(mock):
    answers(mock, "taobao.openmall.trade.get", {"trade": TRADE})
    found = mall().order("4001")

    assert found is not None
    assert (found.reference, found.paid, found.closed) == ("4001", Money(8800, "CNY"), False)
    assert found.shipped_at == datetime(2026, 11, 3, 2, tzinfo=UTC)
    assert found.ship_by == datetime(2026, 11, 5, 15, 59, 59, tzinfo=UTC)
    assert (found.entries, found.tracking_numbers) == (("1", "2"), ("SF1",))


def test_a_purchase_tmall_does_not_know_is_none(mock):
    refused(mock, 15, "isv.trade-not-exist")
    assert mall().order("9") is None


def test_money_is_asked_back_in_whole_fen_and_read_in_yuan(mock):
    answers(mock, "taobao.openmall.refund.create", {"refund_id": 88001})
    answers(mock, "taobao.openmall.trade.get", {"trade": TRADE})
    refund = {"refund_id": 88001, "status": "SUCCESS", "refund_fee": "200.07"}
    answers(mock, "taobao.openmall.refund.get", {"refund": refund})

    made = mall().ask_refund("4001", ["1"], Money(20007, "CNY"), "OTHER_REASON", "缺货")
    (read,) = mall().refunds("4001")

    assert made == "88001"
    assert sent(mock)["refund_fee"] == "20007"
    assert read.amount == Money(20007, "CNY")
    assert read.state == "received"


@pytest.mark.parametrize("text", ["200.071", "", "two", "1e3"])
def test_yuan_that_are_no_whole_fen_are_refused(text):
    with pytest.raises(ValueError, match=r"\S"):
        yuan(text)


@pytest.mark.parametrize("amount", [Money(0, "CNY"), Money(5, "USD")])
def test_only_yuan_and_more_than_none_are_asked_for(amount):
    with pytest.raises(ValueError, match="yuan"):
        mall().ask_refund("1", [], amount, "OTHER_REASON", "x")


@pytest.mark.parametrize(
    ("status", "shipped", "state"),
    [
        ("WAIT_SELLER_AGREE", False, "asked"),
        ("SELLER_REFUSE_BUYER", False, "asked"),
        ("WAIT_BUYER_RETURN_GOODS", False, "agreed"),
        ("WAIT_SELLER_CONFIRM_GOODS", False, "agreed"),
        ("CLOSED", False, "refused"),
        ("CLOSED", True, "refused"),
        ("SUCCESS", False, "received"),
        ("A_NEW_ONE", False, "asked"),
    ],
)
def test_where_a_request_stands(mock, status, shipped, state):
    refund = {
        "refund_id": 1,
        "status": status,
        "refund_fee": "1.00",
        "closed_by_seller_ship": shipped,
    }
    answers(mock, "taobao.openmall.refund.get", {"refund": refund})
    found = mall().refund("1")

    assert (found.state, found.closed_by_shipping) == (state, shipped)


def test_a_claim_shows_up_to_three_pictures(mock):
    answers(mock, "taobao.openmall.refund.create", {"refund_id": 5})
    for token in ("a", "b", "c"):
        answers(mock, "taobao.openmall.refund.image.upload", {"result": token})
    answers(mock, "taobao.openmall.refund.message.submit", {"result": True})

    mall().claim("4001", ["1"], Money(8800, "CNY"), "破损", [b"1", b"2", b"3", b"4"])

    assert len(mock.calls) == 5
    upload = mock.calls[1].request
    assert upload.headers["Content-Type"].startswith("multipart/form-data")
    assert b'name="image"; filename="evidence.jpg"' in upload.body
    message = json.loads(sent(mock, 4)["refund_message"])
    assert [one["pic_token"] for one in message["refund_message_pics"]] == ["a", "b", "c"]


def test_a_timeout_of_a_write_is_unknown_after_exactly_one_request(mock):
    mock.post(URL, body=requests.ReadTimeout())
    with pytest.raises(OutcomeUnknown):
        mall().ask_refund("1", [], Money(5, "CNY"), "OTHER_REASON", "x")
    assert len(mock.calls) == 1


def test_a_timeout_of_a_read_may_be_asked_again(mock):
    mock.post(URL, body=requests.ReadTimeout())
    with pytest.raises(Retriable):
        mall().order("1")


@pytest.mark.parametrize(
    ("code", "sub", "said", "error", "after"),
    [
        (7, "accesscontrol.limited-by-app-access-count", "ban will last for 2 more seconds",
         Retriable, 3.0),
        (7, "", "This ban will last for 31062 more seconds", Retriable, 31063.0),
        (7, "", "last for 999999999 more seconds", Retriable, 86400.0),
        (8, "", "", Retriable, 5.0),
        (15, "isp.system-busy", "", Retriable, 5.0),
        (15, "isp.call-limited", "", Retriable, 5.0),
        (10, "", "", Retriable, 5.0),
        (26, "", "", NeedsAuthorisation, None),
        (27, "invalid-sessionkey", "", NeedsAuthorisation, None),
        (11, "isv.permission-api-package-limit", "", NeedsAuthorisation, None),
        (29, "", "", NeedsAuthorisation, None),
        (15, "isv.refund-closed", "", Refused, None),
        (40, "isv.missing-parameter", "", Refused, None),
        (25, "", "", Refused, None),
        ("odd", "", "", Refused, None),
    ],
)  # fmt: skip
def test_what_a_refusal_of_the_platform_means(mock, code, sub, said, error, after):
    refused(mock, code, sub, said)
    with pytest.raises(error, match="request r3") as caught:
        mall().refund("1")
    if after is not None:
        assert caught.value.after == after


@pytest.mark.parametrize(
    "sub", ["isp.top-remote-connection-timeout", "isp.top-remote-unknown-error-tmall"]
)
def test_a_write_that_broke_behind_the_gateway_is_unknown(mock, sub):
    refused(mock, 15, sub)
    with pytest.raises(OutcomeUnknown):
        mall().ask_refund("1", [], Money(5, "CNY"), "OTHER_REASON", "x")


def test_a_wrong_time_is_mended_once_for_a_read_only(mock):
    refused(mock, 31)
    answers(mock, "taobao.openmall.trade.get", {"trade": TRADE})
    assert mall().order("4001") is not None

    refused(mock, 31)
    with pytest.raises(Retriable):
        mall().ask_refund("1", [], Money(5, "CNY"), "OTHER_REASON", "x")


def test_a_no_inside_a_success_is_a_no(mock):
    answers(mock, "taobao.openmall.refund.close", {"result": {"success": False, "msg_code": "X1"}})
    with pytest.raises(Refused) as caught:
        mall().close_refund("1")
    assert caught.value.code == "X1"


@pytest.mark.parametrize(
    "more",
    [
        {"body": "<html>"},
        {"json": []},
        {"json": {"other_response": {}}},
        {"json": {"openmall_refund_create_response": {"request_id": "r"}}},
        {"json": {"openmall_refund_create_response": 5}},
    ],
)
def test_an_answer_nobody_understands_leaves_a_write_unknown(mock, more):
    mock.post(URL, **more)
    with pytest.raises(OutcomeUnknown):
        mall().ask_refund("1", [], Money(5, "CNY"), "OTHER_REASON", "x")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, []),
        ("", []),
        ([1, 2], [1, 2]),
        ({"refund": [1, 2]}, [1, 2]),
        ({"refund_id": 5}, [{"refund_id": 5}]),
        ({"refund": []}, []),
    ],
)
def test_a_list_in_any_of_its_shapes(value, found):
    assert listed(value) == found


def test_the_way_of_a_parcel_oldest_first(mock):
    steps = [
        {"action": "GOT", "status_time": "2026-11-04 10:00:00", "status_desc": "已揽收"},
        {"action": "CREATE", "status_time": "2026-11-03 10:00:00", "status_desc": "已下单"},
    ]
    answers(mock, "taobao.openmall.trace.search", {"trace_list": {"transit_step_info": steps}})

    assert [step.code for step in mall().trace("1")] == ["CREATE", "GOT"]


def test_a_conversation_is_read_to_its_end_and_a_repeating_page_ends_it(mock):
    page = {"results_list": {"one": [
        {"refund_message": f"m{n}", "time": "2026-11-03 10:00:00", "role": 3} for n in range(40)
    ]}}  # fmt: skip
    answers(mock, "taobao.openmall.refund.message.get", page)
    answers(mock, "taobao.openmall.refund.message.get", page)

    found = mall().messages("1")

    assert len(found) == 40
    assert found[0].staff is True


# --- The queue ------------------------------------------------------------------------------------


def test_messages_are_consumed_whole_and_unreadable_ones_are_kept(mock):
    messages = {"tmc_message": [
        {"id": 1, "topic": "taobao_openmall_RefundChanged", "content": '{"tid": 4001}',
         "pub_time": "2026-11-03 10:00:00"},
        {"id": 2, "topic": "x", "content": "not json"},
    ]}  # fmt: skip
    answers(mock, "taobao.tmc.messages.consume", {"messages": messages})
    first, second = Tmc(top()).consume(5)

    assert sent(mock)["quantity"] == "10"
    assert (first.id, first.content) == (1, {"tid": 4001})
    assert second.content == {"text": "not json"}


def test_confirming_goes_in_parts_of_two_hundred(mock):
    for _ in range(3):
        answers(mock, "taobao.tmc.messages.confirm", {"is_success": True})
    Tmc(top()).confirm(range(450))

    assert [len(sent(mock, n)["s_message_ids"].split(",")) for n in range(3)] == [200, 200, 50]


def test_an_empty_queue_is_nothing(mock):
    answers(mock, "taobao.tmc.messages.consume", {})
    assert Tmc(top()).consume() == []
