"""What the effects need of the outside world. Clients and sandbox both fit these shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from clients.email.smtp import Message
from clients.money import Money
from clients.shopify import records as store
from clients.supplier import records as supply


class Storefront(Protocol):
    """The store's own system. Every call may raise the errors of `clients.errors`."""

    def order(self, order_id: int) -> store.Order | None:
        """The order as it is now; None when the store has none of this id."""

    def preview_refund(
        self, order_id: int, lines: Sequence[tuple[int, int]], shipping: Money | None
    ) -> store.RefundPreview:
        """What the store itself would give back for (line id, quantity) and some shipping."""

    def refund_input(
        self,
        order_id: int,
        preview: store.RefundPreview,
        *,
        note: str,
        currency: str,
        notify: bool = False,
    ) -> dict[str, Any]:
        """Exactly what `create_refund` will send, to be written down first."""

    def create_refund(self, refund_input: Mapping[str, Any], key: str) -> store.Refund:
        """Pay back, once per key while the store remembers it."""

    def add_tags(self, order_id: int, tags: Sequence[str]) -> None:
        """Add tags to the order, never removing any."""


class Supplier(Protocol):
    """A supplier's API."""

    def urge(self, reference: str) -> Any:
        """Ask for what is overdue to be shipped."""

    def order(self, reference: str) -> supply.SupplierOrder | None:
        """The purchase as the supplier has it."""

    def refund_reasons(
        self, reference: str, entries: Sequence[str], *, goods_status: str
    ) -> Sequence[Any]:
        """The reasons this supplier accepts."""

    def ask_refund(
        self,
        reference: str,
        entries: Sequence[str],
        amount: Money,
        reason_id: str,
        description: str,
    ) -> str:
        """Ask for money back; the supplier's id of the request."""

    def refunds(self, reference: str) -> Sequence[supply.SupplierRefund]:
        """What was asked back for this purchase so far."""


class Postbox(Protocol):
    """Outgoing mail."""

    def send(self, message: Message) -> str:
        """Hand one message over; its Message-ID."""


class Connections(Protocol):
    """The ways out, for one shop at a time."""

    def storefront(self, shop: str) -> Storefront:
        """Raises `NeedsAuthorisation` when we hold no token for the shop."""

    def supplier(self, shop: str, connection: str) -> Supplier | None:
        """None when the shop has no API for it: then a person is the supplier's API."""

    def postbox(self) -> Postbox | None:
        """None when no mail is configured."""

    def sender(self, shop: str) -> str:
        """The address the shop's mail comes from."""

    def link(self, path: str) -> str:
        """An address of ours, for letters."""
