"""At the end, when all has come to rest: both sides say the same (I1-I4, I13, I17)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from plugin.casework import mark_for
from plugin.facts import mark_in
from plugin.sandbox.store import Row
from tests.simulation.probe import moment

if TYPE_CHECKING:
    from tests.simulation.invariants.timelines import Timelines
    from tests.simulation.world import World

OUTBOX = """
SELECT shop, order_id, key, action, state, mark, generation, minor, look_at, remote_id, attempts
  FROM outbox ORDER BY id
"""
INBOX = """
SELECT shop, topic, state, reason, look_at, delivery_id FROM inbox
 WHERE state IN ('received', 'parked')
"""
LEDGER = "SELECT shop, order_id, key, minor FROM ledger WHERE purse = 'remedy' ORDER BY id"
WANTED = "SELECT shop, order_id FROM orders WHERE read_wanted"
INBOXED = "SELECT count(*) FROM inbox WHERE shop = ? AND delivery_id = ?"
NAMES = (
    ("customers", "email"),
    ("events", "CAST(body AS text)"),
    ("outbox", "CAST(frozen AS text)"),
    ("outbox", "CAST(draft AS text)"),
    ("inbox", "CAST(headers AS text)"),
)
RECENT = timedelta(hours=1)


class Quiet:
    """Compares everything with everything."""

    def __init__(self, world: World, timelines: Timelines) -> None:
        self.world, self.timelines = world, timelines
        self.accepted: list[tuple[str, Row]] = []

    def erased(self, shop: str) -> None:
        """What a store's webhooks said is gone with all the rest."""
        self.accepted = [one for one in self.accepted if one[0] != shop]

    def look(self) -> None:
        """Once."""
        rows = self.world.probe.rows(OUTBOX)
        self._refunds(rows)
        self._mails(rows)
        self._drained(rows)
        self._inbox()
        self._booked(rows)
        self._forgotten()

    def _refunds(self, rows: Any) -> None:
        made: dict[str, tuple[int, str]] = {}
        for shop in self.world.shops:
            for row in shop.ledger.rows("SELECT * FROM refunds ORDER BY id"):
                mark = mark_in(row["note"])
                if mark:
                    moved = shop.sum_of(
                        "SELECT sum(amount_minor) AS n FROM transactions WHERE refund_id = ?",
                        row["id"],
                    )
                    made[mark] = (moved, f"{shop.name} {row['order_id']}")
        for shop_name, order_id, key, action, state, _, generation, minor, *_ in rows:
            if action != "refund_customer":
                continue
            marks = {mark_for(shop_name, order_id, key, n) for n in range(1, generation + 1)}
            found = [made.pop(mark) for mark in marks if mark in made]
            where = f"{shop_name} {order_id} {key}"
            if state == "done" and not found:
                self.world.wrong("I3", f"{where}: done here, and not there")
            if found and state != "done" and not marks & self.world.invariants.erasure.marks:
                self.world.wrong("I3", f"{where}: there, and {state} here")
            if state == "done" and found and found[0][0] != minor:
                self.world.wrong("I14", f"{where}: {found[0][0]} there, {minor} here")
        for mark, (_, where) in made.items():
            if mark in self.world.invariants.erasure.marks:
                continue
            self.world.wrong("I3", f"{where}: {mark} there, and no intention here")

    def _mails(self, rows: Any) -> None:
        arrived = Counter(
            row["message_id"]
            for row in self.world.letterbox.ledger.rows("SELECT message_id FROM mails")
        )
        for shop, order_id, key, action, state, mark, _, _, _, remote_id, _ in rows:
            if action not in {"tell_merchant", "write_customer"}:
                continue
            count = arrived.pop(f"<{mark}@postvendita>", 0)
            if state == "done" and remote_id and not count:
                self.world.wrong("I13", f"{shop} {order_id} {key}: sent here, and never arrived")
            if count > 1:
                self.world.seen["letter arrived twice"] += 1

    def _drained(self, rows: Any) -> None:
        now = self.world.now()
        for shop, order_id, key, _, state, *_, look_at, _, attempts in rows:
            stuck = state in {"planned", "claimed", "unknown"}
            if stuck and moment(look_at) < now - RECENT:
                what = f"still {state} after {attempts} attempts"
                self.world.wrong("I17", f"{shop} {order_id} {key}: {what}")
        for shop, order_id in self.world.probe.rows(WANTED):
            self.world.wrong("I17", f"{shop} {order_id}: still to be read")

    def _inbox(self) -> None:
        been_away = self.world.people.been_away
        now = self.world.now()
        for shop, topic, state, reason, look_at, name in self.world.probe.rows(INBOX):
            if state == "received" and moment(look_at) < now - RECENT:
                self.world.wrong("I17", f"{shop}: {topic} was never handled ({reason})")
            if state == "parked" and not name.endswith("-odd") and shop not in been_away:
                self.world.wrong("I4", f"{shop}: {topic} was parked ({reason})")
        for shop, row in self.accepted:
            if self.world.probe.one(INBOXED, shop, row["id"]) != 1:
                self.world.wrong("I4", f"{shop}: {row['topic']} was thanked for and not kept")

    def _booked(self, rows: Any) -> None:
        paid = Counter(
            {(r[0], r[1], r[2]): r[7] for r in rows if r[3] == "refund_customer" and r[4] == "done"}
        )
        booked = Counter({(r[0], r[1], r[2]): r[3] for r in self.world.probe.rows(LEDGER)})
        for key in sorted(set(paid) | set(booked)):
            if paid[key] != booked[key]:
                self.world.wrong("I3", f"{key}: {paid[key]} paid, {booked[key]} booked")

    def _forgotten(self) -> None:
        """Nothing names a person any more who wanted to be forgotten."""
        for shop, address in self.world.people.forgotten:
            for table, column in NAMES:
                query = f"SELECT count(*) FROM {table} WHERE shop = ? AND {column} LIKE ?"  # noqa: S608 - our own names
                if self.world.probe.one(query, shop.name, f"%{address}%"):
                    self.world.wrong("I12", f"{shop.name}: {address} is still in {table}")
