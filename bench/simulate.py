"""What it costs to live a shop's last month through again: 1,000 orders, most of them quiet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter

from plugin import timeline as t
from plugin.simulate import simulate_all
from plugin.terms import Alternative, Situation, Terms
from tests.conftest import MONDAY
from tests.story import HUANYU, LAMP, SHIP_BY, Story, order_seen, purchase, shipped

ORDERS, ROUNDS = 1_000, 5
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
UNTIL = SHIP_BY + 30 * DAY
OFFER = Alternative(7, "SKU-11", "Anhe", "https://example.com/7", 9900, "CNY", 3)


def run() -> Iterator[str]:
    """Seconds for 1,000 orders, under the guide's terms and under changed ones."""
    histories = {n: _story(n) for n in range(ORDERS)}
    for name, terms in (
        ("the guide's terms", Terms()),
        ("quicker terms", Terms(version=2, deadlines={"urge_supplier": 1, "treat_as_no_stock": 2})),
    ):
        taken = []
        for _ in range(ROUNDS):
            began = perf_counter()
            accounts = simulate_all(histories, terms, UNTIL, alternatives={"SKU-11": (OFFER,)})
            taken.append(perf_counter() - began)
        steps = sum(isinstance(e.what, t.Planned) for a in accounts for e in a.entries)
        yield (
            f"{ORDERS:,} orders, {sum(map(len, histories.values())):,} events under {name}: "
            f"{steps:,} steps in {median(taken):.2f} s"
        )


def _story(n: int) -> Sequence[t.Entry]:
    """Of ten orders six ship in time, one late, one never, one arrives broken, one is cancelled."""
    started = MONDAY + (n % 20) * HOUR
    story = Story(Terms()).tell(order_seen(paid_at=started), at=started)
    story.tell(purchase(connection="1688"), at=started + HOUR)
    kind = n % 10
    if kind == 7:
        return story.entries
    if kind == 9:
        return story.report(Situation.CANCELLATION, (LAMP, 1), at=started + DAY).entries
    left = SHIP_BY + 3 * DAY if kind == 6 else started + 3 * DAY
    return _travelled(story, left, broken=kind == 8)


def _travelled(story: Story, left: datetime, *, broken: bool) -> Sequence[t.Entry]:
    story.tell(t.PurchaseShipped(HUANYU, left), at=left).tell(shipped(left), at=left + HOUR)
    for step in range(6):
        at = left + step * DAY
        story.tell(t.TrackingSeen(501, "in_transit", at, f"station {step}"), at=at + 2 * HOUR)
    story.tell(t.TrackingSeen(501, "delivered", left + 7 * DAY), at=left + 7 * DAY)
    if broken:
        story.report(Situation.DAMAGED, (LAMP, 1), at=left + 8 * DAY)
    return story.entries
