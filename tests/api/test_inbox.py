"""The inbox by program: pages, cursors, views, and many cases at once."""

from __future__ import annotations

from plugin.store import tables
from tests.api.conftest import Program
from tests.pages.conftest import REFUND


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
