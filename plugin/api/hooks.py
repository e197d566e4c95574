"""Webhooks out: who is told of what, what was said lately, and saying it again."""

from __future__ import annotations

from typing import Any

from flask import g

from plugin import hooking
from plugin.api import cursors, rows
from plugin.api.door import Door
from plugin.api.operation import Asked, Operation
from plugin.api.shapes import (
    ANYTHING,
    COUNT,
    CURSOR,
    MOMENT,
    OK,
    WORD,
    number,
    one_of,
    record,
    text,
    things,
)
from plugin.pages.roles import Right
from plugin.store import hooks
from plugin.telling import TOPICS


def list_hooks(door: Door, _asked: Asked) -> Any:
    with door.db.read() as tx:
        found = hooks.of_shop(tx, g.shop.shop)
    return {
        "hooks": [
            {
                "hook_id": one.hook_id,
                "url": one.url,
                "topics": one.topics,
                "made_by": one.made_by,
                "made_at": rows.moment(one.made_at),
            }
            for one in found
        ]
    }


def add_hook(door: Door, asked: Asked) -> Any:
    url, topics = asked["body"]["url"].strip(), list(dict.fromkeys(asked["body"]["topics"]))
    if not hooking.may_be_told(door.settings, url):
        raise rows.unusable(url="must be an https address outside, on the usual port")
    now = door.clock.now()
    with door.desk.act("hook_added", url) as tx:
        made = hooking.add(tx, door.settings, g.shop.shop, url, topics, now, by=g.person)
    return {"hook_id": made[0], "secret": made[1], "url": url, "topics": topics}


def remove_hook(door: Door, asked: Asked) -> Any:
    with door.desk.act("hook_removed", asked["hook_id"]) as tx:
        found = hooks.find(tx, g.shop.shop, asked["hook_id"])
        if found is None:
            raise rows.not_found("No address by that id is told")
        hooks.remove(tx, g.shop.shop, found.hook_id, door.clock.now())
    return {"ok": True}


def list_deliveries(door: Door, asked: Asked) -> Any:
    limit = asked.get("limit", 50)
    before = int(cursors.read(door, "deliveries", asked) or 0)
    with door.db.read() as tx:
        found = hooks.log(tx, g.shop.shop, limit + 1, before=before)
    shown = found[:limit]
    same = ("id", "hook_id", "message_id", "topic", "state", "attempts", "answer", "body")
    return {
        "deliveries": [
            {
                **{name: getattr(one, name) for name in same},
                "made_at": rows.moment(one.made_at),
                "settled_at": rows.moment(one.settled_at),
            }
            for one in shown
        ],
        "next": cursors.spell(door, "deliveries", asked, str(shown[-1].id))
        if len(found) > limit
        else "",
    }


def tell_again(door: Door, asked: Asked) -> Any:
    with door.desk.act("told_again", str(asked["sending_id"])) as tx:
        if not hooks.again(tx, g.shop.shop, asked["sending_id"], door.clock.now()):
            raise rows.not_found("Nothing by that number was told")
    return {"ok": True}


HOOK = record(
    {"hook_id": WORD, "url": WORD, "topics": things(WORD), "made_by": WORD, "made_at": MOMENT}
)
DELIVERY = record(
    {
        "id": COUNT,
        "hook_id": WORD,
        "message_id": WORD,
        "topic": WORD,
        "state": WORD,
        "attempts": COUNT,
        "answer": WORD,
        "body": ANYTHING,
        "made_at": MOMENT,
        "settled_at": MOMENT,
    }
)

OPERATIONS = (
    Operation(
        "list_hooks",
        "GET",
        "/hooks",
        "The addresses that are told what happens",
        Right.VIEW,
        list_hooks,
        record({"hooks": things(HOOK)}),
        pages=("desk.hooks_page",),
    ),
    Operation(
        "add_hook",
        "POST",
        "/hooks",
        "Have an address told, signed as Standard Webhooks has it: the only answer in which the "
        "secret can be read",
        Right.SETTINGS,
        add_hook,
        record({"hook_id": WORD, "secret": WORD, "url": WORD, "topics": things(WORD)}),
        body=record({"url": text(2000, 1), "topics": things(one_of(TOPICS), len(TOPICS), 1)}),
        status=201,
        pages=("desk.keep_hook",),
    ),
    Operation(
        "remove_hook",
        "DELETE",
        "/hooks/{hook_id}",
        "It is told no more; what still waits for it is given up",
        Right.SETTINGS,
        remove_hook,
        OK,
        pages=("desk.remove_hook",),
    ),
    Operation(
        "list_deliveries",
        "GET",
        "/hooks/deliveries",
        "What was told, or is to be, the newest first, with what was answered",
        Right.VIEW,
        list_deliveries,
        record({"deliveries": things(DELIVERY), "next": WORD}),
        query={"limit": number(1, 200), "cursor": CURSOR},
        pages=("desk.hooks_page",),
    ),
    Operation(
        "tell_again",
        "POST",
        "/hooks/deliveries/{sending_id}/again",
        "Tell it once more from the beginning",
        Right.SETTINGS,
        tell_again,
        OK,
        pages=("desk.tell_again",),
    ),
)
