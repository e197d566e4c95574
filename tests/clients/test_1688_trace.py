"""1688: the way of a parcel, and what it says of customs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from clients.errors import Refused, Retriable
from clients.supplier.records import TraceStep
from clients.supplier.trace import customs_state
from tests.clients.buyer import REFERENCE, sent

INSIDE = {"acceptTime": "2026-11-03 10:00:00", "remark": "已揽收"}


def abroad(at="20261110100000000+0800", name="目的国海关", wrong=("", ""), **more):
    return {
        "nodeActionTime": at,
        "traceNode": {"traceNodeCode": "CUSTOMS", "traceNodeName": name},
        "traceException": {"exceptionCode": wrong[0], "exceptionDesc": wrong[1]},
        **more,
    }


def way(*steps):
    return {"crossPackageTraceDTOList": list(steps)}


def told(*inside, beside=(), within=()):
    parcel = {"logisticsSteps": list(inside), "crossPackageFulfillmentDTO": list(within)}
    return {
        "success": True,
        "errorCode": "",
        "logisticsTrace": [parcel],
        "crossPackageFulfillmentDTO": list(beside),
    }


@pytest.mark.parametrize("place", ["beside", "within"])
def test_the_way_of_a_parcel_inside_china_and_abroad(supplier, answer, mock, place):
    stopped = way(abroad(wrong=("E1", "海关扣留"), nodeDetail="查验"))
    answer("trace", told(INSIDE, **{place: [stopped]}))

    assert list(supplier.trace(REFERENCE)) == [
        TraceStep(datetime(2026, 11, 3, 2, tzinfo=UTC), "", "已揽收"),
        TraceStep(
            datetime(2026, 11, 10, 2, tzinfo=UTC), "CUSTOMS", "目的国海关 查验", "E1 海关扣留"
        ),
    ]
    assert (sent(mock)["orderId"], sent(mock)["webSite"]) == (REFERENCE, "1688")


@pytest.mark.parametrize("at", ["1793930400000", 1793930400000, "2026-11-06 10:00:00"])
def test_the_time_of_a_step_abroad_is_read_in_each_of_1688s_forms(supplier, answer, at):
    answer("trace", told(beside=[way(abroad(at=at))]))

    (found,) = supplier.trace(REFERENCE)

    assert found.at == datetime(2026, 11, 6, 2, tzinfo=UTC)


def test_steps_come_oldest_first_and_those_of_one_second_as_they_happened(supplier, answer):
    newest_first = [
        {"acceptTime": "2026-11-03 12:00:00", "remark": "third"},
        {"acceptTime": "2026-11-03 12:00:00", "remark": "second"},
        {"acceptTime": "2026-11-03 10:00:00", "remark": "first"},
    ]
    answer("trace", told(*newest_first))

    assert [step.text for step in supplier.trace(REFERENCE)] == ["first", "second", "third"]


@pytest.mark.parametrize("wrong", [("", ""), ("0", ""), ("null", "null")])
def test_a_step_without_an_exception_has_none(supplier, answer, wrong):
    answer("trace", told(beside=[way(abroad(wrong=wrong))]))

    assert supplier.trace(REFERENCE)[0].exception == ""


def test_a_step_that_is_still_to_come_is_none_yet(supplier, answer):
    answer("trace", told(INSIDE, beside=[way(abroad(at=None))]))

    assert [step.text for step in supplier.trace(REFERENCE)] == ["已揽收"]


@pytest.mark.parametrize(
    "body",
    [
        {"success": False, "errorCode": "404", "errorMessage": "no trace"},
        {"success": True, "logisticsTrace": [], "crossPackageFulfillmentDTO": []},
        {"success": True, "logisticsTrace": None, "crossPackageFulfillmentDTO": {}},
    ],
)
def test_a_parcel_that_has_been_nowhere_has_no_way(supplier, answer, body):
    answer("trace", body)

    assert list(supplier.trace(REFERENCE)) == []


def test_a_purchase_of_more_than_a_year_ago_is_refused(supplier, answer):
    answer("trace", {"success": False, "errorCode": "order.createtime.history"})

    with pytest.raises(Refused):
        supplier.trace(REFERENCE)


@pytest.mark.parametrize(
    "body",
    [
        {"success": True},
        {"logisticsTrace": "x"},
        {"logisticsTrace": [1]},
        told({"acceptTime": "soon", "remark": "x"}),
    ],
)
def test_a_way_that_cannot_be_read_may_be_asked_for_again(supplier, answer, body):
    answer("trace", body)

    with pytest.raises(Retriable):
        supplier.trace(REFERENCE)


def line(text, hour, exception="", code=""):
    return TraceStep(datetime(2026, 11, 3, hour, tzinfo=UTC), code, text, exception)


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ([], ""),
        (["已揽收", "运输中"], ""),
        (["派送中", "已签收"], ""),
        (["海关查验中"], "held"),
        (["海关扣留"], "held"),
        (["Held by customs"], "held"),
        (["CUSTOMS_FAILED"], "held"),
        (["清关失败"], "held"),
        (["海关查验中", "海关放行"], "cleared"),
        (["海关查验中", "海关查验放行"], "cleared"),
        (["海关放行", "派送中"], "cleared"),
        (["Clearance completed"], "cleared"),
        (["Released by customs"], "cleared"),
        (["import-customs-cleared"], "cleared"),
        (["出口清关完成", "进口清关异常"], "held"),
        (["海关扣留", "派送中"], "cleared"),
        (["海关扣留", "运输中"], "held"),
        (["海关扣留", "包裹退运"], "returned"),
        (["海关扣留", "清关失败，包裹退回"], "returned"),
        (["Returned by customs to sender"], "returned"),
        (["海关销毁"], "destroyed"),
        (["快件退回发件人"], ""),
        (["包裹已放行"], ""),
        (["清关中"], ""),
        (["Customs clearance in progress"], ""),
        (["海关扣留", "清关后派送"], "held"),
        (["海关扣留", "海关未放行"], "held"),
        (["海关扣留", "Not yet cleared by customs"], "held"),
        (["海关已放行，部分扣留"], ""),
        (["Shielded from customs"], ""),
    ],
)
def test_customs_is_read_off_the_last_line_that_speaks_of_it(lines, state):
    steps = [line(text, hour) for hour, text in enumerate(lines)]

    assert customs_state(steps) == state
    assert customs_state(steps[::-1]) == state, "whatever their order"


@pytest.mark.parametrize(
    ("step", "state"),
    [
        pytest.param(line("进口清关", 1, "E7 资料不全"), "held", id="an exception at customs"),
        pytest.param(line("", 1, "E7", code="IMPORT_CUSTOMS"), "held", id="named by its code"),
        pytest.param(line("运输", 1, "海关扣留"), "held", id="named by the exception alone"),
        pytest.param(line("进口清关", 1, "E9 退运"), "returned", id="an exception that is final"),
        pytest.param(line("派送", 1, "地址不详"), "", id="an exception that is none of customs'"),
    ],
)
def test_an_exception_at_customs_is_a_hold(step, state):
    assert customs_state([step]) == state
