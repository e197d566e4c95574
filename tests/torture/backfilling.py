"""A store's past read over real HTTP by a process that is killed with -9 again and again.

The store runs here, with its cost bucket on, in a process that is never killed. The app comes,
only watches, and reads; at random moments it is killed and started again. At the end what the app
knows is compared with what the store has.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import requests
import sqlalchemy as sa

from plugin.store import backfills, shops, tables
from plugin.store.backfills import Backfill
from scheduler.sandbox import SHOP
from tests import history
from tests.torture.town import Town, pause

MOST_SECONDS = 3600.0
SENT = ("claimed", "done", "unknown")


@dataclass
class Seen:
    """What was measured, and what was found wrong."""

    orders: int = 0
    seconds: float = 0.0
    first_order: float = 0.0
    """Seconds from the installation until the first page says how many orders were read."""
    first_case: float = 0.0
    """Seconds until there is a case on it; 0 when there was none."""
    first_read: int = 0
    peak_kb: int = 0
    rss_kb: dict[int, int] = field(default_factory=dict)
    """Of the running process, when so many thousands of orders were read."""
    kills: int = 0
    points: int = 0
    throttled: int = 0
    in_bulk: str = ""
    wrong: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """For people."""
        per_second = self.orders / self.seconds
        return [
            f"{self.orders} orders in {self.seconds:.0f} s ({per_second:.1f}/s)",
            f"{self.kills} times killed with -9",
            f"first page with orders after {_after(self.first_order)} ({self.first_read} read)"
            f", with a case after {_after(self.first_case)}",
            f"peak RSS {self.peak_kb / 1024:.0f} MiB; "
            + ", ".join(f"{kb / 1024:.0f} at {n},000" for n, kb in sorted(self.rss_kb.items())),
            f"{self.points} points, {self.points / self.seconds:.0f}/s, "
            f"{self.throttled} answers throttled; the file: {self.in_bulk}",
            f"{len(self.wrong)} violations",
            *(f"WRONG {one}" for one in self.wrong),
        ]


class Reading:
    """One run."""

    def __init__(self, directory: Path, orders: int, *, seed: int = 1, odd_of: int = 20) -> None:
        self.dice = random.Random(seed)
        self.town = Town(directory, seed)
        self.clock, self.environment = self.town.clock, self.town.environment
        self.db = self.town.db
        self.ids = history.fill(self.town.world, orders, self.clock.now(), odd_of=odd_of)
        with self.db.write() as tx:
            shops.change(tx, SHOP, state=shops.UNINSTALLED)
        self.seen = Seen(orders=orders)

    def run(self, kills: int, *, apart: tuple[float, float]) -> Seen:
        """Let the app come, kill it so often while it reads, and compare when all is read.

        `apart` is how many seconds it lives between two kills, at least and at most.
        """
        self._begin()
        with self.db.write() as tx:
            shops.change(tx, SHOP, state=shops.ACTIVE, watching=True)
        begun = monotonic()
        self._watch_the_first_page(begun)
        while self.seen.kills < kills and self._state() == "running":
            pause(self.dice.uniform(*apart))
            self._kill()
            self._begin()
        while self._state() == "running" and monotonic() - begun < MOST_SECONDS:
            self._weigh()
            pause(0.2)
        self.seen.seconds = monotonic() - begun
        self.seen.points, self.seen.throttled = (
            self.town.world.bucket.spent,
            self.town.world.bucket.refused,
        )
        self._stop()
        self._compare()
        return self.seen

    def close(self) -> None:
        """Let go of everything."""
        self.town.close()

    # --- the app --------------------------------------------------------------------------------

    def _begin(self) -> None:
        self.town.begin("serve", warm=True)

    def _kill(self) -> None:
        self._weigh()
        self.town.kill("serve")
        self.seen.kills += 1

    def _stop(self) -> None:
        if "serve" in self.town.processes:
            self._weigh()
            self.town.kill("serve")

    def _weigh(self) -> None:
        try:
            status = Path(f"/proc/{self.town.processes['serve'].pid}/status").read_text()
        except OSError:
            return
        peak, now = re.search(r"VmHWM:\s+(\d+)", status), re.search(r"VmRSS:\s+(\d+)", status)
        self.seen.peak_kb = max(self.seen.peak_kb, int(peak[1]) if peak else 0)
        found = self.backfill()
        if found is not None and now is not None:
            self.seen.rss_kb.setdefault(found.done // 1000, int(now[1]))

    def _watch_the_first_page(self, begun: float) -> None:
        """What somebody sees who opens the app right after installing it."""
        while monotonic() - begun < 8:
            page = requests.get(f"{self.town.url}/", timeout=10).text
            shown = re.search(r'<progress id="backfill" max="\d+" value="(\d+)"', page)
            if shown and int(shown[1]) and not self.seen.first_order:
                self.seen.first_order = monotonic() - begun
                self.seen.first_read = int(shown[1])
            with self.db.read() as tx:
                case = tx.execute(sa.select(sa.func.count()).select_from(tables.cases)).scalar()
            if case and self.seen.first_order:
                self.seen.first_case = monotonic() - begun
                return
            pause(0.05)

    # --- what the app knows -----------------------------------------------------------------------

    def backfill(self) -> Backfill | None:
        """How far it is."""
        with self.db.read() as tx:
            return backfills.of_shop(tx, SHOP)

    def _state(self) -> str:
        found = self.backfill()
        return found.state if found else ""

    def _compare(self) -> None:
        found = self.backfill()
        assert found is not None
        self.seen.in_bulk = found.bulk
        events, orders = tables.events, tables.orders
        with self.db.read() as tx:
            read_orders = set(
                tx.execute(sa.select(orders.c.order_id).where(orders.c.read_at.is_not(None)))
                .scalars()
                .all()
            )
            seen = Counter(
                tx.execute(sa.select(events.c.order_id).where(events.c.kind == "order_seen"))
                .scalars()
                .all()
            )
            sent = tx.execute(
                sa.select(tables.outbox.c.key).where(tables.outbox.c.state.in_(SENT))
            ).scalars()
            self._wrong("sent while watching only", list(sent))
        self._wrong("missing", sorted(set(self.ids) - set(seen)))
        self._wrong("not read", sorted(set(self.ids) - read_orders))
        self._wrong("taken in twice", [one for one, times in seen.items() if times > 1])
        self._wrong("not of this store", sorted(set(seen) - set(self.ids)))
        if found.state != "done" or found.done != len(self.ids):
            self.seen.wrong.append(f"{found.state}, {found.done} of {len(self.ids)} counted")
        happened = self.town.world.ledger()
        self._wrong("mails", list(happened["mails"]))
        self._wrong("urges", list(happened["urges"]))
        self._wrong("refunds of ours", [r["id"] for r in happened["refunds"] if r["key"]])

    def _wrong(self, what: str, which: list[object] | list[int] | list[str]) -> None:
        if which:
            more = " …" if len(which) > 5 else ""
            self.seen.wrong.append(f"{what}: {len(which)}, {which[:5]}{more}")


def _after(seconds: float) -> str:
    """A time that was seen; 0 is one that was not."""
    return f"{seconds:.1f} s" if seconds else "more than 8 s"
