"""People, keys, webhooks out and the record by program."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from plugin.store import hooks, outbox, shops, tables
from plugin.store.hooks import Hook
from tests.api.conftest import Program
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP
from tests.pages.conftest import OTHER, REFUND


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
