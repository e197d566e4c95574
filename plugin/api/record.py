"""Who did what, deliveries nobody could read, and everything the shop has here."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from plugin.api import cursors, rows
from plugin.api.door import Door
from plugin.api.operation import ZIP, Asked, Operation
from plugin.api.shapes import ANYTHING, COUNT, CURSOR, MOMENT, OK, WORD, number, record, things
from plugin.exporting import packed
from plugin.pages.noting import concerns
from plugin.pages.roles import Right
from plugin.store import audit, inbox
from plugin.store.audit import Place

LAST_VERSIONS = 20


def list_deeds(door: Door, asked: Asked) -> Any:
    limit = asked.get("limit", 50)
    before = Place.read(cursors.read(door, "audit", asked))
    with door.db.read() as tx:
        found = audit.deeds(tx, g.shop.shop, limit + 1, before)
        versions = audit.versions(tx, g.shop.shop, LAST_VERSIONS)
    shown = found[:limit]
    concerns(one.order_id for one in shown)
    last = Place(shown[-1].at, shown[-1].order_id, shown[-1].seq) if len(found) > limit else None
    return {
        "deeds": [
            {
                "at": rows.moment(one.at),
                "by": one.by,
                "order_id": one.order_id,
                "order_name": one.order_name or "",
                "seq": one.seq,
                "kind": one.kind,
                "body": one.body,
            }
            for one in shown
        ],
        "policy": [{**one, "at": rows.moment(one["at"])} for one in versions],
        "next": cursors.spell(door, "audit", asked, last.spell()) if last else "",
    }


def list_parked(door: Door, asked: Asked) -> Any:
    limit = asked.get("limit", 50)
    before = int(cursors.read(door, "parked", asked) or 0)
    with door.db.read() as tx:
        found = inbox.listed(tx, g.shop.shop, inbox.PARKED, limit=limit + 1, before=before)
    shown = found[:limit]
    return {
        "deliveries": [{**one, "received_at": rows.moment(one["received_at"])} for one in shown],
        "next": cursors.spell(door, "parked", asked, str(shown[-1]["id"]))
        if len(found) > limit
        else "",
    }


def reopen(door: Door, asked: Asked) -> Any:
    with door.desk.act("delivery_tried_again", str(asked["inbox_id"])) as tx:
        if not inbox.reopen(tx, g.shop.shop, asked["inbox_id"], door.clock.now()):
            raise rows.not_found("No parked delivery by that number is there")
    return {"ok": True}


def export(door: Door, _asked: Asked) -> Any:
    with door.desk.act("exported"):
        pass  # what leaves is read from here on
    answer = Response(packed(door.db, g.shop.shop, door.keep), mimetype=ZIP)
    name = f"postvendita-{door.clock.now():%Y-%m-%d}.zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


DEED = record(
    {
        "at": MOMENT,
        "by": WORD,
        "order_id": COUNT,
        "order_name": WORD,
        "seq": COUNT,
        "kind": WORD,
        "body": ANYTHING,
    }
)
PUBLISHED = record({"version": COUNT, "author": WORD, "note": WORD, "at": MOMENT})
PARKED = record(
    {"id": COUNT, "topic": WORD, "delivery_id": WORD, "received_at": MOMENT, "reason": WORD}
)
PAGED = {"limit": number(1, 200), "cursor": CURSOR}

OPERATIONS = (
    Operation(
        "list_deeds",
        "GET",
        "/audit",
        "What people and keys did, the newest first, and who published which of the last 20 "
        "versions of the policy",
        Right.VIEW,
        list_deeds,
        record({"deeds": things(DEED), "policy": things(PUBLISHED), "next": WORD}),
        query=PAGED,
        pages=("desk.audit_page",),
    ),
    Operation(
        "list_parked",
        "GET",
        "/parked",
        "Deliveries that were signed and could not be read, the newest first",
        Right.VIEW,
        list_parked,
        record({"deliveries": things(PARKED), "next": WORD}),
        query=PAGED,
        pages=("desk.parked",),
    ),
    Operation(
        "reopen_parked",
        "POST",
        "/parked/{inbox_id}/reopen",
        "Try a parked delivery again",
        Right.WORK,
        reopen,
        OK,
        pages=("desk.reopen",),
    ),
    Operation(
        "export_everything",
        "GET",
        "/export",
        "Everything the shop has here: a file per table, a line of JSON per row, in one archive",
        Right.SETTINGS,
        export,
        files=(ZIP,),
        pages=("desk.export_all",),
    ),
)
