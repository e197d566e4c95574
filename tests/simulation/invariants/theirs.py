"""The others' ledgers, at the moment something is written into them (I1, I2, I3, I10, I12, I13)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from plugin.casework import mark_for
from plugin.facts import mark_in
from plugin.sandbox.accounts import demand
from plugin.terms import STOPPED
from tests.simulation import founding

if TYPE_CHECKING:
    from tests.simulation.invariants.timelines import Timelines
    from tests.simulation.shop import Shop
    from tests.simulation.world import World

REFUNDS = """
SELECT key, generation, case_id, state, first_sent_at FROM outbox
 WHERE shop = ? AND order_id = ? AND action = 'refund_customer'
"""
URGE = "SELECT mark FROM outbox WHERE shop = ? AND action = 'urge_supplier' AND key LIKE ?"
LETTER = "SELECT shop, order_id, action FROM outbox WHERE mark = ?"
STATE = "SELECT state FROM shops WHERE shop = ?"
LINE = """
SELECT lines.paid_minor, coalesce(sum(refund_lines.amount_minor), 0) AS back,
       lines.quantity, coalesce(sum(refund_lines.quantity), 0) AS units
  FROM lines JOIN refund_lines ON refund_lines.line_id = lines.id WHERE lines.id = ?
"""
MONEY = """
SELECT (SELECT sum(amount_minor) FROM transactions WHERE order_id = ?1 AND kind = 'SALE') AS paid,
       (SELECT sum(amount_minor) FROM transactions WHERE order_id = ?1 AND kind = 'REFUND') AS back
"""
OURS = frozenset({"urges", "supplier_refunds", "drafts", "cancellations"})


class Theirs:
    """Watches what the stores, the supplier and the mail server write down."""

    def __init__(self, world: World, timelines: Timelines) -> None:
        self.world, self.timelines = world, timelines
        self.by_intent: Counter[tuple[str, int, str]] = Counter()
        self.drafts: Counter[str] = Counter()
        self.mails: Counter[str] = Counter()
        self.letters: dict[str, str] = {}
        """Whose each letter is."""
        self.urges: Counter[tuple[str, str]] = Counter()

    def erased(self, shop: str) -> None:
        """What cannot be read back may be said once more: nobody here knows of it."""
        for place in [place for place in self.urges if place[0] == shop]:
            del self.urges[place]
        for mark in [mark for mark, whose in self.letters.items() if whose == shop]:
            self.world.lost_letters[mark] = self.mails[mark]

    def happened(self, shop: Shop, table: str, row: dict[str, Any]) -> None:
        """A row was added, in a transaction that may still be open."""
        match table:
            case "refunds":
                self._refund(shop, row)
            case "refund_lines":
                self._line(shop, row)
            case "transactions":
                self._money(shop, row)
            case "drafts":
                self._draft(shop, row)
            case "mails":
                self._mail(row)
            case "urges" if row["via"] != "by hand":
                self._urge(shop, row["reference"])
        if table in OURS and row.get("via") != "by hand":
            self._allowed(shop, table)

    def _allowed(self, shop: Shop, what: str) -> None:
        if self.world.probe.one(STATE, shop.name) in {"uninstalled", None}:
            self.world.wrong("I12", f"{what} for {shop.name}, which has removed the app")

    def _refund(self, shop: Shop, row: dict[str, Any]) -> None:
        mark = mark_in(row["note"])
        if not mark:
            return
        self._allowed(shop, "a refund")
        order_id = row["order_id"]
        where = f"{shop.name} {order_id}"
        for key, generation, case_id, state, sent in self.world.probe.rows(
            REFUNDS, shop.name, order_id
        ):
            marks = {mark_for(shop.name, order_id, key, n) for n in range(1, generation + 1)}
            if mark not in marks:
                continue
            self.by_intent[shop.name, order_id, key] += 1
            if self.by_intent[shop.name, order_id, key] > 1:
                self.world.wrong("I2", f"{where} {key}: paid back twice")
            if state not in {"claimed", "unknown", "planned"} or sent is None:
                self.world.wrong("I3", f"{where} {key}: paid back while it was {state}")
            self._gate(shop.name, order_id, case_id, where, key)
            return
        self.world.wrong("I3", f"{where}: a refund with our mark and no intention of ours")

    def _gate(self, shop: str, order_id: int, case_id: str, where: str, key: str) -> None:
        known = self.timelines.of(shop, order_id)
        case = known.cases.get(case_id)
        if case is None:
            return
        why = self.timelines.closed_gate(known, case)
        if why:
            self.world.wrong("I10", f"{where} {key}: paid although {why}")
        if case.situation in STOPPED:
            self.world.seen["paid after an interception"] += 1

    def _line(self, shop: Shop, row: dict[str, Any]) -> None:
        found = shop.ledger.row(LINE, row["line_id"]) or {}
        if found["back"] > found["paid_minor"] or found["units"] > found["quantity"]:
            self.world.wrong("I1", f"{shop.name}: more of line {row['line_id']} than was paid")

    def _money(self, shop: Shop, row: dict[str, Any]) -> None:
        found = shop.ledger.row(MONEY, row["order_id"]) or {}
        if (found["back"] or 0) > (found["paid"] or 0):
            self.world.wrong("I1", f"{shop.name} {row['order_id']}: more back than was paid")

    def _draft(self, shop: Shop, row: dict[str, Any]) -> None:
        mark = str(row.get("mark") or row.get("attributes") or "")
        self.drafts[mark] += 1
        if mark and self.drafts[mark] > 1:
            self.world.wrong("I2", f"{shop.name}: two drafts for {mark}")

    def _urge(self, shop: Shop, reference: str) -> None:
        """Urging cannot be read back: once more only where its answer was lost."""
        self.urges[shop.name, reference] += 1
        marks = [mark for (mark,) in self.world.probe.rows(URGE, shop.name, f"%/{reference}")]
        lost = sum(self.world.invariants.moves.lost[mark] for mark in marks)
        if self.urges[shop.name, reference] > max(len(marks), 1) + lost:
            self.world.wrong("I2", f"{shop.name} {reference}: urged again, lost {lost}")

    def _link(self, row: dict[str, Any], mark: str) -> None:
        """A link into the desk goes to who works there, and once."""
        if list(row["recipients"]) != [founding.STAFF]:
            self.world.wrong("I13", "a link into the desk went to somebody else")
        again = sum(n - 1 for name, n in self.mails.items() if name.startswith("login-"))
        if again > self.world.lost_letters["login_letters"]:
            self.world.wrong("I13", f"{mark} arrived {self.mails[mark]} times")

    def _mail(self, row: dict[str, Any]) -> None:
        """Each letter to one person, and that one belongs to its own shop and order."""
        mark = str(row["message_id"]).removeprefix("<").removesuffix("@postvendita>")
        self.mails[mark] += 1
        if mark.startswith("login-"):
            self._link(row, mark)
            return
        found = self.world.probe.rows(LETTER, mark)
        if not found:
            self.world.wrong("I3", f"letter {mark}: no intention of ours")
            return
        shop, order_id, action = found[0]
        self.letters[mark] = shop
        self._allowed(self.world.by_name[shop], "a letter")
        right = [f"merchant@{shop.partition('-')[0]}.example"]
        if action == "write_customer":
            account = demand(self.world.by_name[shop].ledger, order_id)
            right = [str(account.order["email"])]
        if list(row["recipients"]) != right:
            self.world.wrong("I13", f"{shop} {order_id}: a letter went to somebody else")
        if self.mails[mark] > 1 + self.world.lost_letters[mark]:
            what = f"{self.mails[mark]} times, lost {self.world.lost_letters[mark]}"
            self.world.wrong("I13", f"{shop} {order_id}: letter {mark} arrived {what}")
