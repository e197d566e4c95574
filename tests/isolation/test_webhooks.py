"""What comes in for Alice changes nothing of Bob's, whatever it names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient

from plugin.settings import read
from scheduler import privacy
from scheduler.sweeps import drain_inbox
from scheduler.web import make_app
from tests.app.test_settings import GOOD
from tests.conftest import MONDAY
from tests.isolation.town import (
    ACCOUNT,
    CUSTOMER,
    OWN_PURCHASE,
    SAME_MAIL,
    SAME_ORDER,
    TRACKING,
    Town,
    Who,
)
from tests.story import HUANYU, LAMP
from tests.webhooks import bodies, doors, moves
from webhooks.schemas.supplier import DATA
from webhooks.translate import TOPICS

DOORS = {
    "POSTVENDITA_SUPPLIER_WEBHOOK_SECRET": doors.SUPPLIER_SECRET,
    "POSTVENDITA_MAIL_WEBHOOK_SECRET": doors.MAIL_SECRET,
    "POSTVENDITA_TMALL_KEY": doors.TMALL_KEY,
    "POSTVENDITA_TMALL_SECRET": doors.TMALL_SECRET,
    "POSTVENDITA_TMALL_SESSION": "session",
    "POSTVENDITA_TMALL_DISTRIBUTOR": "d",
    "POSTVENDITA_TMALL_SHOP": "alice-7c1.myshopify.com",
}
SAID: dict[str, Any] = {
    "line_ids": [LAMP], "lines": [{"line_id": LAMP, "quantity": 1}], "order_id": SAME_ORDER,
    "shipped_at": "2026-11-03T10:00:00Z", "cancelled_at": "2026-11-03T10:00:00Z",
    "since": "2026-11-03T10:00:00Z", "amount": {"amount": "1.00", "currency": "CNY"},
    "state": "held", "reason": "oversized", "route": "international", "sku": "SKU-11",
    "available": False, "message": "news", "tracking_number": "YT1", "parcels": 2,
}  # fmt: skip
"""What a supplier may say, by field."""
RESULTS = {"parcel.stopped": "succeeded", "claim.result": "verified"}
Body = dict[str, Any]


def about(make: Callable[..., Body]) -> Callable[[int], Body]:
    return lambda order_id: make(order_id=order_id)


ABOUT: dict[str, Callable[[int], Body]] = {
    "orders": lambda order_id: bodies.order(id=order_id),
    "orders/edited": lambda order_id: {"order_edit": {"id": order_id, "order_id": order_id}},
    "fulfillments": about(moves.fulfilment),
    "fulfillment_events": about(moves.carrier),
    "refunds": about(moves.refund),
    "order_transactions": about(moves.transaction),
    "disputes": about(moves.dispute),
    "returns": lambda order_id: {"id": 951, "status": "requested", "order": {"id": order_id}},
    "app/scopes_update": lambda _order_id: {
        "id": 1,
        "current": ["read_products"],
        "updated_at": MONDAY.isoformat(),
    },
}
"""A body about an order, by the family of its topic."""
ITSELF = ("customers/redact", "customers/data_request", "shop/redact", "app/uninstalled")


@dataclass
class Door:
    """The app's doors, and what is behind them."""

    town: Town
    client: FlaskClient
    before: dict[str, list[Any]]
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(10_000)))

    def bring(self, who: Who, topic: str, body: Body) -> None:
        """As Shopify sends it, for a shop."""
        raw = bodies.raw(body)
        headers = doors.shopify_headers(
            raw, X_Shopify_Topic=topic, X_Shopify_Shop_Domain=who.shop,
            X_Shopify_Hmac_Sha256=doors.signed(raw, GOOD["SHOPIFY_API_SECRET"]),
            X_Shopify_Webhook_Id=f"w-{next(self.numbers)}",
        )  # fmt: skip
        self.post("/webhooks/shopify", raw, headers)

    def post(self, path: str, raw: bytes, headers: Any) -> None:
        assert self.client.post(path, data=raw, headers=headers).status_code == 200
        drain_inbox(self.town.runtime)

    def states(self, who: Who) -> set[str]:
        """Of what was delivered here, beside what was planted."""
        rows = self.town.rows(who)["inbox"]
        return {row["state"] for row in rows if who.canary not in row["delivery_id"]}

    def changed(self, who: Who, before: dict[str, list[Any]] | None = None) -> list[str]:
        """Tables in which something of a shop's is another, but for the delivery itself."""
        now = self.town.rows(who)
        then = before or self.before
        return [name for name in now if name != "inbox" and now[name] != then[name]]


@pytest.fixture
def door(town: Town) -> Door:
    settings = town.runtime.settings
    told = read({
        **GOOD, **ACCOUNT, **DOORS,
        "POSTVENDITA_DATABASE_URL": settings.database_url,
        "POSTVENDITA_EVIDENCE_FOLDER": str(settings.evidence_folder),
    })  # fmt: skip
    town.runtime.settings = told
    return Door(town, make_app(town.runtime).test_client(), town.rows(town.bob))


def test_what_is_told_to_her_of_his_orders(door: Door) -> None:
    alice, bob = door.town.alice, door.town.bob
    for topic in TOPICS:
        for order_id in (SAME_ORDER, bob.own_order):
            known = topic if topic in ABOUT else topic.partition("/")[0]
            assert known in ABOUT, f"{topic} is new: give it a body in ABOUT"
            door.bring(alice, topic, ABOUT[known](order_id))
    assert door.states(alice) == {"handled", "ignored"}, "ignored is what brings no news"
    assert door.changed(bob) == []


@pytest.mark.parametrize("topic", ITSELF)
def test_a_body_that_names_the_other_shop_is_put_aside(door: Door, topic: str) -> None:
    alice, bob = door.town.alice, door.town.bob
    hers = door.town.rows(alice)
    for header, body in ((alice, bob), (bob, alice)):
        named = {"shop_domain": body.shop, "myshopify_domain": body.shop, "id": 1}
        few = {"customer": {"id": CUSTOMER}, "orders_to_redact": [SAME_ORDER]}
        door.bring(header, topic, {**named, **few})
    privacy.carry_out(door.town.runtime)
    assert door.states(alice) == {"parked"}
    assert door.changed(alice, hers) == []
    assert door.changed(bob) == []


@pytest.mark.parametrize("topic", ITSELF)
def test_her_customer_is_forgotten_by_her_alone(door: Door, topic: str) -> None:
    """Both shops have the customer, by the same number, mail and orders."""
    alice, bob = door.town.alice, door.town.bob
    if topic == "shop/redact":
        door.bring(alice, "app/uninstalled", {"id": 1, "myshopify_domain": alice.shop})
    orders = [SAME_ORDER, alice.own_order, bob.own_order]
    person = {"id": CUSTOMER, "email": SAME_MAIL}
    body = {"id": 1, "shop_domain": alice.shop, "myshopify_domain": alice.shop, "customer": person,
            "orders_to_redact": orders, "orders_requested": orders}  # fmt: skip
    hers = door.town.rows(alice)
    door.bring(alice, topic, body)
    privacy.carry_out(door.town.runtime)
    assert door.changed(alice, hers) != []
    assert door.changed(bob) == []
    keep = door.town.runtime.connections.evidence()
    assert keep.derived(bob.evidence, "picture.jpg").is_file()


@pytest.mark.parametrize("kind", sorted(DATA))
def test_what_her_suppliers_say_of_a_purchase_both_have(door: Door, kind: str) -> None:
    alice, bob = door.town.alice, door.town.bob
    for name in (HUANYU, OWN_PURCHASE):
        supplier, _, reference = name.partition("/")
        told = {**moves.recorded()["data"], **SAID, "supplier": supplier, "reference": reference}
        told["result"] = RESULTS.get(kind, "")
        data = {name: told[name] for name in DATA[kind].fields if name in told}
        body = {"type": kind, "shop": alice.shop, "data": data}
        raw = bodies.raw(body)
        door.post("/webhooks/supplier", raw, doors.standard(raw, id=f"msg_{reference}"))
    assert door.states(alice) & {"handled", "received"}, "understood, or waited with"
    assert door.changed(bob) == []


def test_what_tmall_tells_of_her_account_is_hers(door: Door) -> None:
    for purchase_id in ("T1", "T2", "1"):
        data = {"purchase_id": purchase_id}
        raw = bodies.raw(
            {"message_type": 3, "seller_id": "1", "shop": door.town.bob.shop, "data": data}
        )
        door.post("/webhooks/tmall", raw, doors.tmall_headers(raw))
    assert door.states(door.town.alice) != set()
    assert door.changed(door.town.bob) == []
    assert door.states(door.town.bob) == set()


@pytest.mark.parametrize("what", ["bounced", "complained", "received"])
def test_mail_that_comes_for_her_is_hers(door: Door, what: str) -> None:
    """Also where it speaks of a letter of his, or of a parcel both have."""
    alice, bob = door.town.alice, door.town.bob
    (letter,) = {r["remote_id"] for r in door.town.rows(bob)["outbox"] if r["remote_id"]}
    data = {
        "email_id": letter, "to": [SAME_MAIL], "bounce": {"type": "Permanent"},
        "subject": "Held by customs", "text": f"Parcel {TRACKING} was held by customs",
        "tags": {"shop": alice.domain},
    }  # fmt: skip
    raw = bodies.raw({"type": f"email.{what}", "data": data})
    headers = doors.standard(raw, secret=doors.MAIL_SECRET, spelled="svix-")
    door.post("/webhooks/mail", raw, headers)
    assert door.states(alice) <= {"handled", "parked"}
    assert door.states(alice) != set()
    assert door.changed(bob) == []
    assert door.states(bob) == set()
