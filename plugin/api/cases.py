"""One case: as it is, was and would be; its money; what follows if nobody does anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g
from sqlalchemy.engine import Connection

from plugin import profit
from plugin import timeline as t
from plugin.api import rows
from plugin.api.door import Door
from plugin.api.operation import Asked, Operation
from plugin.api.shapes import (
    CASE,
    COUNT,
    ENTRY,
    MINOR,
    MOMENT,
    OK,
    SUMS,
    WORD,
    YES_NO,
    number,
    one_of,
    or_null,
    record,
    text,
    things,
)
from plugin.case import Case
from plugin.fold import fold
from plugin.levels import A_DAY
from plugin.order import Order
from plugin.pages import case_idle, case_letters, case_safety
from plugin.pages.case_replay import beside
from plugin.pages.case_safety import Safety, safety_of
from plugin.pages.case_then import Then, then
from plugin.pages.case_view import case_of, waiting_of
from plugin.pages.desk import language
from plugin.pages.letter_preview import sample_of
from plugin.pages.roles import Right
from plugin.store import outbox, shops, timelines

NO_MOMENT = "is no moment with a zone such as 2026-11-22T09:00:00+08:00"


@dataclass(frozen=True)
class Whole:
    """A case with everything it is read from."""

    row: dict[str, Any]
    entries: Sequence[t.Entry]
    order: Order
    case: Case


def whole(tx: Connection, asked: Asked) -> Whole:
    """A case of this shop, under the terms it began under. Raises Problem."""
    row = rows.case_row(tx, asked)
    entries = timelines.read(tx, g.shop.shop, row["order_id"])
    order = fold(entries)
    skus = [line.facts.sku for line in order.lines.values()]
    offers = shops.alternatives_for(tx, g.shop.shop, skus)
    return Whole(row, entries, order, case_of(tx, g.shop, order, row["case_id"], offers))


def get_case(door: Door, asked: Asked) -> Any:
    with door.db.read() as tx:
        return rows.case(rows.case_row(tx, asked))


def get_timeline(door: Door, asked: Asked) -> Any:
    with door.db.read() as tx:
        entries = timelines.read(tx, g.shop.shop, rows.case_row(tx, asked)["order_id"])
    return {
        "entries": [
            {
                "seq": e.seq,
                "at": rows.moment(e.at),
                "by": e.by,
                "kind": e.what.kind,
                "body": t.plain(e.what),
            }
            for e in entries
        ]
    }


# --- The time machine -----------------------------------------------------------------------------


def case_at(door: Door, asked: Asked) -> Any:
    with door.db.read() as tx:
        row = rows.case_row(tx, asked)
        entries = timelines.read(tx, g.shop.shop, row["order_id"])
        return _then(then(tx, g.shop, row, entries, _seq(asked, entries)))


def _seq(asked: Asked, entries: Sequence[t.Entry]) -> int:
    if "seq" in asked and "moment" in asked:
        raise rows.unusable(seq="give either seq or moment")
    if "moment" not in asked:
        return min(int(asked.get("seq", len(entries))), len(entries))
    try:
        # A plus sign in an address that nobody quoted arrives as a space.
        moment = datetime.fromisoformat(asked["moment"].replace(" ", "+"))
    except ValueError:
        raise rows.unusable(moment=NO_MOMENT) from None
    if moment.tzinfo is None:
        raise rows.unusable(moment=NO_MOMENT)
    found = sum(entry.at <= moment for entry in entries)
    if not found:
        raise rows.not_found("Nothing was known of the order then")
    return found


def _then(found: Then) -> dict[str, Any]:
    listed = found.listed
    return {
        "seq": found.seq,
        "last": found.last,
        "at": rows.moment(found.at),
        "opened": found.opened,
        "status": listed.get("status", ""),
        "deadline": rows.moment(listed.get("deadline")),
        "at_risk_minor": listed.get("at_risk_minor", 0),
        "currency": found.order.currency,
        "cause": found.cause,
        "waiting": found.waiting,
        "steps": [{"text": one.text, "state": one.badge} for one in found.steps],
        "refunds": _sums(found.sums),
        "disputes": list(found.disputes),
        "profit": _account(found.profit) if found.profit else None,
    }


def replay_case(door: Door, asked: Asked) -> Any:
    with door.db.read() as tx:
        row = rows.case_row(tx, asked)
        entries = timelines.read(tx, g.shop.shop, row["order_id"])
        found = beside(tx, g.shop, row, entries, door.clock.now())
    first = found.replayed.first
    return {
        "until": rows.moment(found.replayed.until),
        "decisions": found.replayed.decisions,
        "stuck": found.replayed.stuck,
        "began_version": found.began,
        "version": found.version,
        "differs": {
            "at": rows.moment(first.at),
            "how": first.how,
            "was": found.was,
            "would": found.would,
            "seq": found.near,
        }
        if first
        else None,
    }


# --- Money ----------------------------------------------------------------------------------------


def get_safety(door: Door, asked: Asked) -> Any:
    with door.db.read() as tx:
        found = whole(tx, asked)
        heard = max((e.at for e in found.entries if e.by == "store"), default=None)
        order_id, now = int(found.row["order_id"]), door.clock.now()
        panel = safety_of(tx, g.shop.shop, order_id, found.order, heard, now)
    return _safety(panel, found.order.currency)


def _safety(panel: Safety, currency: str) -> dict[str, Any]:
    return {
        **_sums(panel.sums),
        "currency": currency,
        "disputes": list(panel.disputes),
        "read_at": rows.moment(panel.read_at),
        "reading": panel.reading,
        "stale": panel.stale,
    }


def _sums(sums: dict[str, int]) -> dict[str, int]:
    return {f"{name}_minor": minor for name, minor in sums.items()}


def check_store(door: Door, asked: Asked) -> Any:
    with door.db.write() as tx:
        if not case_safety.ask_again(tx, g.shop.shop, asked["case_id"]):
            raise rows.not_found("No case by that id is known")
    return {"ok": True}


def get_profit(door: Door, asked: Asked) -> Any:
    with door.db.read() as tx:
        return _account(profit.account_of(whole(tx, asked).case))


def _account(account: profit.Account) -> dict[str, Any]:
    return {
        "figures": [vars(figure) for figure in account.figures],
        "net": dict(account.net),
        "cost_known": account.cost_known,
        "apart_minor": account.apart,
        "ways": [
            {
                "name": way.name,
                "change": [vars(figure) for figure in way.change],
                "net": dict(way.net),
                "known": way.known,
                "cheapest": way.least,
            }
            for way in account.ways
        ],
    }


# --- What follows, and what was written -----------------------------------------------------------


def get_idle(door: Door, asked: Asked) -> Any:
    now, shop = door.clock.now(), g.shop
    with door.db.read() as tx:
        case = whole(tx, asked).case
        terms = shops.terms_of(tx, shop.shop, shop.terms_version)
        found = case_idle.idle_of(
            case,
            terms,
            now,
            language(),
            lambda currency: outbox.spent_since(tx, shop.shop, now - A_DAY, currency),
        )
        waiting = waiting_of(case, now, language(), shop.zone)
    return {
        "waiting": waiting,
        "follows": [
            {"at": rows.moment(one.at), "level": one.level, "what": one.what} for one in found
        ],
    }


def list_letters(door: Door, asked: Asked) -> Any:
    with door.db.read() as tx:
        found = whole(tx, asked)
        order_id = int(found.row["order_id"])
        planned = outbox.of_order(tx, g.shop.shop, order_id)
        sample = sample_of(tx, g.shop, order_id, found.case, door.settings.base_url)
        texts = case_letters.messages_of(found.entries, found.case, planned, sample)
        now = door.clock.now()
        promised = case_letters.promises_of(found.entries, found.case, now, language())
    at = {entry.seq: entry.at for entry in found.entries}
    return {
        "letters": [
            {
                "seq": seq,
                "at": rows.moment(at[seq]),
                "subject": told.subject,
                "text": told.body,
                "rebuilt": rebuilt,
            }
            for seq, (told, rebuilt) in sorted(texts.items())
        ],
        "promises": [
            {
                "until": rows.moment(one.at),
                "provisional": one.provisional,
                "told_at": rows.moment(one.told_at),
                "letter": one.letter,
                "state": one.state,
            }
            for one in promised
        ],
    }


FIGURES = things(record({"name": WORD, "minor": MINOR, "currency": WORD}))
PROFIT = record(
    {
        "figures": FIGURES,
        "net": SUMS,
        "cost_known": YES_NO,
        "apart_minor": MINOR,
        "ways": things(
            record(
                {"name": WORD, "change": FIGURES, "net": SUMS, "known": YES_NO, "cheapest": YES_NO}
            )
        ),
    }
)
PAID = {
    f"{name}_minor": MINOR for name in ("paid", "ours", "elsewhere", "reserved", "left")
}  # fmt: skip
"""What was paid, repaid by us and by others, is spoken for, and is left."""

OPERATIONS = (
    Operation(
        "get_case",
        "GET",
        "/cases/{case_id}",
        "One case",
        Right.VIEW,
        get_case,
        CASE,
        pages=("desk.case",),
    ),
    Operation(
        "get_timeline",
        "GET",
        "/cases/{case_id}/timeline",
        "Everything that happened to the case's order, oldest first",
        Right.VIEW,
        get_timeline,
        record({"entries": things(ENTRY, 100_000)}),
        pages=("desk.case",),
    ),
    Operation(
        "case_at",
        "GET",
        "/cases/{case_id}/at",
        "The case as it stood after an entry of its timeline, or at a moment: facts, clocks and "
        "money folded again; by `seq` or `moment`, the last entry without either",
        Right.VIEW,
        case_at,
        record(
            {
                "seq": COUNT,
                "last": COUNT,
                "at": MOMENT,
                "opened": YES_NO,
                "status": WORD,
                "deadline": MOMENT,
                "at_risk_minor": MINOR,
                "currency": WORD,
                "cause": WORD,
                "waiting": WORD,
                "steps": things(record({"text": WORD, "state": WORD})),
                "refunds": record(PAID),
                "disputes": things(WORD),
                "profit": or_null(PROFIT),
            }
        ),
        query={"seq": number(1, 10**9), "moment": text(40, 1)},
        pages=("desk.case_at",),
    ),
    Operation(
        "replay_case",
        "GET",
        "/cases/{case_id}/replay",
        "The case lived through again under today's terms: the first point where it would differ",
        Right.VIEW,
        replay_case,
        record(
            {
                "until": MOMENT,
                "decisions": COUNT,
                "stuck": YES_NO,
                "began_version": COUNT,
                "version": COUNT,
                "differs": or_null(
                    record(
                        {
                            "at": MOMENT,
                            "how": one_of(["more", "less", "level", "moved"]),
                            "was": WORD,
                            "would": WORD,
                            "seq": COUNT,
                        }
                    )
                ),
            }
        ),
        pages=("desk.case_replay",),
    ),
    Operation(
        "get_safety",
        "GET",
        "/cases/{case_id}/refund-safety",
        "What of the order's money was repaid, by whom, is spoken for, and is still refundable",
        Right.VIEW,
        get_safety,
        record(
            {
                **PAID,
                "currency": WORD,
                "disputes": things(WORD),
                "read_at": MOMENT,
                "reading": YES_NO,
                "stale": YES_NO,
            }
        ),
        pages=("desk.case",),
    ),
    Operation(
        "check_store",
        "POST",
        "/cases/{case_id}/refund-safety/check",
        "Have the store asked about the order now; `reading` is true until it has answered",
        Right.WORK,
        check_store,
        OK,
        status=202,
        pages=("desk.check_store",),
    ),
    Operation(
        "get_profit",
        "GET",
        "/cases/{case_id}/profit",
        "What the case's goods have brought and cost, and what each way out would leave",
        Right.VIEW,
        get_profit,
        PROFIT,
        pages=("desk.case",),
    ),
    Operation(
        "get_idle",
        "GET",
        "/cases/{case_id}/idle",
        "What the case waits for, and what happens if nobody does anything",
        Right.VIEW,
        get_idle,
        record(
            {
                "waiting": WORD,
                "follows": things(record({"at": MOMENT, "level": WORD, "what": WORD})),
            }
        ),
        pages=("desk.case",),
    ),
    Operation(
        "list_case_letters",
        "GET",
        "/cases/{case_id}/letters",
        "The newest 20 messages as they were sent, oldest first, and the dates they promised; "
        "`rebuilt` where one had to be written again from the record",
        Right.VIEW,
        list_letters,
        record(
            {
                "letters": things(
                    record(
                        {
                            "seq": COUNT,
                            "at": MOMENT,
                            "subject": WORD,
                            "text": WORD,
                            "rebuilt": YES_NO,
                        }
                    )
                ),
                "promises": things(
                    record(
                        {
                            "until": MOMENT,
                            "provisional": YES_NO,
                            "told_at": MOMENT,
                            "letter": WORD,
                            "state": one_of(["coming", "kept", "passed"]),
                        }
                    )
                ),
            }
        ),
        pages=("desk.case",),
    ),
)
