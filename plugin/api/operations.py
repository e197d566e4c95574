"""The contents page of the API: every operation with what it takes, gives and needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Request

from plugin.api import answers
from plugin.api.door import Door, Problem
from plugin.api.shapes import (
    CASE,
    ENTRY,
    ID,
    MINOR,
    MOMENT,
    SITUATIONS,
    STATUSES,
    STEP,
    WORD,
    Schema,
    faults,
    number,
    one_of,
    record,
    text,
    things,
)
from plugin.pages.roles import Right

Asked = Mapping[str, Any]
CASE_ID = text(36, 1)
PLACES: Mapping[str, Schema] = {"case_id": CASE_ID, "order_id": ID}
CONVERTERS = {"order_id": f"<int(max={2**63 - 1}):order_id>", "case_id": "<case_id>"}


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    name: str
    method: str
    route: str
    says: str
    right: Right
    answer: Callable[[Door, Asked], Any]
    gives: Schema
    query: Mapping[str, Schema] = field(default_factory=dict)
    body: Schema | None = None
    status: int = 200
    conflicts: bool = False
    """May answer 409: it comes too late, or asks for what must not be."""

    @property
    def path(self) -> str:
        """As Flask writes it."""
        path = self.route
        for name, converter in CONVERTERS.items():
            path = path.replace("{" + name + "}", converter)
        return path

    @property
    def places(self) -> list[str]:
        """What stands in its path."""
        return [name for name in CONVERTERS if "{" + name + "}" in self.route]

    def read(self, request: Request, places: Mapping[str, Any]) -> dict[str, Any]:
        """Everything that was asked, checked. Raises Problem naming each field that is wrong."""
        wrong: dict[str, str] = {}
        for name, value in places.items():
            wrong |= faults(PLACES[name], value, name)
        if wrong:
            raise Problem(404, "not_found", "Nothing is there by that name")
        found: dict[str, Any] = {**places, **self._query(request, wrong)}
        if self.body is not None:
            body = request.get_json(force=True, silent=True)
            wrong |= faults(self.body, body)
            found["body"] = body
        if wrong:
            raise Problem(422, "fields", "Some fields cannot be used", fields=wrong)
        return found

    def _query(self, request: Request, wrong: dict[str, str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in request.args:
            if name not in self.query:
                wrong[name] = "is not known"
            elif len(request.args.getlist(name)) > 1:
                wrong[name] = "is there twice"
        for name, schema in self.query.items():
            if name in request.args and name not in wrong:
                value: Any = request.args[name]
                if schema["type"] == "integer":
                    digits = value.removeprefix("-")
                    plain = digits.isascii() and digits.isdigit() and len(digits) < 20
                    value = int(value) if plain else value
                wrong |= faults(schema, value, name)
                found[name] = value
        return found


OK = record({"ok": {"type": "boolean"}})

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "list_cases",
        "GET",
        "/cases",
        "Cases, the most urgent first; `next` is the cursor of the next page",
        Right.VIEW,
        answers.list_cases,
        record({"cases": things(CASE), "next": WORD}),
        query={
            "status": one_of(STATUSES),
            "problem": one_of(SITUATIONS),
            "supplier": text(200, 1),
            "q": text(200, 1),
            "limit": number(1, 100),
            "cursor": text(200, 1),
        },
    ),
    Operation(
        "get_case",
        "GET",
        "/cases/{case_id}",
        "One case",
        Right.VIEW,
        answers.get_case,
        CASE,
    ),
    Operation(
        "get_timeline",
        "GET",
        "/cases/{case_id}/timeline",
        "Everything that happened to the case's order, oldest first",
        Right.VIEW,
        answers.get_timeline,
        record({"entries": things(ENTRY, 100_000)}),
    ),
    Operation(
        "list_steps",
        "GET",
        "/cases/{case_id}/steps",
        "What was planned for the case, and how far each step is",
        Right.VIEW,
        answers.list_steps,
        record({"steps": things(STEP, 10_000)}),
    ),
    Operation(
        "approve_step",
        "POST",
        "/cases/{case_id}/approve",
        "Go ahead with a step that waits for a word; money needs a key with the scope `money`",
        Right.WORK,
        answers.approve_step,
        STEP,
        body=record({"key": text(400, 1)}, {"choice": text(20), "both_because": text(500)}),
        conflicts=True,
    ),
    Operation(
        "decline_step",
        "POST",
        "/cases/{case_id}/decline",
        "Say no to a step; what it held is free again",
        Right.WORK,
        answers.decline_step,
        STEP,
        body=record({"key": text(400, 1)}, {"why": text(500)}),
        conflicts=True,
    ),
    Operation(
        "write_note",
        "POST",
        "/cases/{case_id}/notes",
        "Add a note to the case's timeline",
        Right.WORK,
        answers.write_note,
        OK,
        body=record({"text": text(2000, 1)}),
        status=201,
    ),
    Operation(
        "get_order",
        "GET",
        "/orders/{order_id}",
        "An order with its lines, purchases and cases",
        Right.VIEW,
        answers.get_order,
        record(
            {
                "order_id": {"type": "integer"},
                "name": WORD,
                "currency": WORD,
                "lines": things(
                    record(
                        {
                            "line_id": {"type": "integer"},
                            "title": WORD,
                            "sku": WORD,
                            "quantity": {"type": "integer"},
                            "paid_minor": MINOR,
                        }
                    )
                ),
                "purchases": things(
                    record(
                        {
                            "purchase_id": WORD,
                            "supplier": WORD,
                            "route": WORD,
                            "ship_by": MOMENT,
                            "shipped_at": MOMENT,
                            "recovery": WORD,
                        }
                    )
                ),
                "cases": things(CASE),
            }
        ),
    ),
    Operation(
        "report_problem",
        "POST",
        "/orders/{order_id}/reports",
        "Report a problem in the customer's name; the same `once` again is the same report",
        Right.WORK,
        answers.report_problem,
        record({"cases": things(WORD)}),
        body=record(
            {
                "situation": one_of(["wrong_items", "damaged", "cancellation"]),
                "once": text(100, 1),
            },
            {
                "lines": things(record({"line_id": ID, "quantity": number(1, 1_000_000)}), 100),
                "wish": one_of(["refund", "reissue"]),
                "words": text(5000),
            },
        ),
        status=201,
        conflicts=True,
    ),
    Operation(
        "list_ledger",
        "GET",
        "/ledger",
        "Entries of both purses, oldest first; entries are only added. `next` is the cursor",
        Right.VIEW,
        answers.list_ledger,
        record(
            {
                "entries": things(
                    record(
                        {
                            "id": {"type": "integer"},
                            "order_id": {"type": "integer"},
                            "case_id": WORD,
                            "purse": one_of(["remedy", "recovery"]),
                            "what": WORD,
                            "minor": MINOR,
                            "currency": WORD,
                            "at": MOMENT,
                        }
                    )
                ),
                "next": {"type": "integer"},
            }
        ),
        query={"after": number(0, 2**53), "limit": number(1, 1000)},
    ),
    Operation(
        "get_policy",
        "GET",
        "/policy",
        "The terms in force",
        Right.VIEW,
        answers.get_policy,
        record({"version": {"type": "integer"}, "terms": {"type": "object"}}),
    ),
    Operation(
        "list_suppliers",
        "GET",
        "/suppliers",
        "The shop's own record with each supplier",
        Right.VIEW,
        answers.list_suppliers,
        record(
            {
                "suppliers": things(
                    record(
                        {
                            "supplier": WORD,
                            "purchases": {"type": "integer"},
                            "cases": {"type": "object"},
                            "repaid": {"type": "object"},
                            "asked": {"type": "object"},
                            "received": {"type": "object"},
                        }
                    )
                )
            }
        ),
    ),
    Operation(
        "list_members",
        "GET",
        "/members",
        "The people of the desk",
        Right.SETTINGS,
        answers.list_members,
        record(
            {
                "members": things(
                    record({"email": WORD, "name": WORD, "role": WORD, "added_at": MOMENT})
                )
            }
        ),
    ),
)
