"""What the Shopify client gives back: plain, frozen values with the parts we act on.

Amounts are in the currency the customer paid in (Shopify's presentment currency), because that
is the currency a refund is made in. Ids are the numeric ones; `gid` builds the GraphQL form.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from clients.money import Money
from clients.shopify.addresses import PostalAddress


def gid(kind: str, number: int) -> str:
    """`gid("Order", 1)` is `gid://shopify/Order/1`."""
    return f"gid://shopify/{kind}/{number}"


def number(gid_text: str) -> int:
    """The numeric part of a GraphQL id. Raises ValueError when there is none."""
    return int(gid_text.rsplit("/", 1)[-1].split("?", 1)[0])


@dataclass(frozen=True)
class OrderLine:
    """One line of an order. `paid` is for all units: after discounts, with tax."""

    id: int
    title: str
    sku: str
    product_id: int | None
    variant_id: int | None
    quantity: int
    current_quantity: int
    refundable_quantity: int
    unfulfilled_quantity: int
    requires_shipping: bool
    paid: Money
    grams: int | None = None
    """Of one unit; None when nobody entered it."""


@dataclass(frozen=True)
class Fulfilment:
    """A shipment the store knows of."""

    id: int
    status: str
    created_at: datetime
    lines: tuple[tuple[int, int], ...]
    """(line id, quantity)"""
    tracking_company: str = ""
    tracking_numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Transaction:
    """A movement of money of a refund: `status` SUCCESS, PENDING, FAILURE or ERROR."""

    id: int
    kind: str
    status: str
    amount: Money


@dataclass(frozen=True)
class Refund:
    """A refund as the store's own ledger has it, whoever made it."""

    id: int
    created_at: datetime
    note: str
    lines: tuple[tuple[int, int], ...]
    """(line id, quantity)"""
    total: Money
    transactions: tuple[Transaction, ...] = ()


@dataclass(frozen=True)
class Dispute:
    """A card dispute: `kind` CHARGEBACK or INQUIRY, `status` as Shopify's DisputeStatus."""

    id: int
    kind: str
    status: str


@dataclass(frozen=True)
class FulfilmentOrder:
    """What Shopify still wants shipped from one location.

    `status` is a FulfillmentOrderStatus: OPEN, ON_HOLD, CLOSED, CANCELLED, ...
    """

    id: int
    status: str
    holds: tuple[tuple[str, str, str], ...] = ()
    """(hold id as gid, handle, reason)"""
    line_ids: tuple[int, ...] = ()
    """Empty in an order's record, which is read without them."""


@dataclass(frozen=True)
class Order:
    """An order, read just now."""

    id: int
    name: str
    created_at: datetime
    processed_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None
    financial_status: str
    currency: str
    shop_currency: str
    lines: tuple[OrderLine, ...]
    shipping_paid: Money
    total_paid: Money
    total_refunded: Money
    refunds: tuple[Refund, ...] = ()
    fulfilments: tuple[Fulfilment, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    fulfilment_orders: tuple[FulfilmentOrder, ...] = ()
    tags: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    """Fields the platform refused to show (partial data), by path."""
    country: str = ""
    """ISO 3166's two letters of where it goes; empty when not shown."""
    test: bool = False
    """Placed with a test payment: no money moved, no goods are owed."""
    locale: str = ""
    """The customer's own, as `it` or `fr-CA`; empty when not known."""
    shipping_address: PostalAddress | None = None
    """None without one, and where the app may not see it."""
    email: str = ""
    """The customer's, as the store has it; empty where the app may not see it."""
    customer_id: int | None = None


@dataclass(frozen=True)
class Changed:
    """A page of changes: which orders, when the last of them changed, and where the next begins."""

    ids: tuple[int, ...]
    until: datetime | None
    """None for an empty page."""
    more: str
    """Empty when this is the last."""


@dataclass(frozen=True)
class SuggestedTransaction:
    """Where Shopify would send money back to."""

    parent_id: int
    gateway: str
    amount: Money


@dataclass(frozen=True)
class ShopFacts:
    """A shop, as far as the desk has to know it."""

    shop: str
    name: str
    email: str
    currency: str
    zone: str


@dataclass(frozen=True)
class RefundPreview:
    """What Shopify itself would refund for the lines asked about."""

    amount: Money
    maximum: Money
    shipping: Money
    lines: tuple[tuple[int, int], ...]
    transactions: tuple[SuggestedTransaction, ...] = field(default=())
