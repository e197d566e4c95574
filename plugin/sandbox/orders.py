"""Orders of the pretend store, and the webhooks that tell of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from plugin.sandbox import moments
from plugin.sandbox.accounts import demand
from plugin.sandbox.deliveries import tell_shop
from plugin.sandbox.ground import SHOP_ID, Ground
from plugin.sandbox.rest_movements import (
    dispute_body,
    refund_body,
    transaction_body,
)
from plugin.sandbox.rest_orders import order_body
from plugin.sandbox.store import Row

GATEWAY = "shopify_payments"


def place(ground: Ground, order: Row, lines: Sequence[Row], at: datetime) -> int:
    """A customer orders and pays. Gives the order's id.

    `order` has email, locale, currency, rate_ppm, customer, address, shipping_minor,
    shipping_title; each line has title, variant, sku, product_id, variant_id, quantity,
    price_minor (of one unit), discount_minor, tax_minor, tax_percent, grams. Amounts are in minor
    units of the order's currency; `rate_ppm` of it make a million units of the shop's. It may
    have tags, note, source_name and discount_code too. What costs nothing has no payment.
    """
    with ground.ledger.writing():
        order_id, number = ground.number("order"), 1000 + ground.ledger.count("order name")
        stamp = moments.text(at)
        plain: Row = {"tags": [], "cancelled_at": None, "cancel_reason": None, "gateway": GATEWAY}
        ground.ledger.add(
            "orders",
            **plain
            | order
            | {
                "id": order_id,
                "number": number,
                "name": f"#{number}",
                "created_at": stamp,
                "updated_at": stamp,
            },
        )
        paid = sum(_add_line(ground, order_id, line) for line in lines) + order["shipping_minor"]
        if paid:
            ground.ledger.add(
                "transactions",
                id=ground.number("transaction"),
                order_id=order_id,
                refund_id=None,
                parent_id=None,
                kind="SALE",
                status="SUCCESS",
                amount_minor=paid,
                created_at=stamp,
                gateway=plain["gateway"],
            )
        for topic in ("orders/create", "orders/paid"):
            _tell_order(ground, order_id, topic, at=at, event=f"place:{order_id}")
    return order_id


def cancel(ground: Ground, order_id: int, reason: str, at: datetime) -> None:
    """The merchant cancels in the store's admin, without a refund."""
    with ground.ledger.writing():
        ground.ledger.amend("orders", order_id, cancelled_at=moments.text(at), cancel_reason=reason)
        touch(ground, order_id, at, quiet=True)
        for topic in ("orders/cancelled", "orders/updated"):
            _tell_order(ground, order_id, topic, at=at, event=f"cancel:{order_id}")


def dispute(ground: Ground, order_id: int, at: datetime, kind: str = "CHARGEBACK") -> int:
    """The customer's bank takes the money back for now. Gives the dispute's id."""
    with ground.ledger.writing():
        account, dispute_id = demand(ground.ledger, order_id), ground.number("dispute")
        ground.ledger.add(
            "disputes",
            id=dispute_id,
            order_id=order_id,
            created_at=moments.text(at),
            kind=kind,
            status="NEEDS_RESPONSE",
            amount_minor=account.paid,
            currency=account.order["currency"],
        )
        touch(ground, order_id, at)
        row = ground.ledger.row("SELECT * FROM disputes WHERE id = ?", dispute_id) or {}
        tell_shop(
            ground, "disputes/create", dispute_body(row), at=at, event=f"dispute:{dispute_id}"
        )
    return dispute_id


def retag(ground: Ground, order_id: int, tags: Sequence[str], at: datetime) -> None:
    """The order's tags are these from now on."""
    with ground.ledger.writing():
        ground.ledger.amend("orders", order_id, tags=sorted(set(tags)))
        touch(ground, order_id, at)


def readdress(ground: Ground, order_id: int, address: Row, at: datetime) -> None:
    """The order goes there from now on; where it was paid from stays as it was."""
    with ground.ledger.writing():
        order = demand(ground.ledger, order_id).order
        before = order.get("billing_address") or order["address"]
        ground.ledger.amend("orders", order_id, address=address, billing_address=before)
        touch(ground, order_id, at)


def touch(ground: Ground, order_id: int, at: datetime, *, quiet: bool = False) -> None:
    """The order changed at that moment; the app is told unless `quiet`."""
    with ground.ledger.writing():
        before = demand(ground.ledger, order_id).order["updated_at"]
        ground.ledger.amend("orders", order_id, updated_at=max(before, moments.text(at)))
        if not quiet:
            event = f"update:{order_id}:{moments.text(at)}"
            _tell_order(ground, order_id, "orders/updated", at=at, event=event)


def tell_refund(
    ground: Ground, order_id: int, refund_id: int, *, at: datetime, settled: Sequence[int]
) -> None:
    """`refunds/create`, and a word on each movement of money that has ended."""
    account = demand(ground.ledger, order_id)
    refund = next(r for r in account.refunds if r["id"] == refund_id)
    event = f"refund:{refund_id}"
    tell_shop(ground, "refunds/create", refund_body(account, refund), at=at, event=event)
    for transaction_id in settled:
        tell_transaction(ground, order_id, transaction_id, at=at)


def tell_transaction(ground: Ground, order_id: int, transaction_id: int, *, at: datetime) -> None:
    """`order_transactions/create`"""
    account = demand(ground.ledger, order_id)
    found = next(t for t in account.transactions if t["id"] == transaction_id)
    body = transaction_body(account, found)
    event = f"transaction:{transaction_id}:{found['status']}"
    tell_shop(ground, "order_transactions/create", body, at=at, event=event)


def uninstall(ground: Ground, at: datetime) -> None:
    """The merchant removes the app; its token is dead from now on."""
    with ground.ledger.writing():
        ground.ledger.write("uninstalled", at=moments.text(at))
        ground.ledger.run("DELETE FROM notes WHERE name = 'oauth'")
        shop = ground.settings.shop
        body: dict[str, Any] = {
            "id": SHOP_ID,
            "name": "Lanterna",
            "email": "owner@example.com",
            "domain": shop,
            "myshopify_domain": shop,
            "iana_timezone": "Europe/Rome",
            "currency": "USD",
            "plan_name": "basic",
            "country_code": "IT",
            "primary_locale": "en",
        }
        tell_shop(ground, "app/uninstalled", body, at=at, event="uninstalled")


def _add_line(ground: Ground, order_id: int, line: Row) -> int:
    paid = line["price_minor"] * line["quantity"] - line["discount_minor"] + line["tax_minor"]
    ground.ledger.add(
        "lines", **line | {"id": ground.number("line"), "order_id": order_id, "paid_minor": paid}
    )
    return int(paid)


def _tell_order(ground: Ground, order_id: int, topic: str, *, at: datetime, event: str) -> None:
    body = order_body(demand(ground.ledger, order_id))
    tell_shop(ground, topic, body, at=at, event=event)
