"""After a redaction nothing of the person is left: no row, no file, no line of a log, no export."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from plugin import customer_reports, merchant
from plugin import timeline as t
from plugin.casework import Casework
from plugin.customer import Customer
from plugin.customer_reports import Told
from plugin.merchant import Click
from plugin.pages import login_link
from plugin.store import accesses, api_keys, outbox, privacy, reports, tables, timelines
from plugin.store.accesses import Access
from plugin.store.reports import Evidence
from plugin.terms import Situation
from scheduler.privacy import carry_out
from scheduler.sweeps import empty_outbox
from scheduler.web import make_app
from tests.app.test_deliveries import Door, door
from tests.app.test_privacy import everything, redact
from tests.casework.conftest import Desk, desk
from tests.casework.test_refund_once import REFUND, asked
from tests.conftest import MONDAY
from tests.fakes import ORDER_ID, SHOP, lose_answer
from tests.isolation.asking import unpacked
from tests.webhooks import bodies, moves

__all__ = ["asked", "desk", "door"]

CANARY = "kanarie-9e1"
CUSTOMER = 7_700_000_000_001
OWN = {"Sec-Fetch-Site": "same-origin"}
GOODS = {"title", "name", "sku", "variant_title"}
"""Of a line: what was bought, which stays. What a customer had written on it does not."""
CHECKED = {
    *("currency", "presentment_currency", "currency_code", "country_code", "financial_status"),
    *("customer_locale", "kind", "status", "gateway", "tracking_number", "tracking_company"),
}
"""Codes the door looks at, and who carries the parcel."""
ENDS = ("_at", "price", "amount", "_gid", "graphql_api_id", "_total", "total_discount")


def planted(body: Any, *, key: str = "", of_line: bool = False) -> Any:
    """A body with a canary in every field, those that were empty too."""
    if isinstance(body, dict):
        return {
            name: planted(value, key=name, of_line=of_line or key == "line_items")
            for name, value in body.items()
        }
    if isinstance(body, list):
        return [planted(one, key=key, of_line=of_line) for one in body]
    if key in CHECKED or key.endswith(ENDS) or (of_line and key in GOODS):
        return body
    if body is None or isinstance(body, str):
        return f"{CANARY} {body or key}"
    return body


def an_order() -> dict[str, Any]:
    found: dict[str, Any] = planted(bodies.order())
    found |= {"name": "#1001", "email": f"{CANARY}@example.com", "cancel_reason": None}
    found |= {"id": bodies.ORDER_ID, "company": None, "payment_terms": None}
    found["note_attributes"] = [{"name": CANARY, "value": CANARY}]
    found["customer"] |= {"id": CUSTOMER, "email": f"{CANARY}@example.com"}
    return found


@pytest.fixture
def lived(door: Door) -> Door:
    """An order of one whose name stands everywhere: the store's words, the carrier's, her own."""
    assert door.bring("orders/create", bodies.raw(an_order())) == 200
    tell = (
        ("fulfillments/create", {**planted(moves.fulfilment()), "order_id": bodies.ORDER_ID}),
        ("fulfillment_events/create", {**planted(moves.carrier()), "order_id": bodies.ORDER_ID}),
        ("orders/updated", {**an_order(), "line_items": f"unreadable {CANARY}"}),
    )
    for topic, body in tell:
        assert door.bring(topic, bodies.raw(body)) == 200
    with door.runtime.db.write() as tx:
        _report(tx, door)
        _people(tx, door)
    empty_outbox(door.runtime)
    return door


def _report(tx: Any, door: Door) -> None:
    who = Click(bodies.SHOP, bodies.ORDER_ID, "customer", MONDAY)
    told = Told(
        Situation.DAMAGED, ((bodies.VASE, 1),), "refund", f"{CANARY} it broke", once="form-1"
    )
    (case_id,) = customer_reports.report(tx, who, told)
    kept = door.runtime.connections.evidence().receive(io.BytesIO(CANARY.encode()), 1000)
    door.runtime.connections.evidence().put_derived(kept.sha256, "picture.jpg", CANARY.encode())
    shown = Evidence(
        case_id, kept.sha256, bodies.ORDER_ID, 1, f"{CANARY}.jpg", "picture", "image/jpeg",
        kept.size, "damage", True, (), {"camera": CANARY}, MONDAY, "customer",
    )  # fmt: skip
    customer_reports.add_evidence(tx, who, shown)
    reports.keep_words(
        tx, bodies.SHOP, "r1", bodies.ORDER_ID, MONDAY, by="customer", words=CANARY,
        address={"address1": CANARY, "city": CANARY, "country_code": "CH"},
    )  # fmt: skip


def _people(tx: Any, door: Door) -> None:
    """What people of the desk wrote, saw and approved."""
    bounced = {
        "shop": bodies.SHOP, "source": "mail", "delivery_id": "b-1", "topic": "email.bounced",
        "headers": {}, "body": f"to {CANARY}@example.com".encode(), "received_at": MONDAY,
        "state": "handled", "look_at": MONDAY, "handled_at": MONDAY,
    }  # fmt: skip
    tx.execute(sa.insert(tables.inbox).values(bounced))
    work = Casework(tx, bodies.SHOP, bodies.ORDER_ID, MONDAY)
    work.record(
        [
            t.NoteWritten(f"Called {CANARY}"),
            t.TrackingSeen(1, "delivered", MONDAY, f"Left with {CANARY}"),
        ],
        by="Alice",
    )
    access = Access("Alice", "desk", "case", "name words", orders=(bodies.ORDER_ID,))
    accesses.note(tx, bodies.SHOP, access, MONDAY)
    everybody = Click(bodies.SHOP, bodies.ORDER_ID, "Alice", MONDAY)
    for row in outbox.of_order(tx, bodies.SHOP, bodies.ORDER_ID):
        if row.action == "write_customer" and row.state == "asked":
            merchant.approve(tx, everybody, row.key)


def left(door: Door) -> str:
    """Everything that is kept anywhere: database, files, and what the desk and the API give."""
    parts = [everything(door.runtime.db)]
    folder = door.runtime.connections.evidence().root
    parts += [p.read_bytes().decode("utf-8", "replace") for p in folder.rglob("*") if p.is_file()]
    return "\n".join(parts)


def lines_left(door: Door) -> list[str]:
    """The rows and files that still hold it, cut short."""
    found = (line for line in left(door).splitlines() if CANARY in line)
    return [f"{line[:60]} … {line[line.index(CANARY) - 60 :][:120]}" for line in found]


def handed_out(door: Door) -> str:
    """Every export, and the case by page and by key; empty for a shop that has gone."""
    app = make_app(door.runtime)
    client, parts = app.test_client(), []
    client.get(login_link(door.runtime.settings, bodies.SHOP, "Alice"))
    with door.runtime.db.write() as tx:
        key = api_keys.make(tx, bodies.SHOP, "key", "settings", MONDAY, by="Alice")
        query = sa.select(tables.cases.c.case_id).where(tables.cases.c.shop == bodies.SHOP)
        cases = list(tx.execute(query).scalars())
    asked = [("POST", "/export", {}), ("POST", "/cases/export", {}), ("GET", "/audit", {})]
    bearer = {"Authorization": f"Bearer {key}"}
    for case_id in cases:
        asked += [("GET", f"/cases/{case_id}{end}", {}) for end in ("", "/claim", "/claim.zip")]
        asked += [("GET", f"/api/v1/cases/{case_id}/timeline", bearer)]
    for method, path, headers in asked:
        with client.open(path, method=method, headers={**OWN, **headers}) as answer:
            assert answer.status_code in {200, 404}, path
            parts.append(unpacked(answer))
    return "\n".join(parts)


def forgotten(door: Door) -> None:
    """An hour later, when a file that is just being brought can be told from one nobody needs."""
    door.runtime.clock.turn_to(door.runtime.clock.now() + timedelta(hours=2))
    for path in door.runtime.connections.evidence().root.rglob("*"):
        if path.is_file():
            past(path)
    assert carry_out(door.runtime) == 1


def past(path: Path) -> None:
    os.utime(path, (MONDAY.timestamp(), MONDAY.timestamp()))


def uninstall(door: Door) -> None:
    door.bring("app/uninstalled", bodies.raw({"id": 1, "myshopify_domain": bodies.SHOP}))


def customer_redact(door: Door) -> None:
    person = {"id": CUSTOMER, "email": f"{CANARY}@example.com", "phone": CANARY}
    redact(door, "customers/redact", customer=person, orders_to_redact=[bodies.ORDER_ID])


def test_the_person_was_everywhere_before(lived: Door) -> None:
    with lived.runtime.db.read() as tx:
        full = {
            table.name
            for table in tables.metadata.sorted_tables
            if CANARY in str(tx.execute(sa.select(table)).all())
        }
    assert full >= {"customers", "reports", "evidence", "events", "inbox", "case_words", "outbox"}
    assert CANARY in handed_out(lived)


def test_a_redacted_customer_is_in_no_row_file_log_or_export(
    lived: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    customer_redact(lived)
    forgotten(lived)
    assert lines_left(lived) == []
    assert CANARY not in handed_out(lived)
    told = capsys.readouterr()
    assert "a privacy request was carried out" in told.out
    assert CANARY not in told.out + told.err


@pytest.mark.parametrize("known", [True, False], ids=["an order we knew", "one we never heard of"])
def test_what_arrives_late_of_a_redacted_customer_brings_nobody_back(
    door: Door, request: pytest.FixtureRequest, known: bool
) -> None:
    if known:
        request.getfixturevalue("lived")
    customer_redact(door)
    forgotten(door)
    late = {**an_order(), "updated_at": "2026-11-03T09:00:00+00:00"}
    assert door.bring("orders/updated", bodies.raw(late)) == 200
    assert door.bring("orders/create", bodies.raw(an_order())) == 200
    assert lines_left(door) == []


def test_after_an_uninstall_the_same_without_a_word_to_the_store(
    lived: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    uninstall(lived)
    monkeypatch.setattr(type(lived.runtime.connections), "storefront", asked_the_store)
    customer_redact(lived)
    forgotten(lived)
    assert lines_left(lived) == []


def test_a_shop_that_went_is_in_no_row_and_no_file(
    lived: Door, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    uninstall(lived)
    monkeypatch.setattr(type(lived.runtime.connections), "storefront", asked_the_store)
    redact(lived, "shop/redact")
    forgotten(lived)
    assert lines_left(lived) == []
    with lived.runtime.db.read() as tx:
        kept = {
            table.name
            for table in tables.metadata.sorted_tables
            if "shop" in table.c
            and tx.execute(sa.select(table).where(table.c.shop == bodies.SHOP)).first()
        }
    assert kept == {"privacy_requests"}, "that it was asked and done"
    assert CANARY not in capsys.readouterr().out


@pytest.mark.parametrize("how", ["planned", "lost"])
def test_a_refund_under_way_is_finished_all_the_same(asked: Desk, how: str) -> None:
    with asked.db.write() as tx:
        timelines.keep_customer(
            tx, SHOP, ORDER_ID, Customer(CUSTOMER, CANARY, f"{CANARY}@x.example")
        )
    asked.approve(REFUND)
    if how == "lost":
        asked.store.after_refund.append(lose_answer)
        asked.work()
        assert asked.row(REFUND).state == "unknown"
    request = privacy.Request(1, SHOP, privacy.CUSTOMER_REDACT, (ORDER_ID,), CUSTOMER, MONDAY)
    with asked.db.write() as tx:
        assert privacy.erase_person(tx, request, [ORDER_ID], MONDAY) == 1
    asked.wait(timedelta(minutes=16))
    asked.work()
    assert asked.row(REFUND).state == "done"
    assert asked.store.paid_back() == asked.booked() == 2490
    assert CANARY not in everything(asked.db)


def asked_the_store(*_: object) -> None:
    raise AssertionError("the store was asked, and no token works any more")
