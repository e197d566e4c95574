"""Settings: what the shop is called, how long data is kept, who letters are from, stop and go."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask import Response, g, jsonify
from sqlalchemy.engine import Connection

from plugin import merchant, shop_settings
from plugin.api import rows
from plugin.api.connections import TRIAL
from plugin.api.door import Door, Problem
from plugin.api.operation import Asked, Operation
from plugin.api.shapes import COUNT, WORD, YES_NO, number, one_of, or_null, record, text
from plugin.mail_address import is_address
from plugin.pages import connection_ways
from plugin.pages.roles import Right
from plugin.pages.sender_letter import try_out
from plugin.pages.texts import LANGUAGES
from plugin.shop_settings import LEAST_DAYS, MOST_DAYS
from plugin.store import shops
from plugin.store.shops import Shop

BASICS = ("name", "zone", "language", "email")
LONGEST_ZONE = 60


def get_settings(door: Door, _asked: Asked) -> Any:
    with door.db.read() as tx:
        return _tagged(_now(tx))


def change_basics(door: Door, asked: Asked) -> Any:
    values = {name: value.strip() for name, value in asked["body"].items()}
    if "email" in values:
        values["email"] = _address(values["email"], "email")
    if "name" in values and not values["name"]:
        raise rows.unusable(name="is empty")
    if values.get("zone", "UTC") not in shop_settings.zones():
        raise rows.unusable(zone="is no zone such as Europe/Rome")
    with door.desk.act("settings_changed") as tx:
        shops.lock(tx, g.shop.shop)
        before = _now(tx)
        if not asked["if_match"].contains(_tag(before)):
            raise _stale(before)
        if values:
            shops.change(tx, g.shop.shop, **values)
        return _tagged(_now(tx))


def change_retention(door: Door, asked: Asked) -> Any:
    days = asked["body"]["keep_days"]
    if shop_settings.erases(g.shop, days) and not asked["body"].get("sure", False):
        raise rows.unusable(sure="fewer days erase for good: say true")
    with door.desk.act("retention_changed", str(days or "")) as tx:
        shops.change(tx, g.shop.shop, keep_days=days)
        return _tagged(_now(tx))


def pause(door: Door, _asked: Asked) -> Any:
    with door.desk.act("paused") as tx, rows.told():
        merchant.pause(tx, g.shop.shop)
    return {"state": shops.PAUSED}


def resume(door: Door, _asked: Asked) -> Any:
    with door.desk.act("resumed") as tx, rows.told():
        merchant.resume(tx, g.shop.shop)
    return {"state": shops.ACTIVE}


def get_sender(door: Door, _asked: Asked) -> Any:
    return _sender(door, g.shop.sender)


def keep_sender(door: Door, asked: Asked) -> Any:
    sender = _address(asked["body"]["sender"], "sender")
    with door.desk.act("sender_changed") as tx:
        shops.change(tx, g.shop.shop, sender=sender)
    return _sender(door, sender)


def try_sender(door: Door, _asked: Asked) -> Any:
    if not g.shop.email:
        raise Problem(409, "no_email", "The shop has no mail address the letter could go to")
    connections = connection_ways.ways_out(door.desk)
    found = try_out(door.db, connections, g.shop, door.clock.now())
    return {"word": found.word, "detail": found.detail, "does": list(found.does)}


def _sender(door: Door, sender: str) -> dict[str, Any]:
    ours = door.settings.mail_from
    return {"sender": sender, "ours": ours, "has_mail": bool(door.settings.mail_url)}


def _address(told: str, field: str) -> str:
    found = told.strip().lower()
    if found and not is_address(found):
        raise rows.unusable(**{field: "is no mail address"})
    return found


# --- What somebody has seen -----------------------------------------------------------------------


def _now(tx: Connection) -> Shop:
    found = shops.find(tx, g.shop.shop)
    assert found is not None
    return found


def _told(shop: Shop) -> dict[str, Any]:
    same = {name: getattr(shop, name) for name in BASICS}
    more = {"currency": shop.currency, "keep_days": shop.keep_days, "state": shop.state}
    return {**same, **more, "watching": shop.watching, "sender": shop.sender}


def _tag(shop: Shop) -> str:
    said = json.dumps([getattr(shop, name) for name in BASICS])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _tagged(shop: Shop) -> Response:
    answer = jsonify(_told(shop))
    answer.set_etag(_tag(shop))
    return answer


def _stale(shop: Shop) -> Problem:
    changes = [{"what": name, "before": "", "after": getattr(shop, name)} for name in BASICS]
    more = {"version": _tag(shop), "changes": changes}
    return Problem(412, "changed", "Somebody changed the settings meanwhile", more=more)


SETTINGS = record(
    {
        **dict.fromkeys(BASICS, WORD),
        "currency": WORD,
        "keep_days": or_null(COUNT),
        "state": WORD,
        "watching": YES_NO,
        "sender": WORD,
    }
)
SENDER = record({"sender": WORD, "ours": WORD, "has_mail": YES_NO})
STATE = record({"state": one_of([shops.ACTIVE, shops.PAUSED])})

OPERATIONS = (
    Operation(
        "get_settings",
        "GET",
        "/settings",
        "What the shop has set; the ETag is the version of name, zone, language and email",
        Right.VIEW,
        get_settings,
        SETTINGS,
        pages=("desk.settings",),
    ),
    Operation(
        "change_settings",
        "PATCH",
        "/settings",
        "Change name, zone, language or email; what is not sent stays. Needs If-Match",
        Right.SETTINGS,
        change_basics,
        SETTINGS,
        body=record(
            {},
            {
                "name": text(200, 1),
                "zone": text(LONGEST_ZONE, 1),
                "language": one_of(LANGUAGES),
                "email": text(320),
            },
        ),
        versioned=True,
        pages=("desk.keep_basics",),
    ),
    Operation(
        "change_retention",
        "PUT",
        "/settings/retention",
        "How many days personal data of a quiet order is kept; null: for ever. Fewer days "
        "than before erase for good and need `sure`",
        Right.SETTINGS,
        change_retention,
        SETTINGS,
        body=record({"keep_days": or_null(number(LEAST_DAYS, MOST_DAYS))}, {"sure": YES_NO}),
        pages=("desk.keep_retention",),
    ),
    Operation(
        "pause",
        "POST",
        "/pause",
        "Nothing goes out until `resume`; clocks and decisions go on",
        Right.SETTINGS,
        pause,
        STATE,
        conflicts=True,
        pages=("desk.pause",),
    ),
    Operation(
        "resume",
        "POST",
        "/resume",
        "What was planned meanwhile goes out, each after a fresh look at the order",
        Right.SETTINGS,
        resume,
        STATE,
        conflicts=True,
        pages=("desk.resume",),
    ),
    Operation(
        "get_sender",
        "GET",
        "/settings/sender",
        "Whom letters to customers are from; empty is the deployment's own",
        Right.VIEW,
        get_sender,
        SENDER,
        pages=("desk.sender_page",),
    ),
    Operation(
        "keep_sender",
        "PUT",
        "/settings/sender",
        "Letters are from this address from now on",
        Right.SETTINGS,
        keep_sender,
        SENDER,
        body=record({"sender": text(320)}),
        pages=("desk.keep_sender",),
    ),
    Operation(
        "try_sender",
        "POST",
        "/settings/sender/test",
        "A test letter to the shop's own mail address, and to nobody else",
        Right.SETTINGS,
        try_sender,
        TRIAL,
        conflicts=True,
        pages=("desk.try_sender",),
    ),
)
