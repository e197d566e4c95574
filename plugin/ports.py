"""What the effects need of the outside world. Clients and sandbox both fit these shapes."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence, Set
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from clients.email.smtp import Message
from clients.money import Money
from clients.shopify import records as store
from clients.shopify.addresses import PostalAddress
from clients.shopify.bulk import BulkRun
from clients.shopify.bulk_orders import BulkOrder
from clients.shopify.drafts import Draft, DraftWanted
from clients.shopify.flags import Field, OrderFlags
from clients.shopify.returns import Return
from clients.supplier import records as supply
from clients.tmall.tmc import TmcMessage
from plugin.evidence.keep import Keep


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

    def remove_tags(self, order_id: int, tags: Sequence[str]) -> None:
        """Take tags off the order; one that is not there is no error."""

    def flags(self, order_id: int) -> OrderFlags | None:
        """The order's tags and our own fields; None when the store has none of this id."""

    def write_fields(
        self, order_id: int, values: Mapping[str, tuple[str, str]], read: OrderFlags
    ) -> None:
        """Write our own fields, key to (type, value), over what was read, or not at all."""

    def clear_fields(self, order_id: int, keys: Sequence[str]) -> None:
        """Take our own fields away."""

    def fields_shown(self) -> Set[str]:
        """Which of our own fields the store shows on an order's page."""

    def show_field(self, wanted: Field) -> None:
        """Have it shown, once."""

    def returns(self, order_id: int) -> Sequence[Return]:
        """The order's returns, whoever opened them."""

    def open_return(
        self, order_id: int, lines: Sequence[tuple[int, int]], *, reason: str, note: str
    ) -> int:
        """Open one for (line id, quantity), known again by its note; its id."""

    def close_return(self, return_id: int) -> None:
        """It has come to its end."""

    def fulfilment_orders(self, order_id: int) -> Sequence[store.FulfilmentOrder]:
        """What is still to be sent, with the holds on it."""

    def hold(self, fulfilment_order_id: int, *, reason: str, notes: str, handle: str) -> str | None:
        """Stop it from being sent; None when our own hold is there already."""

    def release_hold(self, fulfilment_order_id: int, hold_ids: Sequence[str]) -> None:
        """Lift holds by their ids."""

    def update_address(self, order_id: int, address: PostalAddress) -> None:
        """Where the order is sent to."""

    def cancel_order(self, order_id: int, *, reason: str, note: str, restock: bool) -> str:
        """Cancel without paying back; the id of the store's own job."""

    def create_draft(self, wanted: DraftWanted) -> Draft:
        """An order at no charge, not yet placed."""

    def find_draft(self, mark: str) -> Draft | None:
        """The draft that carries our mark, if the store has one."""

    def orders_page(self, moment: datetime, after: str = "") -> tuple[list[int], str]:
        """See `clients.shopify.admin.ShopifyAdmin`, as for the next."""
        ...

    def changes_page(self, moment: datetime, after: str = "") -> store.Changed:
        """A page of the orders changed since a moment."""

    def orders_count(self, since: datetime) -> int:
        """How many orders changed since a moment."""
        ...

    def start_bulk(self, since: datetime, *, disputes: bool = True) -> str:
        """See `clients.shopify.bulk.Bulk`, as for the next four."""
        ...

    def bulk_run(self, operation_id: str) -> BulkRun | None:
        """How far a bulk operation is."""

    def find_bulk(self, since: datetime, begun_at: datetime) -> BulkRun | None:
        """One whose start was never answered."""

    def cancel_bulk(self, operation_id: str) -> None:
        """Nobody waits for it any more."""

    def bulk_orders(self, url: str, place: int) -> Generator[BulkOrder]:
        """The orders of its file, from a place on."""
        ...

    def complete_draft(self, draft_id: int) -> int:
        """Place it; the new order's id."""


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

    def claim(
        self,
        reference: str,
        entries: Sequence[str],
        amount: Money,
        description: str,
        pictures: Sequence[bytes],
    ) -> str:
        """Ask for money back for goods that arrived badly, with pictures; the request's id."""

    def trace(self, reference: str) -> Sequence[supply.TraceStep]:
        """Where the parcel has been, oldest first; empty while nothing is known."""


@runtime_checkable
class Stopping(Protocol):
    """A supplier's API that can cancel what has not left yet."""

    def order(self, reference: str) -> supply.SupplierOrder | None:
        """As a supplier's."""

    def stoppable(self, reference: str) -> bool:
        """It could be asked for, as things are now."""

    def stop(self, reference: str) -> str:
        """`stopped` when it is cancelled already, `asked` when that was asked for.

        Raises Refused where it cannot be stopped this way.
        """


@runtime_checkable
class Sourcing(Protocol):
    """A supplier's API that can let an order's item come from another product."""

    def change_source(self, reference: str, sku: str, url: str) -> str:
        """Done, or done before. Raises Refused where it cannot be done this way."""


@runtime_checkable
class Diagnosing(Protocol):
    """A supplier's API that knows why a purchase cannot be placed."""

    def out_of_stock(self, reference: str) -> bool:
        """It was looked, and there is none."""


class TmallQueue(Protocol):
    """Tmall's message service: what is not confirmed comes again."""

    def consume(self, quantity: int) -> Sequence[TmcMessage]:
        """What waits, oldest first; nothing when the queue is empty."""

    def confirm(self, message_ids: Sequence[int]) -> None:
        """Kept: not to be sent again."""


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

    def customer_link(self, shop: str, order_id: int) -> str:
        """The customer's own page for an order."""

    def tmall_queue(self) -> TmallQueue | None:
        """Tmall's messages; None where no connection to it is set up."""

    def evidence(self) -> Keep:
        """Where pictures and videos are kept."""

    def keep_warm(self) -> int:
        """Renew the tokens of shops nobody works in; how many were."""
