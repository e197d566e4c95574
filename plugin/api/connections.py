"""The ways out of the app: whether each is set up, and whether it works now."""

from __future__ import annotations

from typing import Any

from flask import g

from plugin.api import rows
from plugin.api.door import Door
from plugin.api.operation import Asked, Operation
from plugin.api.shapes import MOMENT, OK, WORD, YES_NO, record, things
from plugin.pages import connection_ways
from plugin.pages.roles import Right
from plugin.scopes import lacking
from plugin.store import outages, tokens


def list_connections(door: Door, _asked: Asked) -> Any:
    with door.db.read() as tx:
        found = connection_ways.ways(tx, g.shop.shop, door.settings)
        silent = {one.service: one.since for one in outages.paused(tx, g.shop.shop)}
        kept = tokens.read(tx, g.shop.shop)
    return {
        "connections": [
            {
                "name": way.name,
                "is_set": way.is_set,
                "settings": list(way.settings),
                "detail": way.detail,
                "silent_since": rows.moment(silent.get(way.name)),
            }
            for way in found
        ],
        # A token whose scopes nobody told us is not warned about.
        "scopes_missing": list(lacking(kept.scope)) if kept is not None and kept.scope else [],
    }


def try_connection(door: Door, asked: Asked) -> Any:
    way, now = asked["way"], door.clock.now()
    with door.db.write() as tx:
        outages.try_now(tx, g.shop.shop, way, now)
    found = connection_ways.tried(connection_ways.ways_out(door.desk), g.shop.shop, way, now)
    return {"word": found.word, "detail": found.detail, "does": list(found.does)}


def forget_dsers(door: Door, _asked: Asked) -> Any:
    connection_ways.ways_out(door.desk).dsers.forget(g.shop.shop)
    return {"ok": True}


TRIAL = record({"word": WORD, "detail": WORD, "does": things(WORD)})

OPERATIONS = (
    Operation(
        "list_connections",
        "GET",
        "/connections",
        "Every way out or in: is it set up, by which settings, where does it lead; never a key",
        Right.VIEW,
        list_connections,
        record(
            {
                "connections": things(
                    record(
                        {
                            "name": WORD,
                            "is_set": YES_NO,
                            "settings": things(WORD),
                            "detail": WORD,
                            "silent_since": MOMENT,
                        }
                    )
                ),
                "scopes_missing": things(WORD),
            }
        ),
        pages=("desk.connections_page",),
    ),
    Operation(
        "try_connection",
        "POST",
        "/connections/{way}/test",
        "Ask the service something that changes nothing. `word` is ok, unset, unauthorised, "
        "refused, unsure or unreached",
        Right.SETTINGS,
        try_connection,
        TRIAL,
        pages=("desk.try_connection",),
    ),
    Operation(
        "forget_dsers",
        "DELETE",
        "/connections/dsers",
        "Give DSers' access back; connecting it needs a person at the page of connections",
        Right.SETTINGS,
        forget_dsers,
        OK,
        pages=("desk.forget_dsers",),
    ),
)
