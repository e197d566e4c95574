"""The two ledgers, compared when everything has come to rest; and the window, at any moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from plugin.auditor import looking
from plugin.store import tables
from scheduler.sandbox import SHOP
from tests.torture.load import Load
from tests.torture.tally import Tally
from tests.torture.town import Town

CLOCK_LEAPS = frozenset(
    {"clock_stopped", "look_overdue", "deadline_passed", "not_reconciled", "delivery_stuck"}
)
"""Findings about the app's pace: the world's clock leaps here, and the app was dead for a while."""


def unrecorded(town: Town) -> list[str]:
    """Keys of actions that have happened out here while the app only knows it has claimed them."""
    claimed = town.rows(tables.outbox, tables.outbox.c.state == "claimed")
    return [row["key"] for row in happened(town, claimed)]


def happened(town: Town, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those rows of the outbox whose effect is in the world's ledger."""
    rows = list(rows)
    if not rows:
        return []
    ledger = town.world.ground.ledger
    refunded = {row["key"] for row in ledger.rows("SELECT key FROM refunds")}
    asked = {row["reference"] for row in ledger.rows("SELECT reference FROM supplier_refunds")}
    mailed = [row["message_id"] for row in ledger.rows("SELECT message_id FROM mails")]
    drafted = {
        str(tag).lower() for row in ledger.rows("SELECT * FROM drafts") for tag in row["tags"]
    }
    found = []
    for row in rows:
        reference = str(row["body"].get("purchase_id", "")).rpartition("/")[2]
        match row["action"]:
            case "refund_customer":
                did = row["mark"] in refunded
            case "ask_recovery":
                did = reference in asked
            case "reissue_goods":
                did = row["mark"].lower() in drafted
            case _:
                did = any(row["mark"] in mail for mail in mailed)
        if did:
            found.append(row)
    return found


def marks(town: Town) -> set[str]:
    """The marks of refunds that the world has seen."""
    ledger = town.world.ground.ledger
    return {row["key"] for row in ledger.rows("SELECT key FROM refunds") if row["key"]}


def kept(town: Town, names: Iterable[str]) -> set[str]:
    """Which of these deliveries are in the inbox."""
    names = list(names)
    column = tables.inbox.c.delivery_id
    return {row["delivery_id"] for row in town.rows(tables.inbox, column.in_(names))}


def compare(town: Town, load: Load, tally: Tally) -> None:
    """Add to the tally whatever the two ledgers do not agree on."""
    seen = town.world.ledger()
    outbox = town.rows(tables.outbox)
    double_money(seen, load, tally)
    double_goods(seen, tally)
    _money(seen, outbox, town, load, tally)
    _goods(seen, load, tally)
    _deliveries(town, seen, tally)
    tally.lost += [f"left lying: {r['key']}" for r in outbox if r["state"] not in _SETTLED]
    tally.wrong += broken_promises(town)
    tally.notes.append(
        f"{len(load.purchases)} orders, {len(seen['refunds'])} refunds, "
        f"{len(seen['drafts'])} sent again, {len(seen['supplier_refunds'])} asked back, "
        f"{len(seen['mails'])} mails ({sum(m['count'] > 1 for m in seen['mails'])} more than once)"
    )


_SETTLED = ("done", "refused", "asked", "suggested", "needs_person")


def double_money(seen: dict[str, Any], load: Load, tally: Tally) -> None:
    """Add what was paid back twice, or beside goods."""
    theirs = Counter(r["key"] for r in seen["refunds"] if r["key"])
    tally.double_refunds += [f"key {key}" for key, times in theirs.items() if times > 1]
    for order in seen["orders"]:
        if order["refunded_minor"] > order["paid_minor"]:
            tally.double_refunds.append(f"order {order['name']}")
        elif order["id"] in load.reissues and order["refunded_minor"]:
            tally.double_refunds.append(f"money and goods for {order['name']}")


def double_goods(seen: dict[str, Any], tally: Tally) -> None:
    """Add what was ordered, asked back or urged twice."""
    placed = Counter(
        (draft["note"], *((line["sku"], line["quantity"]) for line in draft["lines"]))
        for draft in seen["drafts"]
        if draft["order_id"] is not None
    )
    tally.double_orders += [f"{what}" for what, times in placed.items() if times > 1]
    asked = Counter(row["reference"] for row in seen["supplier_refunds"])
    tally.double_orders += [f"asked back twice: {one}" for one, times in asked.items() if times > 1]
    urged = {one: len(times) for one, times in seen["urges"].items()}
    tally.double_orders += [f"urged twice: {one}" for one, times in urged.items() if times > 1]


def _money(
    seen: dict[str, Any], outbox: list[dict[str, Any]], town: Town, load: Load, tally: Tally
) -> None:
    theirs = Counter(r["key"] for r in seen["refunds"] if r["key"])
    ours = {r["mark"]: r for r in outbox if r["action"] == "refund_customer"}
    done = {mark: r for mark, r in ours.items() if r["state"] == "done"}
    orders = {order["id"]: order for order in seen["orders"]}
    tally.lost += [f"refund there and not here: {key}" for key in set(theirs) - set(done)]
    tally.lost += [f"refund here and not there: {key}" for key in set(done) - set(theirs)]
    tally.lost += [f"order {id} was not paid back whole" for id in sorted(load.refunds)
                   if orders[id]["refunded_minor"] < orders[id]["paid_minor"]]  # fmt: skip
    paid = {r["key"]: r["minor"] for r in seen["refunds"] if r["key"]}
    booked = sum(r["minor"] for r in town.rows(tables.ledger) if r["purse"] == "remedy")
    if booked != sum(paid.values()):
        tally.wrong.append(f"booked {booked}, paid {sum(paid.values())}")


def _goods(seen: dict[str, Any], load: Load, tally: Tally) -> None:
    names = {order["id"]: order["name"] for order in seen["orders"]}
    asked = {row["reference"] for row in seen["supplier_refunds"]}
    tally.lost += [f"{one} was not asked back" for one in load.purchases[::2] if one not in asked]
    said = " ".join(str(draft["note"]) for draft in seen["drafts"] if draft["order_id"])
    tally.lost += [f"order {names[id]} was not sent again" for id in sorted(load.reissues)
                   if f" {names[id]}," not in said]  # fmt: skip


def _deliveries(town: Town, seen: dict[str, Any], tally: Tally) -> None:
    # Taken before the rows are read: what is thanked for meanwhile is not among those.
    thanked = set(town.door.thanked)
    inbox = {row["delivery_id"]: row for row in town.rows(tables.inbox)}
    tally.lost += [f"thanked for and gone: {one}" for one in thanked - set(inbox)]
    stuck = [r for r in inbox.values() if r["state"] in {"received", "parked"}]
    tally.lost += [f"not handled: {r['topic']} {r['reason']}" for r in stuck]
    never = {k: v for k, v in seen["webhooks"].items() if k != "delivered" and v}
    tally.lost += [f"webhooks {state}: {count}" for state, count in never.items()]


def broken_promises(town: Town) -> list[str]:
    """What the auditor finds in the app's own tables, the chain of history included."""
    found = looking.everything(town.db, SHOP, town.clock.now())
    return [f"{one.what} {one.subject}" for one in found if one.what not in CLOCK_LEAPS]
