"""True timelines to be copied: a few hundred orders lived through in a database of their own.

Each goes down the path a real one goes: events, clocks, clicks and outcomes through `Casework`.
Nothing is sent: what goes out by itself is said to have been done at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin import customer_reports, merchant
from plugin import timeline as t
from plugin.casework import Casework
from plugin.customer_reports import Told
from plugin.merchant import Click
from plugin.sandbox.catalogue import PRODUCTS, Product
from plugin.store import outbox, tables
from plugin.terms import STOPPED, VERIFIED, Route, Situation

NAME = 7_700_000
"""Order n of the scratch database is called #7700000 + n …"""
REFERENCE = 9_900_000_000
"""… and was bought under 9900000000 + n: digits that occur in nothing else, to be rewritten."""
OLDEST = timedelta(days=58)
MOST_TURNS = 40
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CURRENCIES = ("USD",) * 8 + ("EUR", "GBP")
COUNTRY = {"USD": "US", "EUR": "IT", "GBP": "GB"}
PERSON = "Alice"


class Life:
    """One order, from its purchase to now."""

    def __init__(
        self, tx: Connection, shop: str, number: int, now: datetime, random: Random
    ) -> None:
        self.tx, self.shop, self.order_id, self.random = tx, shop, number, random
        self.until = now
        self.now = now - OLDEST * random.random() ** 1.5 - 6 * HOUR
        self.situation = list(Situation)[number % len(Situation)]
        self.product: Product = random.choice(PRODUCTS)
        self.currency = random.choice(CURRENCIES)
        self.reference = str(REFERENCE + number)
        self.purchase_id = f"{self.product.supplier}/{self.reference}"
        self.line_id = 1000 + number
        self.answers = random.random()
        """How soon its merchant clicks: 1 at once, 0 never."""

    def live(self) -> None:
        """Begin, let the trouble come, and go from clock to clock until now."""
        self._begin()
        self._wait(DAY * self.random.uniform(0.2, 2))
        self._trouble()
        for _ in range(MOST_TURNS):
            self._carry_out()
            if self.random.random() < self.answers:
                self._click()
            if not self._move_on():
                return

    # --- how it begins ---------------------------------------------------------------------------

    def _begin(self) -> None:
        quantity = self.random.choice((1, 1, 1, 2, 3))
        price = self.product.usd if self.currency == "USD" else self.product.eur
        line = t.LineFacts(
            id=self.line_id,
            title=self.product.title,
            sku=self.product.sku,
            quantity=quantity,
            current_quantity=quantity,
            paid_minor=price * quantity,
            grams=self.product.grams,
        )
        seen = t.OrderSeen(
            version=self.now,
            name=f"#{NAME + self.order_id}",
            placed_at=self.now,
            paid_at=self.now,
            cancelled_at=None,
            currency=self.currency,
            shop_currency="USD",
            lines=(line,),
            shipping_paid_minor=self.random.choice((0, 490, 990)),
            country=COUNTRY[self.currency],
        )
        self._tell(seen, by="store")
        if self.situation is Situation.WRONG_ADDRESS and self.random.random() < 0.6:
            return  # its address is doubted before anything is bought
        bought = t.PurchaseRecorded(
            purchase_id=self.purchase_id,
            supplier=self.product.supplier,
            reference=self.reference,
            connection="by_hand",
            lines=((self.line_id, quantity),),
            route=self.random.choice((Route.DOMESTIC, Route.DOMESTIC, Route.INTERNATIONAL)),
            ship_by=self.now + 3 * DAY,
            ordered_at=self.now,
            cost_minor=self.product.cost * quantity,
            cost_currency="CNY",
        )
        self._tell(bought, by="import")

    def _trouble(self) -> None:
        match self.situation:
            case Situation.NO_STOCK:
                self._tell(t.OutOfStockReported(self.purchase_id, message="缺货"), by="supplier")
            case Situation.OVERSIZED:
                self._tell(t.OversizedReported(self.purchase_id, parcels=2), by="supplier")
            case Situation.SUPPLIER_SILENT:
                self._tell(t.SupplierAsked(self.purchase_id, "When will it ship?"), by=PERSON)
            case Situation.CUSTOMS_HOLD:
                self._ship()
                self._wait(4 * DAY)
                held = t.CustomsSeen(self.purchase_id, "held", since=self.now)
                self._tell(held, by="store")
            case Situation.DAMAGED | Situation.WRONG_ITEMS:
                self._ship()
                self._wait(9 * DAY)
                self._report()
            case Situation.CANCELLATION | Situation.WRONG_ADDRESS:
                self._report()
            case Situation.LATE_SHIPMENT:
                self._wait(3 * DAY)  # nothing is heard, and the clock does the rest

    def _ship(self) -> None:
        number = str(REFERENCE + self.order_id)
        self._tell(t.PurchaseShipped(self.purchase_id, self.now, f"YT{number}"), by="supplier")
        shipment = t.FulfilmentSeen(
            fulfilment_id=5000 + self.order_id,
            shipped_at=self.now,
            version=self.now,
            lines=((self.line_id, self._quantity()),),
            tracking_company="YunExpress",
            tracking_number=f"YT{number}",
        )
        self._tell(shipment, by="store")

    def _report(self) -> None:
        lines = ((self.line_id, 1),) if self.situation in VERIFIED else ()
        told = Told(
            self.situation,
            lines,
            wish=self.random.choice(("", "refund", "reissue")),
            words="It is not as it should be.",
            once=str(self.order_id),
        )
        customer_reports.report(self.tx, self._who("customer"), told)
        if self.situation in VERIFIED and self.random.random() < 0.7:
            self._wait(DAY)
            self._each_case(lambda case_id: t.EvidenceAdded(case_id, "a" * 64, "picture", "fault"))

    # --- how it goes on --------------------------------------------------------------------------

    def _move_on(self) -> bool:
        """To the next clock or the next word from outside; False once that is after now."""
        query = sa.select(tables.orders.c.next_look).where(
            tables.orders.c.shop == self.shop, tables.orders.c.order_id == self.order_id
        )
        due = self.tx.execute(query).scalar_one()
        soon = self.now + DAY * self.random.uniform(1, 9)
        if min(due or soon, soon) > self.until:
            return False
        if due is not None and due <= soon:
            self.now = max(self.now, due)
            self._work().look()
            return True
        self.now = soon
        self._news()
        return True

    def _news(self) -> None:
        """Something is heard that moves a case on, if there is anything to hear."""
        if self.random.random() < 0.5:
            return
        order = self._work().order
        purchase = order.purchases.get(self.purchase_id)
        if any(c.result == "" for c in order.claims.values()):
            result = self.random.choice(("verified", "verified", "refused"))
            self._each_case(lambda case_id: t.VerificationSeen(case_id, result))
        elif purchase is None:
            return
        elif purchase.recovery_state in {"asked", "agreed"}:
            state = self.random.choice(("agreed", "received", "received", "refused"))
            paid = 0 if state == "refused" else purchase.cost_minor
            self._tell(t.RecoverySeen(self.purchase_id, state, paid, "CNY"), by="supplier")
        elif purchase.customs == "held":
            cleared = t.CustomsSeen(self.purchase_id, "cleared", since=self.now)
            self._tell(cleared, by="store")
        elif (
            self.situation in STOPPED and purchase.intercept_asked_at and not purchase.interception
        ):
            result = self.random.choice(("succeeded", "failed"))
            self._tell(t.InterceptionSeen(self.purchase_id, result), by="supplier")
        elif not order.fulfilments and self.situation is not Situation.NO_STOCK:
            self._ship()

    def _carry_out(self) -> None:
        """What goes out by itself has gone out; a refund is then seen in the store, too."""
        for row in outbox.claim(self.tx, self.now, limit=20, per_shop=20):
            if row.order_id != self.order_id:
                continue  # of a life that is over, and written down
            outbox.done(self.tx, row, self.now, remote_id=str(row.id), minor=row.minor)
            done = t.ActionDone(row.key, str(row.id), row.minor, row.currency)
            self._work().settle(row, done, by="app")
            if row.action == "refund_customer":
                self._tell(_refund(row, self.now), by="store")

    def _click(self) -> None:
        """The merchant says yes, or at times no, to one thing he is asked."""
        asked = [
            r for r in outbox.of_order(self.tx, self.shop, self.order_id) if r.state == "asked"
        ]
        if not asked:
            return
        self._wait(HOUR * self.random.uniform(0.5, 20))
        row = self.random.choice(asked)
        try:
            if self.random.random() < 0.12:
                merchant.decline(self.tx, self._who(PERSON), row.key, why="agreed otherwise")
            else:
                choice = _choice(row.action, row.body)
                merchant.approve(self.tx, self._who(PERSON), row.key, choice=choice)
        except merchant.NotPossible:
            return  # the clock was quicker

    # --- small helpers ----------------------------------------------------------------------------

    def _each_case(self, event: object) -> None:
        assert callable(event)
        for case_id, record in self._work().order.cases.items():
            if record.closed is None:
                self._tell(event(case_id), by="customer")

    def _wait(self, length: timedelta) -> None:
        self.now = min(self.until, self.now + length)

    def _tell(self, *events: t.Event, by: str) -> None:
        self._work().record(events, by=by, cause="demo")

    def _work(self) -> Casework:
        return Casework(self.tx, self.shop, self.order_id, self.now)

    def _who(self, by: str) -> Click:
        return Click(self.shop, self.order_id, by, self.now)

    def _quantity(self) -> int:
        return self._work().order.lines[self.line_id].facts.quantity


def _choice(kind: str, body: Mapping[str, object]) -> str:
    if kind == "propose_alternative":
        return "source"
    choices = body.get("choices")
    return str(choices[0]) if isinstance(choices, list | tuple) and choices else ""


def _refund(row: outbox.Row, now: datetime) -> t.RefundSeen:
    lines = ((int(row.body["line_id"]), len(row.body["units"])),)
    return t.RefundSeen(800_000 + row.id, now, lines, row.minor, row.currency, row.mark)
