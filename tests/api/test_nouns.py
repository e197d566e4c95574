"""What programs do by noun: the same as people at the desk, with the same words against it."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from plugin import customer_reports
from plugin import timeline as t
from plugin.casework import Casework
from plugin.customer_reports import Told
from plugin.merchant import Click
from plugin.store import hooks, outbox, shops, tables
from plugin.store.hooks import Hook
from plugin.terms import Situation
from tests.api.conftest import Program
from tests.conftest import MONDAY
from tests.evidence.files import photograph
from tests.fakes import ORDER_ID, SHOP
from tests.pages.conftest import OTHER, REFUND
from tests.story import HUANYU, LAMP


def tag(program: Program, path: str) -> str:
    return str(program.raw("GET", path, program.keys["settings"]).headers["ETag"])


def change(program: Program, path: str, body: Any, version: str | None) -> Any:
    headers = {"Authorization": f"Bearer {program.keys['settings']}"}
    headers |= {"If-Match": version} if version is not None else {}
    return program.client.patch(f"/api/v1{path}", json=body, headers=headers)


# --- Inbox ----------------------------------------------------------------------------------------


def many(program: Program, count: int) -> None:
    with program.browser.db.write() as tx:
        row = dict(tx.execute(tables.cases.select()).mappings().first() or {})
        for n in range(count):
            more = {"case_id": f"{n:036}", "number": f"#20{n:02}-1", "order_id": 5000 + n}
            tx.execute(tables.cases.insert().values({**row, **more, "urgency": 1.0}))


def test_pages_follow_one_another_and_miss_nothing(program: Program) -> None:
    many(program, 5)
    found, path = [], "/cases?limit=2&status=needs_you"
    cursor = ""
    while True:
        page = program.call("GET", path + (f"&cursor={cursor}" if cursor else ""))
        found += [case["number"] for case in page["cases"]]
        cursor = page["next"]
        if not cursor:
            break
    assert len(found) == len(set(found)) == 6


def test_a_cursor_opens_its_own_list_alone(program: Program) -> None:
    many(program, 5)
    cursor = program.call("GET", "/cases?limit=2&status=needs_you")["next"]
    place, _, signed = cursor.partition(".")
    for path, key in (
        (f"/cases?limit=2&cursor={cursor}", "settings"),  # from another filter
        (f"/cases?limit=2&status=needs_you&cursor={cursor}", "other"),
        (f"/recovery/rows?cursor={cursor}", "settings"),
        (f"/cases?status=needs_you&cursor={place}.{signed[:-1]}A", "settings"),
        (f"/cases?status=needs_you&cursor=x{cursor}", "settings"),
        ("/cases?cursor=nonsense", "settings"),
        ("/cases?cursor=%C3%A9.%C3%A9", "settings"),
    ):
        problem = program.call("GET", path, 400, key)
        assert problem["code"] == "cursor"
    program.call("GET", f"/cases?limit=3&status=needs_you&cursor={cursor}")


def test_a_view_is_kept_with_its_filters_and_dropped(program: Program) -> None:
    filters = {"status": "needs_you", "least_minor": 1000, "q": "lamp"}
    view = program.call("POST", "/views", 201, "work", {"name": "Dear", "filters": filters})
    assert view["filters"] == filters
    assert program.call("GET", "/views")["views"] == [view]
    assert "Dear" in program.browser.get("/cases")
    program.call("DELETE", f"/views/{view['view_id']}", 200, "work")
    program.call("DELETE", f"/views/{view['view_id']}", 404, "work")


def test_a_case_is_given_to_somebody_and_put_off(program: Program) -> None:
    program.call("PUT", "/members/anna@example.com", body={"role": "agent"})
    path = f"/cases/{program.case}"
    given = program.call("POST", f"{path}/assign", 200, "work", {"person": "anna@example.com"})
    assert given["assignee"] == "anna@example.com"
    program.call("POST", f"{path}/assign", 422, "work", {"person": "bob@example.com"})
    assert program.call("POST", f"{path}/assign", body={"person": "-"})["assignee"] == ""
    for until in ("2026-11-01", "2028-01-01", "2026-02-30"):
        program.call("POST", f"{path}/snooze", 422, "work", {"until": until})
    assert program.call("POST", f"{path}/snooze", body={"until": "2026-11-09"})["snoozed_until"]
    assert program.call("GET", "/cases?status=needs_you")["cases"] == []


def test_a_bulk_action_is_told_first_and_then_done_row_by_row(program: Program) -> None:
    wanted = {"do": "approve", "cases": [program.case, "no-such-case"]}
    plan = program.call("POST", "/cases/bulk/plan", 200, "money", wanted)
    (row,) = plan["will"]
    assert (plan["unknown"], row["minor"]) == (["no-such-case"], 2490)
    assert plan["refunds"] == {"USD": {"count": 1, "minor": 2490}}
    assert program.browser.row(REFUND).state == "asked"
    rows = [{"case_id": program.case, "key": row["key"]}, {"case_id": "no-such-case"}]
    done = program.call("POST", "/cases/bulk", 200, "work", {"do": "approve", "rows": rows})
    assert len(done["refused"]) == 1
    assert program.browser.row(REFUND).state == "asked", "the scope work moves no money"
    done = program.call("POST", "/cases/bulk", 200, "money", {"do": "approve", "rows": rows})
    assert [one["case_id"] for one in done["done"]] == [program.case]
    assert done["unknown"] == ["no-such-case"]
    again = program.call("POST", "/cases/bulk", 200, "money", {"do": "approve", "rows": rows})
    assert (again["done"], len(again["refused"])) == ([], 1)
    too_many = {"do": "approve", "cases": ["x"] * 201}
    program.call("POST", "/cases/bulk/plan", 422, "money", too_many)


# --- A case ---------------------------------------------------------------------------------------


def test_a_case_is_seen_as_it_was(program: Program) -> None:
    path = f"/cases/{program.case}/at"
    first, last = program.call("GET", f"{path}?seq=1"), program.call("GET", path)
    assert (first["opened"], last["opened"]) == (False, True)
    assert last["seq"] == last["last"]
    at = program.call("GET", f"{path}?moment={MONDAY.isoformat()}")
    assert at["seq"] == last["seq"]
    program.call("GET", f"{path}?moment=2020-01-01T00:00:00Z", 404)
    for bad in ("moment=2026-11-02", "moment=x", "seq=0", "seq=1&moment=2026-11-02T00:00:00Z"):
        program.call("GET", f"{path}?{bad}", 422)


def test_a_case_tells_its_money_and_what_follows(program: Program) -> None:
    path = f"/cases/{program.case}"
    safety = program.call("GET", f"{path}/refund-safety")
    assert (safety["paid_minor"], safety["reserved_minor"], safety["left_minor"]) == (2490, 2490, 0)
    profit = program.call("GET", f"{path}/profit")
    assert {way["name"] for way in profit["ways"]} == {"refund", "replace", "none"}
    program.call("POST", f"{path}/refund-safety/check", 202, "work")
    assert program.call("GET", f"{path}/refund-safety")["reading"]
    assert program.call("GET", f"{path}/replay")["differs"] is None
    idle = program.call("GET", f"{path}/idle")
    assert {one["level"] for one in idle["follows"]} <= {
        "auto",
        "ask",
        "suggest",
        "off",
        "closes",
        "",
    }
    assert program.call("GET", f"{path}/letters") == {"letters": [], "promises": []}


def test_what_is_told_about_a_case_is_in_its_timeline(program: Program) -> None:
    path = f"/cases/{program.case}"
    program.call("POST", f"{path}/supplier-asked", 200, "work", {"message": "Where is it"})
    program.call("POST", f"{path}/supplier-answered", 200, "work", {"message": "Soon"})
    program.call("POST", f"{path}/route", 200, "work", {"route": "international"})
    assert program.call("POST", f"{path}/route", 409, "work", {"route": "domestic"})
    for body in ({"state": "agreed"}, {"state": "agreed", "minor": 100, "currency": "XXX"}):
        program.call("POST", f"{path}/recovery", 422, "work", body)
    agreed = {"state": "agreed", "minor": 100, "currency": "CNY"}
    program.call("POST", f"{path}/recovery", 200, "work", agreed)
    program.call("POST", f"{path}/verification", 409, "work", {"result": "verified"})
    program.call("POST", f"{path}/verification", 422, "work", {"result": "refused"})
    program.call("POST", f"{path}/address", 409, "work", {})
    program.call("POST", f"{path}/customs", 200, "work", {"state": "held"})
    told = {e["kind"]: e["by"] for e in program.call("GET", f"{path}/timeline")["entries"]}
    kinds = (
        "supplier_asked",
        "supplier_answered",
        "route_learned",
        "recovery_seen",
        "customs_seen",
    )
    assert {told[kind] for kind in kinds} == {"api:work"}


@pytest.mark.parametrize(
    "minor", [-1, 0.5, 10**15 + 1, 1e9, "٣", None, [1], True, json.loads("9" * 4000)]
)
def test_an_amount_is_a_whole_number_of_minor_units(program: Program, minor: Any) -> None:
    body = {"state": "agreed", "minor": minor, "currency": "CNY"}
    answer = program.call("POST", f"/cases/{program.case}/recovery", 422, "work", body)
    assert "minor" in answer["fields"]


def damaged(program: Program) -> str:
    click = Click(SHOP, ORDER_ID, "customer", MONDAY)
    told = Told(Situation.DAMAGED, ((LAMP, 1),), "refund", "It broke", once="form-1")
    with program.browser.db.write() as tx:
        (case_id,) = customer_reports.report(tx, click, told)
    return case_id


def test_evidence_is_sent_as_a_file_and_read_as_our_copy(program: Program) -> None:
    path = f"/api/v1/cases/{damaged(program)}"
    headers = {"Authorization": f"Bearer {program.keys['work']}"}
    content = photograph()
    for already in (False, True):
        kept = program.client.post(f"{path}/evidence?shot=fault", data=content, headers=headers)
        assert (kept.status_code, kept.get_json()["already"]) == (201, already)
    refused = program.client.post(f"{path}/evidence", data=b"no picture", headers=headers)
    assert refused.status_code == 415
    found = program.client.get(f"{path}/evidence", headers=headers).get_json()
    (one,) = found["evidence"]
    assert (one["shot"], one["by"], found["ready"]["have"]) == ("fault", "api:work", 2)
    with program.client.get(f"{path}/evidence/{one['evidence_id']}", headers=headers) as copy:
        assert (copy.mimetype, copy.data[:2]) == ("image/jpeg", b"\xff\xd8")
    video = program.client.get(f"{path}/evidence/{one['evidence_id']}/video", headers=headers)
    assert video.status_code == 404
    pack = program.client.get(f"{path}/claim", headers=headers).get_json()
    assert pack["evidence"][0]["evidence_id"] == one["evidence_id"]
    with program.client.get(f"{path}/claim.zip", headers=headers) as packed:
        names = zipfile.ZipFile(io.BytesIO(packed.data)).namelist()
    assert "claim/letter-zh.txt" in names


# --- Orders ---------------------------------------------------------------------------------------


def bought(**more: Any) -> dict[str, Any]:
    return {
        "supplier": "Anhe", "reference": "T9", "connection": "by_hand", "route": "domestic",
        "lines": [{"line_id": LAMP, "quantity": 1}], "cost_minor": 9900, "cost_currency": "CNY",
        "replacement": True, "ordered_on": "2026-11-01", "ship_by": "2026-11-05", **more,
    }  # fmt: skip


def test_a_purchase_is_recorded_and_altered(program: Program) -> None:
    path = f"/orders/{ORDER_ID}/purchases"
    program.call("POST", path, 201, "work", bought())
    order = program.call("POST", path, 201, "work", bought(cost_minor=9500))
    (one,) = [p for p in order["purchases"] if p["purchase_id"] == "Anhe/T9"]
    assert (one["cost_minor"], one["ship_by"][:10], one["replacement"]) == (
        9500,
        "2026-11-05",
        True,
    )


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"reference": "a/b"}, "reference"),
        ({"supplier": " "}, "supplier"),
        ({"ship_by": "2026-10-30"}, "ship_by"),
        ({"ship_by": "2026-02-30"}, "ship_by"),
        ({"ordered_on": "0001-01-01"}, "ordered_on"),
        ({"lines": [{"line_id": 99, "quantity": 1}]}, "lines"),
        ({"lines": [{"line_id": LAMP, "quantity": 5}]}, "lines"),
        ({"lines": []}, "lines"),
        ({"cost_currency": "ZZZ"}, "cost_currency"),
        ({"cost_minor": -1}, "cost_minor"),
    ],
)
def test_a_purchase_that_does_not_fit_names_its_field(
    program: Program, more: Any, field: str
) -> None:
    found = program.call("POST", f"/orders/{ORDER_ID}/purchases", 422, "work", bought(**more))
    assert field in found["fields"]


def test_a_link_is_made_opens_the_customers_page_and_is_revoked(program: Program) -> None:
    path = f"/orders/{ORDER_ID}/customer-link"
    url = program.call("POST", path, 201, "work")["url"]
    assert program.call("POST", path, 201, "work")["url"] == url
    program.call("DELETE", path, 200, "work")
    assert program.call("POST", path, 201, "work")["url"] != url


def test_an_order_file_is_made_of_what_was_chosen(program: Program) -> None:
    path = f"/cases/{program.case}"
    key = next(
        s["key"]
        for s in program.call("GET", f"{path}/steps")["steps"]
        if s["action"] == "propose_alternative"
    )
    program.call("GET", f"{path}/order-file?key={key}", 404)
    chosen = {"key": key, "choice": "replace", "both_because": "He is a friend"}
    program.call("POST", f"{path}/approve", 200, "money", chosen)
    with program.browser.db.write() as tx:
        row = outbox.by_key(tx, SHOP, ORDER_ID, key)
        assert row is not None
        handed = t.HandedOver(key, "by_hand", {"to": "desk", "text_en": "Buy it"})
        Casework(tx, SHOP, ORDER_ID, MONDAY).record([handed], by="app")
    form = program.call("GET", f"{path}/order-file?key={key}", 200, "read")
    assert (form["count"], form["known"]["sku"]) == (1, "SKU-11")
    told = {**form["known"], "product_id": "1005001", "name": "Bob", "phone": "+39 1"}
    told |= {"address1": "Via Roma 1", "city": "Milano", "province": "MI", "zip": "20100"}
    told |= {"country_code": "IT", "key": key}
    with program.raw("POST", f"{path}/order-file", program.keys["work"], told) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "text/csv")
        assert "Via Roma 1" in answer.get_data(as_text=True)
    bad = program.call("POST", f"{path}/order-file", 422, "work", {**told, "zip": " "})
    assert bad["fields"] == {"zip": "is empty"}


# --- Policy and settings --------------------------------------------------------------------------


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


# --- Figures --------------------------------------------------------------------------------------


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


# --- People, keys, hooks, the record --------------------------------------------------------------


def test_people_come_and_go_and_the_last_owner_stays(program: Program) -> None:
    program.call("PUT", "/members/anna@example.com", body={"role": "owner", "name": "Anna"})
    program.call("PUT", "/members/anna@example.com", 409, body={"role": "viewer"})
    program.call("DELETE", "/members/anna@example.com", 409)
    program.call("PUT", "/members/bea@example.com", body={"role": "owner"})
    program.call("DELETE", "/members/anna@example.com")
    program.call("DELETE", "/members/anna@example.com", 404)
    program.call("PUT", "/members/not-an-address", 422, body={"role": "agent"})


def test_a_key_made_by_a_key_is_read_once_and_revoked(program: Program) -> None:
    made = program.call("POST", "/keys", 201, body={"name": "till", "scope": "read"})
    assert program.raw("GET", "/policy", made["key"]).status_code == 200
    assert made["key"] not in json.dumps(program.call("GET", "/keys"))
    program.call("DELETE", f"/keys/{made['key_id']}")
    assert program.raw("GET", "/policy", made["key"]).status_code == 401
    program.call("DELETE", f"/keys/{made['key_id']}", 404)


@pytest.mark.parametrize(
    "url", ["http://example.com/", "https://127.0.0.1/", "https://a:b@example.com/", "ftp://x.y/"]
)
def test_an_address_that_could_do_harm_is_not_told(program: Program, url: str) -> None:
    body = {"url": url, "topics": ["case.opened"]}
    assert "url" in program.call("POST", "/hooks", 422, body=body)["fields"]


def test_a_hook_shows_its_secret_once_and_tells_again(program: Program) -> None:
    body = {"url": "https://example.com/hook", "topics": ["case.opened"]}
    made = program.call("POST", "/hooks", 201, body=body)
    assert made["secret"].startswith("whsec_")
    assert made["secret"] not in json.dumps(program.call("GET", "/hooks"))
    with program.browser.db.write() as tx:
        hook = hooks.find(tx, SHOP, made["hook_id"])
        assert isinstance(hook, Hook)
        hooks.write_down(tx, hook, "msg_1", "case.opened", {"type": "case.opened"}, MONDAY)
    (sent,) = program.call("GET", "/hooks/deliveries")["deliveries"]
    program.call("POST", f"/hooks/deliveries/{sent['id']}/again", 404, "other")
    program.call("POST", f"/hooks/deliveries/{sent['id']}/again")
    program.call("DELETE", f"/hooks/{made['hook_id']}")
    assert program.call("GET", "/hooks")["hooks"] == []


def test_the_record_is_read_page_by_page(program: Program) -> None:
    for n in range(3):
        program.call("POST", f"/cases/{program.case}/notes", 201, "work", {"text": f"Note {n}"})
    first = program.call("GET", "/audit?limit=2")
    rest = program.call("GET", f"/audit?limit=2&cursor={first['next']}")
    told = [deed["body"]["text"] for deed in (*first["deeds"], *rest["deeds"])]
    assert (told, rest["next"]) == (["Note 2", "Note 1", "Note 0"], "")
    assert first["policy"][0]["version"] == 1


def test_a_parked_delivery_is_tried_again(program: Program) -> None:
    row = {
        "shop": SHOP, "source": "shopify", "delivery_id": "d1", "topic": "orders/updated",
        "headers": {}, "body": b"{", "received_at": MONDAY, "state": "parked",
        "reason": "not readable", "look_at": MONDAY, "handled_at": MONDAY,
    }  # fmt: skip
    with program.browser.db.write() as tx:
        tx.execute(tables.inbox.insert().values(row))
    (one,) = program.call("GET", "/parked")["deliveries"]
    program.call("POST", f"/parked/{one['id']}/reopen", 404, "other")
    program.call("POST", f"/parked/{one['id']}/reopen", 200, "work")
    assert program.call("GET", "/parked")["deliveries"] == []


def test_everything_is_taken_away_in_one_archive(program: Program) -> None:
    with program.raw("GET", "/export", program.keys["settings"]) as answer:
        packed = zipfile.ZipFile(io.BytesIO(answer.data))
    assert json.loads(packed.read("cases.jsonl"))["number"] == "#1001-1"
    with program.browser.db.read() as tx:
        assert shops.find(tx, OTHER) is not None
        assert outbox.by_key(tx, SHOP, ORDER_ID, REFUND) is not None


def test_no_stock_and_a_parcel_that_stays_are_told_of_an_order(program: Program) -> None:
    path = f"/orders/{ORDER_ID}"
    program.call("POST", f"{path}/no-stock", 200, "work", {"purchase_id": HUANYU})
    program.call("POST", f"{path}/no-stock", 422, "work", {"purchase_id": "Nobody/T1"})
    program.call("POST", f"{path}/no-stock", 422, "work", {})
    held = {"purchase_id": HUANYU, "halted": "customs"}
    assert len(program.call("POST", f"{path}/parcel", 200, "work", held)["cases"]) == 2
    program.call("POST", f"{path}/parcel", 422, "work", {**held, "purchase_id": "Nobody/T1"})
