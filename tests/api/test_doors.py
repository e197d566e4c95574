"""Every operation at its door: keys, scopes, other shops, and that none of the desk is missing."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

from plugin import api
from plugin.api.operation import Operation
from plugin.api.operations import OPERATIONS
from plugin.pages.roles import NEEDS, SCOPES, Right
from tests.api.conftest import Program
from tests.fakes import ORDER_ID
from tests.pages.conftest import REFUND

ONLY_PAGES = {
    "desk.recovery_csv": "a spreadsheet's file of what list_recoveries gives",
    "desk.analytics_csv": "a spreadsheet's file of what get_analytics gives",
    "desk.export_cases": "a spreadsheet's file of what list_cases gives",
    "desk.connect_dsers": "sends a person's browser to DSers to say yes there",
    "desk.dsers_back": "where that browser comes back with a code",
    "desk.accesses_page": "who looked at whose data, programs too: for the owner's own eyes",
    "desk.accesses_csv": "a spreadsheet's file of the same",
    "desk.case_history": "a file that proves itself; what it tells is in get_timeline",
    "desk.checks_page": "for the owner's own eyes; programs have /metrics and the doctor",
    "desk.export_page": "a page with the one button of export_everything",
    "desk.load_samples": "sample cases are there for people to learn the pages on",
    "desk.open_samples": "the same: what a program is told is always the shop's own",
    "desk.leave_samples": "the same",
    "desk.remove_samples": "the same",
}
"""Endpoints of the desk no operation stands for, each with the reason."""
MORE_THAN_THE_PAGE = {
    "make_customer_link": "the page shows the link by the way; as a call it makes one",
    "list_members": "a key of a program reads no people's addresses by the way",
}
"""Operations that need more than looking at the page does."""
CHANGES_NOTHING = {"simulate_policy"}
SHARED = frozenset({"letter", "tongue", "way", "step", "version", "email"})
"""Places that hold the same words in every shop."""
HERS = {
    "evidence_id": "0" * 64,
    "version": 1,
    "letter": "refunded",
    "tongue": "en",
    "way": "store",
    "step": "policy",
    "view_id": "none",
    "key_id": "none",
    "hook_id": "none",
    "sending_id": 1,
    "inbox_id": 1,
    "email": "anna@example.com",
}
QUERY = {
    **{"name": "Huanyu", "key": REFUND, "sku": "SKU-11", "before": "1", "after": "1"},
    "of": "alone",
}
BODIES = {
    "assign_case": {"person": "-"},
    "snooze_case": {"until": "2026-11-10"},
    "approve_step": {"key": REFUND},
    "decline_step": {"key": REFUND},
    "mark_sent": {"key": REFUND},
    "try_again": {"key": REFUND},
    "write_note": {"text": "x"},
    "learn_route": {"route": "domestic"},
    "tell_recovery": {"state": "refused"},
    "tell_customs": {"state": "held"},
    "tell_interception": {"result": "failed"},
    "tell_verification": {"result": "verified"},
    "report_problem": {"situation": "cancellation", "once": "1"},
    "record_purchase": {
        "supplier": "Anhe", "reference": "T9", "connection": "by_hand", "route": "domestic",
        "lines": [{"line_id": 11, "quantity": 1}], "cost_minor": 9900, "cost_currency": "CNY",
    },
    "parcel_halted": {"purchase_id": "Huanyu/T1", "halted": "customs"},
    "make_order_file": {
        "key": REFUND, "country_code": "IT", **dict.fromkeys(
            ("product_id", "sku", "name", "phone", "address1", "province", "city", "zip"), "x")
    },
}  # fmt: skip
"""What an operation with a place of a shop in its path needs, to come as far as looking it up."""


def ask(program: Program, operation: Operation, key: str) -> int:
    path = operation.route.format(case_id=program.case, order_id=ORDER_ID, **HERS)
    said = "&".join(f"{name}={QUERY[name]}" for name in operation.needs)
    body = BODIES.get(operation.name, {} if operation.body else None)
    headers = {"Authorization": f"Bearer {key}", "If-Match": '"1"'}
    address = f"/api/v1{path}?{said}"
    call = {"data": b"x"} if operation.takes_file else {"json": body}
    answer = program.client.open(address, method=operation.method, headers=headers, **call)
    answer.close()
    return int(answer.status_code)


def test_each_operation_needs_a_key(program: Program) -> None:
    for operation in OPERATIONS:
        for key in ("", "pv_nothing"):
            assert ask(program, operation, key) == 401, operation.name


@pytest.mark.parametrize("scope", SCOPES)
def test_each_scope_reaches_as_far_as_its_rights(program: Program, scope: str) -> None:
    for operation in OPERATIONS:
        if operation.right not in SCOPES[scope]:
            assert ask(program, operation, program.keys[scope]) == 403, operation.name
        elif operation.method == "GET":
            assert ask(program, operation, program.keys[scope]) in {200, 404}, operation.name


def test_another_shops_key_finds_nothing_of_this_one(program: Program) -> None:
    asked = [operation for operation in OPERATIONS if set(operation.places) - SHARED]
    assert len(asked) > 40
    for operation in asked:
        assert ask(program, operation, program.keys["other"]) == 404, operation.name


def test_everything_the_desk_can_do_has_an_operation() -> None:
    answered = {page for operation in OPERATIONS for page in operation.pages}
    assert set(NEEDS) - answered - set(ONLY_PAGES) == set(), "give it an operation, or a reason"
    assert answered & set(ONLY_PAGES) == set()
    assert (answered | set(ONLY_PAGES)) - set(NEEDS) == set(), "no such page"


def test_an_operation_needs_the_right_its_page_needs() -> None:
    order = list(Right)
    for operation in OPERATIONS:
        assert operation.pages, operation.name
        pages = {NEEDS[page] for page in operation.pages}
        if operation.name in MORE_THAN_THE_PAGE:
            assert order.index(operation.right) > max(map(order.index, pages))
        else:
            assert pages == {operation.right}, operation.name


def test_writing_needs_more_than_reading() -> None:
    writes = {o.name for o in OPERATIONS if o.method != "GET" and o.right is Right.VIEW}
    assert writes == CHANGES_NOTHING


def test_names_and_addresses_are_each_there_once() -> None:
    assert len({o.name for o in OPERATIONS}) == len(OPERATIONS)
    assert len({(o.method, o.route) for o in OPERATIONS}) == len(OPERATIONS)


def test_no_operation_leans_on_a_page() -> None:
    """What both need stands below both: a module that adds addresses to the desk is a page."""
    leaning = []
    for file in sorted(Path(str(api.__file__)).parent.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("plugin"):
                continue
            names = [str(node.module), *(f"{node.module}.{one.name}" for one in node.names)]
            leaning += [f"{file.name}: {name}" for name in names if _is_a_page(name)]
    assert leaning == []


def _is_a_page(name: str) -> bool:
    if not name.startswith("plugin.pages."):
        return False
    try:
        return hasattr(importlib.import_module(name), "add_to")
    except ModuleNotFoundError:
        return False
