"""An honest outside world in memory: it keeps its own ledger and can lose its answers.

The storefront refuses to pay more than was paid, honours keys for 24 hours and then forgets
them, and may carry a call out and lose the answer, or die right after it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from clients.email.smtp import Message
from clients.errors import OutcomeUnknown, Refused, Retriable
from clients.money import Money
from clients.shopify import records as store
from clients.shopify.addresses import PostalAddress
from clients.shopify.bulk import BulkRun
from clients.shopify.bulk_orders import BulkOrder
from clients.shopify.drafts import Draft, DraftWanted
from clients.shopify.flags import Field, Kept, OrderFlags
from clients.shopify.refunds import refund_input
from clients.shopify.returns import Return, ReturnedLine
from clients.supplier import records as supply
from plugin.clock import Clock
from plugin.evidence.keep import Keep
from plugin.ports import Postbox, Storefront, Supplier
from tests.conftest import MONDAY
from tests.story import LAMP

ORDER_ID = 1001
SHOP = "alice.myshopify.com"
KEYS_LAST = timedelta(hours=24)


class Killed(BaseException):
    """The process dies here."""


def _as_it_is(found: list[BulkOrder]) -> list[BulkOrder]:
    """Named, so that a world can be kept in a file."""
    return found


@dataclass
class FakeStorefront:
    """A store with a ledger of its own."""

    clock: Clock
    orders: dict[int, store.Order] = field(default_factory=dict)
    keys: dict[str, tuple[datetime, store.Refund, Mapping[str, Any]]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    after_refund: list[Callable[[], None]] = field(default_factory=list)
    """What happens after the effect of the next calls, before their answer."""
    page: int = 100
    """Orders on one page of changes."""
    before_refund: list[Callable[[], None]] = field(default_factory=list)

    def order(self, order_id: int) -> store.Order | None:
        self.calls.append("order")
        return self.orders.get(order_id)

    def preview_refund(
        self, order_id: int, lines: Sequence[tuple[int, int]], shipping: Money | None
    ) -> store.RefundPreview:
        self.calls.append("preview")
        order = self.orders[order_id]
        ((line_id, quantity),) = lines
        line = next(found for found in order.lines if found.id == line_id)
        goods = line.paid.minor * quantity // line.quantity
        amount = Money(goods + (shipping.minor if shipping else 0), order.currency)
        return store.RefundPreview(
            amount=amount,
            maximum=Money(order.total_paid.minor - order.total_refunded.minor, order.currency),
            shipping=shipping or Money(0, order.currency),
            lines=tuple(lines),
            transactions=(store.SuggestedTransaction(77, "bogus", amount),),
        )

    refund_input = staticmethod(refund_input)

    def create_refund(self, refund_input: Mapping[str, Any], key: str) -> store.Refund:
        self.calls.append(f"refund {key}")
        for happening in self._drain(self.before_refund):
            happening()
        known = self.keys.get(key)
        if known is not None and self.clock.now() - known[0] < KEYS_LAST:
            if dict(known[2]) != dict(refund_input):
                raise Refused("shopify", "mismatch", code="IDEMPOTENCY_KEY_PARAMETER_MISMATCH")
            made = known[1]
        else:
            made = self._pay(refund_input)
            self.keys[key] = (self.clock.now(), made, dict(refund_input))
        for happening in self._drain(self.after_refund):
            happening()
        return made

    # --- what the order says --------------------------------------------------------------------

    tags: dict[int, list[str]] = field(default_factory=dict)
    """By order, everybody's."""
    fields: dict[int, dict[str, str]] = field(default_factory=dict)
    shown: dict[str, Field] = field(default_factory=dict)
    after_flag: list[Callable[[], None]] = field(default_factory=list)
    """What happens after the effect of the next changes of tags and fields."""

    def flags(self, order_id: int) -> OrderFlags | None:
        self.calls.append("flags")
        if order_id not in self.orders:
            return None
        kept = self.fields.get(order_id, {})
        return OrderFlags(
            tuple(self.tags.get(order_id, ())),
            {key: Kept(value, f"digest of {value}") for key, value in kept.items()},
        )

    def add_tags(self, order_id: int, tags: Sequence[str]) -> None:
        there = self.tags.setdefault(order_id, [])
        there.extend(tag for tag in tags if tag not in there)
        self._flagged(order_id, f"tag {' '.join(tags)}")

    def remove_tags(self, order_id: int, tags: Sequence[str]) -> None:
        self.tags[order_id] = [tag for tag in self.tags.get(order_id, ()) if tag not in tags]
        self._flagged(order_id, f"untag {' '.join(tags)}")

    def write_fields(
        self, order_id: int, values: Mapping[str, tuple[str, str]], read: OrderFlags
    ) -> None:
        now = self.flags(order_id) or OrderFlags()
        if any(read.fields.get(key) != now.fields.get(key) for key in values):
            raise Retriable("shopify", "somebody else changed the field", code="STALE_OBJECT")
        kept = self.fields.setdefault(order_id, {})
        kept.update({key: value for key, (_, value) in values.items()})
        self._flagged(order_id, f"write {' '.join(values)}")

    def clear_fields(self, order_id: int, keys: Sequence[str]) -> None:
        for key in keys:
            self.fields.get(order_id, {}).pop(key, None)
        self._flagged(order_id, f"clear {' '.join(keys)}")

    def fields_shown(self) -> frozenset[str]:
        return frozenset(self.shown)

    def show_field(self, wanted: Field) -> None:
        self.calls.append(f"show {wanted.key}")
        self.shown[wanted.key] = wanted

    # --- returns --------------------------------------------------------------------------------

    kept_returns: list[Return] = field(default_factory=list)
    after_return: list[Callable[[], None]] = field(default_factory=list)
    """What happens after the next return was opened or closed, before the answer."""

    def returns(self, order_id: int) -> Sequence[Return]:
        self.calls.append("returns")
        return list(self.kept_returns)

    def open_return(
        self, order_id: int, lines: Sequence[tuple[int, int]], *, reason: str, note: str
    ) -> int:
        self.calls.append(f"open return {reason}")
        taken = {line.line_id for one in self.kept_returns for line in one.lines}
        if taken & {line_id for line_id, _ in lines}:
            raise Refused("shopify", "nothing of it can come back", code="nothing_to_return")
        number = 300 + len(self.kept_returns)
        said = tuple(ReturnedLine(line_id, units, reason, note) for line_id, units in lines)
        made = Return(number, f"#1001-R{number}", "OPEN", self.clock.now(), said)
        self.kept_returns.append(made)
        for happening in self._drain(self.after_return):
            happening()
        return number

    def close_return(self, return_id: int) -> None:
        self.calls.append(f"close return {return_id}")
        found = next((one for one in self.kept_returns if one.id == return_id), None)
        if found is None or found.status != "OPEN":
            raise Refused("shopify", "it is not open", code="INVALID_STATE")
        place = self.kept_returns.index(found)
        self.kept_returns[place] = replace(found, status="CLOSED")
        for happening in self._drain(self.after_return):
            happening()

    def _flagged(self, order_id: int, call: str) -> None:
        self.calls.append(call)
        # A store tells of such a change like of any other: the order is newer than it was.
        order = self.orders[order_id]
        self.orders[order_id] = replace(order, updated_at=self.clock.now())
        for happening in self._drain(self.after_flag):
            happening()

    # --- before anything is bought, and goods again -----------------------------------------

    holds: list[str] = field(default_factory=list)
    hold_notes: list[str] = field(default_factory=list)
    address: PostalAddress | None = None
    drafts: dict[str, Draft] = field(default_factory=dict)
    after_change: list[Callable[[], None]] = field(default_factory=list)

    def fulfilment_orders(self, order_id: int) -> Sequence[store.FulfilmentOrder]:
        held = tuple((gid, gid, "OTHER") for gid in self.holds)
        return [store.FulfilmentOrder(71, "ON_HOLD" if held else "OPEN", held)]

    def hold(self, fulfilment_order_id: int, *, reason: str, notes: str, handle: str) -> str | None:
        self.calls.append(f"hold {reason}")
        self.hold_notes.append(notes)
        if handle in self.holds:
            return None
        self.holds.append(handle)
        return handle

    def release_hold(self, fulfilment_order_id: int, hold_ids: Sequence[str]) -> None:
        self.calls.append("release")
        self.holds = [gid for gid in self.holds if gid not in hold_ids]

    def update_address(self, order_id: int, address: PostalAddress) -> None:
        self.calls.append("address")
        self.address = address

    def cancel_order(self, order_id: int, *, reason: str, note: str, restock: bool) -> str:
        self.calls.append("cancel")
        order = self.orders[order_id]
        if order.cancelled_at is not None:
            raise Refused("shopify", "is cancelled already")
        self.orders[order_id] = replace(
            order, cancelled_at=self.clock.now(), updated_at=self.clock.now()
        )
        for happening in self._drain(self.after_change):
            happening()
        return "gid://shopify/Job/1"

    def create_draft(self, wanted: DraftWanted) -> Draft:
        self.calls.append("draft")
        # Two drafts with one mark can be made, as in the real store: who repeats blindly is seen.
        name = f"{wanted.mark}{'#' * sum(wanted.mark in key for key in self.drafts)}"
        made = Draft(len(self.drafts) + 1, "#D1", "OPEN", Money(0, "USD"))
        self.drafts[name] = made
        for happening in self._drain(self.after_change):
            happening()
        return made

    def find_draft(self, mark: str) -> Draft | None:
        return self.drafts.get(mark)

    def complete_draft(self, draft_id: int) -> int:
        self.calls.append("complete")
        name = next(name for name, one in self.drafts.items() if one.id == draft_id)
        if self.drafts[name].order_id is None:
            self.drafts[name] = replace(
                self.drafts[name], status="COMPLETED", order_id=2000 + draft_id
            )
        for happening in self._drain(self.after_change):
            happening()
        return self.drafts[name].order_id or 0

    def orders_page(self, moment: datetime, after: str = "") -> tuple[list[int], str]:
        self.calls.append("page")
        found = sorted(self._changed(moment), key=lambda one: (one.created_at, one.id))[::-1]
        start = int(after or 0)
        more = start + self.page < len(found)
        ids = [one.id for one in found[start : start + self.page]]
        return ids, str(start + self.page) if more else ""

    def changes_page(self, moment: datetime, after: str = "") -> store.Changed:
        self.calls.append("changes")
        found = sorted(self._changed(moment), key=lambda one: (one.updated_at, one.id))
        start = int(after or 0)
        page = found[start : start + self.page]
        more = str(start + self.page) if start + self.page < len(found) else ""
        until = page[-1].updated_at if page else None
        return store.Changed(tuple(one.id for one in page), until, more)

    def _changed(self, moment: datetime) -> list[store.Order]:
        return [order for order in self.orders.values() if order.updated_at >= moment]

    # --- in bulk ----------------------------------------------------------------------------

    runs: list[BulkRun] = field(default_factory=list)
    becomes: list[BulkRun | None] = field(default_factory=list)
    """What the next looks at an operation find; then it is done."""
    before_bulk: list[Callable[[], None]] = field(default_factory=list)
    after_bulk: list[Callable[[], None]] = field(default_factory=list)
    in_file: Callable[[list[BulkOrder]], list[BulkOrder]] = field(default=_as_it_is)
    """What becomes of a file on the way."""

    def orders_count(self, since: datetime) -> int:
        self.calls.append("count")
        return len(self._changed(since))

    def start_bulk(self, since: datetime, *, disputes: bool = True) -> str:
        self.calls.append("start bulk" if disputes else "start bulk without disputes")
        for happening in self._drain(self.before_bulk):
            happening()
        name = f"gid://shopify/BulkOperation/{len(self.runs) + 1}"
        url = "https://storage.googleapis.com/file"
        run = BulkRun(name, "COMPLETED", "", 0, self.clock.now(), since.isoformat(), url)
        self.runs.append(run)
        for happening in self._drain(self.after_bulk):
            happening()
        return name

    def bulk_run(self, operation_id: str) -> BulkRun | None:
        self.calls.append("look at bulk")
        if self.becomes:
            return self.becomes.pop(0)
        return next((run for run in self.runs if run.id == operation_id), None)

    def find_bulk(self, since: datetime, begun_at: datetime) -> BulkRun | None:
        self.calls.append("find bulk")
        ours = [run for run in self.runs if run.query == since.isoformat()]
        return ours[-1] if ours else None

    def cancel_bulk(self, operation_id: str) -> None:
        self.calls.append("cancel bulk")

    def bulk_orders(self, url: str, place: int) -> Generator[BulkOrder]:
        self.calls.append(f"file from {place}")
        whole = [
            BulkOrder(one.id, None if one.refunds else one, n + 1)
            for n, one in enumerate(sorted(self.orders.values(), key=lambda one: one.id))
        ]
        yield from self.in_file(whole)[place:]

    def refund_by_hand(self, line_id: int = LAMP, minor: int = 2490) -> store.Refund:
        """Somebody refunds in the store's admin."""
        return self._keep(ORDER_ID, line_id, 1, Money(minor, "USD"), "by hand")

    def paid_back(self) -> int:
        """The store's own ledger: minor units of all refunds."""
        return sum(r.total.minor for order in self.orders.values() for r in order.refunds)

    def _pay(self, wanted: Mapping[str, Any]) -> store.Refund:
        order_id = store.number(wanted["orderId"])
        order = self.orders[order_id]
        amount = sum(
            Money.parse(tx["amount"], order.currency).minor for tx in wanted["transactions"]
        )
        if order.total_refunded.minor + amount > order.total_paid.minor:
            raise Refused("shopify", "more than was paid")
        item = wanted["refundLineItems"][0]
        line_id = store.number(item["lineItemId"])
        total = Money(amount, order.currency)
        return self._keep(order_id, line_id, item["quantity"], total, wanted["note"])

    def _keep(
        self, order_id: int, line_id: int, quantity: int, total: Money, note: str
    ) -> store.Refund:
        order = self.orders[order_id]
        line = next(found for found in order.lines if found.id == line_id)
        if quantity > line.refundable_quantity:
            raise Refused("shopify", "quantity cannot be refunded")
        made = store.Refund(
            900 + len(order.refunds), self.clock.now(), note, ((line_id, quantity),), total
        )
        left = replace(
            line,
            refundable_quantity=line.refundable_quantity - quantity,
            current_quantity=line.current_quantity - quantity,
        )
        self.orders[order_id] = replace(
            order,
            refunds=(*order.refunds, made),
            lines=tuple(left if found.id == line_id else found for found in order.lines),
            total_refunded=order.total_refunded + total,
            updated_at=self.clock.now(),
        )
        return made

    @staticmethod
    def _drain(happenings: list[Callable[[], None]]) -> list[Callable[[], None]]:
        taken, happenings[:] = happenings[:], []
        return taken


@dataclass
class FakeSupplier:
    """A supplier with an API and no idempotency keys."""

    clock: Clock
    purchases: dict[str, supply.SupplierOrder] = field(default_factory=dict)
    urged: list[str] = field(default_factory=list)
    asked: list[supply.SupplierRefund] = field(default_factory=list)
    after_asking: list[Callable[[], None]] = field(default_factory=list)
    traces: dict[str, tuple[supply.TraceStep, ...]] = field(default_factory=dict)

    def urge(self, reference: str) -> bool:
        self.urged.append(reference)
        return True

    def order(self, reference: str) -> supply.SupplierOrder | None:
        return self.purchases.get(reference)

    def refund_reasons(
        self, reference: str, entries: Sequence[str], *, goods_status: str = ""
    ) -> Sequence[Any]:
        @dataclass(frozen=True)
        class Reason:
            id: str
            name: str

        return [Reason("1", "其他"), Reason("2", "缺货")]

    def ask_refund(
        self, reference: str, entries: Sequence[str], amount: Money, reason_id: str, text: str
    ) -> str:
        made = supply.SupplierRefund(f"TQ{len(self.asked)}", reference, "asked", "new", amount)
        self.asked.append(made)
        for happening in FakeStorefront._drain(self.after_asking):
            happening()
        return made.id

    def claim(
        self,
        reference: str,
        entries: Sequence[str],
        amount: Money,
        description: str,
        pictures: Sequence[bytes],
    ) -> str:
        return self.ask_refund(reference, entries, amount, "3", description)

    def trace(self, reference: str) -> Sequence[supply.TraceStep]:
        return self.traces.get(reference, ())

    def refunds(self, reference: str) -> Sequence[supply.SupplierRefund]:
        return [r for r in self.asked if r.reference == reference]


@dataclass
class FakePostbox:
    """A mailbox that counts every delivery."""

    mails: list[Message] = field(default_factory=list)
    after_sending: list[Callable[[], None]] = field(default_factory=list)

    def send(self, message: Message) -> str:
        self.mails.append(message)
        for happening in FakeStorefront._drain(self.after_sending):
            happening()
        return message.message_id

    def to(self, address: str) -> list[Message]:
        """The mails to one address."""
        return [mail for mail in self.mails if mail.to == address]


@dataclass
class FakeConnections:
    """The ways out, all of them fakes."""

    store: FakeStorefront
    api: FakeSupplier
    mail: FakePostbox
    keep: Keep = field(default_factory=lambda: Keep(Path(mkdtemp())))

    def storefront(self, shop: str) -> Storefront:
        return self.store

    def supplier(self, shop: str, connection: str) -> Supplier | None:
        return self.api if connection == "1688" else None

    def postbox(self) -> Postbox | None:
        return self.mail

    def sender(self, shop: str) -> str:
        return "desk@example.com"

    def link(self, path: str) -> str:
        return f"https://desk.example.com{path}"

    def customer_link(self, shop: str, order_id: int) -> str:
        return f"https://desk.example.com/report/token-of-{order_id}"

    def keep_warm(self) -> int:
        return 0

    def tmall_queue(self) -> None:
        return None

    def evidence(self) -> Keep:
        return self.keep


def lose_answer() -> None:
    """The call had its effect; the answer is lost."""
    raise OutcomeUnknown("shopify", "read timed out")


def die() -> None:
    """The call had its effect; the process is gone."""
    raise Killed


def store_order(*, quantity: int = 1, minor: int = 2490, shipping: int = 0) -> store.Order:
    """Order #1001 as the store has it."""
    paid = Money(minor * quantity, "USD")
    freight = Money(shipping, "USD")
    return store.Order(
        id=ORDER_ID,
        name="#1001",
        created_at=MONDAY,
        processed_at=MONDAY,
        updated_at=MONDAY,
        cancelled_at=None,
        financial_status="PAID",
        currency="USD",
        shop_currency="USD",
        lines=(
            store.OrderLine(
                id=LAMP,
                title="Paper lamp",
                sku="SKU-11",
                product_id=1,
                variant_id=2,
                quantity=quantity,
                current_quantity=quantity,
                refundable_quantity=quantity,
                unfulfilled_quantity=quantity,
                requires_shipping=True,
                paid=paid,
            ),
        ),
        shipping_paid=freight,
        total_paid=paid + freight,
        total_refunded=Money(0, "USD"),
    )
