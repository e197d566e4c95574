"""Figures and suppliers by program."""

from __future__ import annotations

from tests.api.conftest import Program


def test_recovery_and_analytics_are_sums(program: Program) -> None:
    agreed = {"state": "received", "minor": 700, "currency": "CNY"}
    program.call("POST", f"/cases/{program.case}/recovery", 200, "work", agreed)
    found = program.call("GET", "/recovery")
    assert found["back"] == {"CNY": 700}
    figures = program.call("GET", "/analytics?from=2026-11-01&to=2026-11-30&compare=yes")
    assert figures["now"]["opened"] == {"no_stock": 1}
    assert figures["now"]["money"]["back"] == {"CNY": 700}
    assert figures["before"]["opened"] == {}
    for bad in ("from=9999-12-31", "from=2026-11-30&to=2026-11-01", "from=2024-01-01&to=2026-11-01",
                "from=2026-13-01", "to=0001-01-01"):  # fmt: skip
        program.call("GET", f"/analytics?{bad}", 422)


def test_a_supplier_is_noted(program: Program) -> None:
    (one,) = program.call("GET", "/suppliers")["suppliers"]
    found = program.client.put(
        "/api/v1/supplier",
        query_string={"name": one["supplier"]},
        json={"contact": "wechat", "claim_within_days": 60},
        headers={"Authorization": f"Bearer {program.keys['work']}"},
    )
    assert found.get_json()["noted"]["claim_within_days"] == 60
    program.call("GET", "/supplier?name=nobody", 404)
    program.call("GET", "/supplier", 422)
