"""What the sandbox's customers, carriers and suppliers have just told: the later situations.

Late and missing goods come about by themselves as the store's days pass. Parcels at customs, broken
lamps and second thoughts need somebody to speak: these people do, by what pages and doors call.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import timedelta

from PIL import Image, ImageDraw

from plugin import customer_reports, merchant
from plugin import timeline as t
from plugin.casework import Casework
from plugin.customer_reports import Told
from plugin.evidence import check
from plugin.fold import fold
from plugin.order import Order, Purchase
from plugin.store import timelines
from plugin.store.reports import Evidence
from plugin.terms import Route, Situation
from scheduler.runtime import Runtime

ADDRESS = {
    "address1": "Via Garibaldi 12",
    "city": "Torino",
    "zip": "10122",
    "province_code": "TO",
    "country_code": "IT",
}


_Found = tuple[int, Order]


def unfold(runtime: Runtime, shop: str, fresh: Sequence[int]) -> None:
    """Let them speak. `fresh` are orders nobody has bought for yet."""
    hands = _Hands(runtime, shop)
    shipped, waiting, abroad = hands.by_state()
    unbought = iter(fresh)
    hands.report(next(shipped), Situation.DAMAGED, "Der Schirm ist gerissen.", wish="refund")
    claimed = hands.report(next(shipped), Situation.DAMAGED, "Una crepa sul bordo.", wish="reissue")
    hands.prove(claimed, ("parcel", "label", "fault"))
    hands.report(next(shipped), Situation.WRONG_ITEMS, "Only two of three cups were in the box.")
    verified = hands.report(next(shipped), Situation.WRONG_ITEMS, "I ordered blue, this is green.")
    hands.prove(verified, ("parcel", "content"))
    hands.tell(verified[0], t.VerificationSeen(verified[1], "verified"))
    refused = hands.report(next(shipped), Situation.DAMAGED, "Arrivato bagnato.")
    hands.prove(refused, ("fault",))
    hands.tell(refused[0], t.VerificationSeen(refused[1], "refused", "外包装完好，无法核实"))
    now = runtime.clock.now()
    for days in (1, 5):
        order_id, order = next(shipped)
        held = t.CustomsSeen(_bought(order).id, "held", now - timedelta(days=days))
        hands.tell(order_id, held)
    for parcels in (0, 2):
        order_id, order = next(waiting)
        refusal = t.OversizedReported(_bought(order).id, message="超出线路限制", parcels=parcels)
        hands.tell(order_id, refusal)
    hands.report(next(waiting), Situation.CANCELLATION, "I found it in a shop near me.")
    hands.report(next(abroad), Situation.CANCELLATION, "Mi sono sbagliata.")
    hands.report((next(unbought), None), Situation.CANCELLATION, "Please cancel my order.")
    hands.report(next(waiting), Situation.WRONG_ADDRESS, "I have moved.", address=ADDRESS)
    hands.report((next(unbought), None), Situation.WRONG_ADDRESS, "", address=ADDRESS)


def ask(runtime: Runtime, shop: str, order_id: int) -> None:
    """The merchant asks the supplier of an order something, outside the app."""
    hands = _Hands(runtime, shop)
    found = next(order for i, order in hands.orders() if i == order_id)
    hands.tell(order_id, t.SupplierAsked(_bought(found).id, "When will it ship?"))


class _Hands:
    def __init__(self, runtime: Runtime, shop: str) -> None:
        self.runtime, self.shop = runtime, shop

    def by_state(self) -> tuple[Iterator[_Found], Iterator[_Found], Iterator[_Found]]:
        """Orders without a case: shipped, waiting inside China, and gone abroad."""
        quiet = [f for f in self.orders() if not f[1].cases and not _bought(f[1]).asked_at]
        abroad = [f for f in quiet if _bought(f[1]).route is Route.INTERNATIONAL]
        inside = [f for f in quiet if _bought(f[1]).route is Route.DOMESTIC]
        shipped = [f for f in inside if _bought(f[1]).shipped_at]
        waiting = [f for f in inside if not _bought(f[1]).shipped_at]
        return iter(shipped), iter(waiting), iter(abroad)

    def report(
        self, found: _Found | tuple[int, None], situation: Situation, words: str, **more: object
    ) -> tuple[int, str]:
        """The customer tells it: (order id, case id)."""
        order_id, order = found
        lines: tuple[tuple[int, int], ...] = ()
        if situation in {Situation.DAMAGED, Situation.WRONG_ITEMS} and order is not None:
            lines = tuple((i, len(u)) for i, u in list(_bought(order).units.items())[:1])
        told = Told(situation, lines, words=words, **more)  # type: ignore[arg-type]
        with self.runtime.db.write() as tx:
            (case_id, *_) = customer_reports.report(tx, self._who(order_id), told)
        return order_id, case_id

    def prove(self, case: tuple[int, str], shots: Sequence[str]) -> None:
        """Pictures from a phone."""
        order_id, case_id = case
        keep = self.runtime.connections.evidence()
        for number, shot in enumerate(shots, 1):
            received = keep.receive(io.BytesIO(_picture(shot, case_id)), 10**7)
            finding = check.examine(received.path)
            check.keep_copies(keep, received.sha256, finding)
            kept = Evidence(
                case_id=case_id,
                evidence_id=received.sha256,
                order_id=order_id,
                number=number,
                name=f"{shot}.jpg",
                media="picture",
                mime="image/jpeg",
                size=received.size,
                shot=shot,
                checked=True,
                advice=finding.advice,
                facts=finding.facts,
                received_at=self.runtime.clock.now(),
                by="customer",
            )
            with self.runtime.db.write() as tx:
                customer_reports.add_evidence(tx, self._who(order_id), kept)

    def tell(self, order_id: int, *events: t.Event) -> None:
        """Somebody outside tells it."""
        with self.runtime.db.write() as tx:
            work = Casework(tx, self.shop, order_id, self.runtime.clock.now())
            work.record(events, by="supplier", cause="sandbox")

    def orders(self) -> Iterator[_Found]:
        """Every order, with its id."""
        with self.runtime.db.read() as tx:
            for order_id in timelines.of_shop(tx, self.shop):
                yield order_id, fold(timelines.read(tx, self.shop, order_id))

    def _who(self, order_id: int) -> merchant.Click:
        return merchant.Click(self.shop, order_id, "customer", self.runtime.clock.now())


def _bought(order: Order) -> Purchase:
    """Its first purchase; a stand-in where there is none."""
    return next((p for p in order.purchases.values() if p.id), Purchase(id=""))


def _picture(shot: str, mark: str) -> bytes:
    """A drawing that stands for a photograph: each looks different."""
    hue = sum(map(ord, shot + mark))
    image = Image.new("RGB", (1200, 900), (180 + hue % 60, 200 - hue % 90, 150))
    pen = ImageDraw.Draw(image)
    for step in range(6):
        left = (hue * 37 + step * 190) % 1000
        pen.rectangle((left, 100 + step * 110, left + 160, 240 + step * 110), fill=(90, 60, 40))
    pen.line((200, 120, 900, 780), fill=(40, 30, 30), width=14)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
