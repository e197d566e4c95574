"""Policy and settings by program: over what was seen, and only over that."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Program


def tag(program: Program, path: str) -> str:
    return str(program.raw("GET", path, program.keys["settings"]).headers["ETag"])


def change(program: Program, path: str, body: Any, version: str | None) -> Any:
    headers = {"Authorization": f"Bearer {program.keys['settings']}"}
    headers |= {"If-Match": version} if version is not None else {}
    return program.client.patch(f"/api/v1{path}", json=body, headers=headers)


def test_the_policy_is_published_over_what_was_seen_and_only_over_that(program: Program) -> None:
    body = {"terms": {"handling_days": 5, "deadlines": {"urge_supplier": 1}}, "note": "faster"}
    version = tag(program, "/policy")
    assert change(program, "/policy", body, None).status_code == 428
    assert change(program, "/policy", body, "*").status_code == 428
    made = change(program, "/policy", body, version)
    assert (made.status_code, made.get_json()["terms"]["handling_days"]) == (200, 5)
    stale = change(program, "/policy", {"terms": {"handling_days": 6}}, version)
    assert stale.status_code == 412
    told = stale.get_json()
    assert told["version"] == str(made.get_json()["version"])
    assert len(told["changes"]) == 2
    assert change(program, "/policy", body, made.headers["ETag"]).status_code == 200
    assert "faster" in program.browser.get("/policy/versions")


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"deadlines": {"urge_supplier": 4}}, "treat_as_no_stock"),
        ({"autonomy": {"no_stock.refund": "auto"}}, "per_refund"),
        ({"cap": {"per_refund": 2, "per_day": 1, "currency": "USD"}}, "per_day"),
        ({"cap": {"per_refund": 1, "per_day": 1, "currency": "QQQ"}}, "currency"),
        ({"shipping_line": "rocket"}, "shipping_line"),
        ({"deadlines": {"sleep": 4}}, "terms.deadlines.sleep"),
        ({"autonomy": {"no_stock.refund": "always"}}, "terms.autonomy.no_stock.refund"),
        ({"handling_days": 61}, "terms.handling_days"),
        ({"is_admin": True}, "terms.is_admin"),
    ],
)
def test_terms_that_do_not_go_together_are_refused(
    program: Program, terms: Any, field: str
) -> None:
    answer = change(program, "/policy", {"terms": terms}, tag(program, "/policy"))
    assert answer.status_code == 422
    assert field in answer.get_json()["fields"]
    tried = program.call("POST", "/policy/simulate", 422, "read", {"terms": terms})
    assert tried == answer.get_json()


def test_a_change_is_tried_on_the_last_month_and_leaves_no_trace(program: Program) -> None:
    before = program.call("GET", "/policy")
    change_ = {"terms": {"autonomy": {"no_stock.letter": "off"}}}
    found = program.call("POST", "/policy/simulate", 200, "read", change_)
    assert found["orders"] == 1
    assert len(found["changes"]) == 1
    assert program.call("GET", "/policy") == before


def test_versions_are_listed_compared_and_restored(program: Program) -> None:
    first = tag(program, "/policy")
    body = {"terms": {"handling_days": 9}}
    second = change(program, "/policy", body, first).headers["ETag"]
    listed = program.call("GET", "/policy/versions?limit=1")
    assert (listed["versions"][0]["version"], listed["next"]) == (listed["in_force"], 2)
    diff = program.call("GET", "/policy/diff?before=1&after=2")["changes"]
    assert diff == listed["versions"][0]["changes"] != []
    program.call("GET", "/policy/diff?before=1&after=77", 404)
    headers = {"Authorization": f"Bearer {program.keys['settings']}"}
    path = "/api/v1/policy/versions/1/restore"
    assert program.client.post(path, headers=headers).status_code == 428
    stale = program.client.post(path, headers={**headers, "If-Match": first})
    assert stale.status_code == 412
    done = program.client.post(path, headers={**headers, "If-Match": second})
    assert (done.status_code, done.get_json()["version"]) == (200, 3)
    assert done.get_json()["terms"]["handling_days"] == 3


def test_settings_are_changed_over_what_was_seen(program: Program) -> None:
    version = tag(program, "/settings")
    assert change(program, "/settings", {"name": "Lumi"}, None).status_code == 428
    made = change(program, "/settings", {"name": "Lumi"}, version)
    assert made.get_json()["name"] == "Lumi"
    stale = change(program, "/settings", {"name": "Lumo"}, version)
    assert (stale.status_code, stale.get_json()["version"]) == (
        412,
        made.headers["ETag"].strip('"'),
    )
    for bad in ({"zone": "Mars/Base"}, {"email": "a@b, c@d.e"}, {"language": "xx"}, {"shop": "b"}):
        assert change(program, "/settings", bad, made.headers["ETag"]).status_code == 422


def test_fewer_days_are_said_twice(program: Program) -> None:
    path = "/settings/retention"
    program.call("PUT", path, 422, body={"keep_days": 40})
    assert program.call("PUT", path, body={"keep_days": 40, "sure": True})["keep_days"] == 40
    assert program.call("PUT", path, body={"keep_days": None})["keep_days"] is None
    program.call("PUT", path, 422, body={"keep_days": 29, "sure": True})


def test_a_shop_pauses_goes_on_and_is_switched_on(program: Program) -> None:
    assert program.call("POST", "/pause") == {"state": "paused"}
    assert program.call("GET", "/status")["state"] == "paused"
    assert program.call("POST", "/resume") == {"state": "active"}
    assert program.call("PUT", "/watching", body={"watching": True})["watching"]
    home = program.call("GET", "/home")
    assert (home["watching"], home["needs_you"], home["at_risk"]) == (True, 1, {"USD": 2490})
    assert program.call("PUT", "/watching", body={"watching": False})["held"] == 0
    program.call("PUT", "/setup/steps/policy", body={"state": "done"})
    assert program.call("GET", "/home")["setup"]["steps"]["policy"] == "done"
    program.call("PUT", "/setup/levels", 422, body={"preset": "all"})
    cap = {"per_refund": 100, "per_day": 500, "currency": "USD"}
    program.call("PUT", "/setup/levels", body={"preset": "all", "cap": cap})
    assert program.call("GET", "/policy")["terms"]["cap"]["per_day"] == 500


def test_a_letter_is_tried_kept_and_given_back(program: Program) -> None:
    path, text = (
        "/letters/refunded/en",
        {"subject": "Your money", "body": "Dear {{ customer_name }}"},
    )
    ours = program.call("GET", path)
    tried = program.call("POST", f"{path}/preview", body={**text, "order": "#1001"})
    assert "Bob" in tried["text"]
    assert program.call("GET", path) == ours
    assert program.call("PUT", path, body=text)["own"]
    for bad in ("{{ config }}", "{% for %}", "x" * 10_001):
        fields = program.call("PUT", path, 422, body={**text, "body": bad})["fields"]
        assert "body" in fields
    assert program.call("DELETE", path)["subject"] == ours["subject"]


def test_measures_are_kept_row_by_row(program: Program) -> None:
    rows = [{"sku": "SKU-11", "grams": 800}, {"sku": " ", "grams": 5}]
    found = program.call("PUT", "/measures", body={"rows": rows})
    assert (found["kept"], [one["row"] for one in found["rejected"]]) == (1, [1])
    assert program.call("GET", "/measures?sku=SKU-11")["grams"] == 800
    program.call("GET", "/measures?sku=SKU-12", 404)
