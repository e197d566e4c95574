"""The JSON API: what the pages can do, by a key, within its scope, in its own shop."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.api.door import PER_MINUTE
from plugin.api.operations import OPERATIONS
from plugin.store import api_keys, shops
from tests.api.conftest import Program
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP
from tests.pages.conftest import OTHER, REFUND
from tests.story import LAMP


def test_cases_are_listed_and_looked_at(program: Program) -> None:
    found = program.call("GET", "/cases?status=needs_you&problem=no_stock&limit=1")
    assert [case["number"] for case in found["cases"]] == ["#1001-1"]
    assert found["next"] == ""
    case = program.call("GET", f"/cases/{program.case}")
    assert (case["at_risk_minor"], case["currency"]) == (2490, "USD")
    steps = program.call("GET", f"/cases/{program.case}/steps")["steps"]
    assert REFUND in {step["key"] for step in steps}
    entries = program.call("GET", f"/cases/{program.case}/timeline")["entries"]
    assert entries[0]["kind"] == "order_seen"


def test_a_step_is_approved_once_and_only_with_the_scope_for_money(program: Program) -> None:
    path, body = f"/cases/{program.case}/approve", {"key": REFUND}
    assert program.call("POST", path, 403, "work", body)["code"] == "scope"
    assert program.browser.row(REFUND).state == "asked"
    assert program.call("POST", path, 200, "money", body)["state"] == "planned"
    assert program.call("POST", path, 409, "money", body)["status"] == 409


def test_a_step_is_declined(program: Program) -> None:
    path = f"/cases/{program.case}/decline"
    body = {"key": REFUND, "why": "sent a gift"}
    assert program.call("POST", path, 200, "work", body)["state"] == "refused"


def test_a_note_stands_in_the_timeline_with_the_keys_name(program: Program) -> None:
    program.call("POST", f"/cases/{program.case}/notes", 201, "work", {"text": "Called."})
    last = program.call("GET", f"/cases/{program.case}/timeline")["entries"][-1]
    assert (last["kind"], last["by"], last["body"]["text"]) == (
        "note_written",
        "api:work",
        "Called.",
    )


def test_a_problem_is_reported_once(program: Program) -> None:
    body = {
        "situation": "cancellation",
        "once": "abc",
        "lines": [{"line_id": LAMP, "quantity": 1}],
    }
    first = program.call("POST", f"/orders/{ORDER_ID}/reports", 201, "work", body)
    assert first == program.call("POST", f"/orders/{ORDER_ID}/reports", 201, "work", body)
    assert len(first["cases"]) == 1


def test_an_order_has_its_lines_purchases_and_cases(program: Program) -> None:
    order = program.call("GET", f"/orders/{ORDER_ID}")
    assert order["name"] == "#1001"
    assert [line["paid_minor"] for line in order["lines"]] == [2490]
    assert len(order["cases"]) == 1


def test_another_shops_key_sees_nothing_of_this_one(program: Program) -> None:
    for operation in OPERATIONS:
        if (
            operation.method == "GET"
            and not operation.places
            and not (operation.needs or operation.files)
        ):
            answer = program.raw("GET", operation.route, program.keys["other"])
            assert "1001" not in answer.get_data(as_text=True), operation.name


def test_a_revoked_key_opens_nothing(program: Program) -> None:
    with program.browser.db.write() as tx:
        (key,) = [k for k in api_keys.of_shop(tx, SHOP) if k.name == "read"]
        assert not api_keys.revoke(tx, OTHER, key.key_id, MONDAY)
        assert api_keys.revoke(tx, SHOP, key.key_id, MONDAY)
    program.call("GET", "/cases", 401, "read")


def test_a_key_of_a_shop_that_has_gone_opens_nothing(program: Program) -> None:
    with program.browser.db.write() as tx:
        shops.change(tx, SHOP, state=shops.UNINSTALLED)
    program.call("GET", "/cases", 401)


def test_too_many_calls_are_told_when_to_come_back(program: Program) -> None:
    for _ in range(PER_MINUTE):
        program.raw("GET", "/policy", program.keys["read"])
    answer = program.raw("GET", "/policy", program.keys["read"])
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert program.raw("GET", "/policy", program.keys["work"]).status_code == 200


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/cases?limit=0", "limit"),
        ("/cases?limit=x", "limit"),
        ("/cases?limit=1&limit=2", "limit"),
        ("/cases?colour=red", "colour"),
        ("/cases?problem=bad_luck", "problem"),
        ("/cases?q=%00", "q"),
        ("/ledger?after=-1", "after"),
        ("/ledger?after=٣", "after"),
    ],
)
def test_a_bad_question_names_its_field(program: Program, path: str, field: str) -> None:
    assert field in program.call("GET", path, 422)["fields"]


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        {},
        {"key": ""},
        {"key": 1},
        {"key": "x" * 401},
        {"key": "a\u0000b"},
        {"key": REFUND, "is_admin": True},
        {"key": REFUND, "__proto__": {}},
    ],
)
def test_a_bad_body_is_refused(program: Program, body: Any) -> None:
    program.call("POST", f"/cases/{program.case}/approve", 422, "money", body)
    assert program.browser.row(REFUND).state == "asked"


@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        (b"", "application/json", 422),
        (b"key=x", "application/x-www-form-urlencoded", 415),
        (b'{"key": "x"}', "text/plain", 415),
        (b'{"key": "x", "key": "y"}', "application/json", 422),
        (b'{"key": NaN}', "application/json", 422),
        (b"\xff\xfe", "application/json", 422),
        (b"[" * 100_000, "application/json", 422),
        (b'{"key": ' + b"9" * 5_000 + b"}", "application/json", 422),
        (b'{"key": "x", "\\ud800": 1}', "application/json", 422),
    ],
)
def test_a_body_that_is_not_plain_json_is_refused(
    program: Program, raw: bytes, kind: str, status: int
) -> None:
    path = f"/api/v1/cases/{program.case}/approve"
    headers = {"Authorization": f"Bearer {program.keys['money']}"}
    answer = program.client.post(path, data=raw, content_type=kind, headers=headers)
    assert answer.status_code == status
    assert program.browser.row(REFUND).state == "asked"


def test_a_name_that_is_there_twice_is_named(program: Program) -> None:
    path = f"/api/v1/cases/{program.case}/notes"
    headers = {"Authorization": f"Bearer {program.keys['work']}"}
    body = b'{"text": "Called.", "text": "Did not call."}'
    answer = program.client.post(path, data=body, content_type="application/json", headers=headers)
    assert answer.get_json()["fields"] == {"text": "is there twice"}


def test_a_call_that_takes_no_body_refuses_one(program: Program) -> None:
    program.call("POST", "/pause", 422, body={"for": "ever"})
    program.call("POST", "/pause", 200, body={})


def test_the_document_and_the_page_need_no_key(program: Program) -> None:
    document = program.client.get("/api/v1/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    page = program.client.get("/api/docs").get_data(as_text=True)
    for operation in OPERATIONS:
        assert f"/api/v1{operation.route}" in document["paths"]
        assert f'id="{operation.name}"' in page


def test_a_key_is_shown_once_and_never_again(program: Program) -> None:
    page = program.browser.post("/keys", 200, name="till", scope="read")
    key = page.split("<code>")[1].split("</code>")[0]
    assert program.raw("GET", "/policy", key).status_code == 200
    assert key not in program.browser.get("/keys")
    program.browser.post("/keys", 422, name="", scope="everything")
