"""A case by program: as it was, its money, what is told about it, its evidence."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from plugin import customer_reports
from plugin.customer_reports import Told
from plugin.merchant import Click
from plugin.terms import Situation
from tests.api.conftest import Program
from tests.conftest import MONDAY
from tests.evidence.files import photograph
from tests.fakes import ORDER_ID, SHOP
from tests.story import LAMP


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
