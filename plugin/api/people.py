"""The people of the desk, and the keys of programs."""

from __future__ import annotations

from typing import Any

from flask import g

from plugin.api import rows
from plugin.api.door import Door, Problem
from plugin.api.operation import Asked, Operation
from plugin.api.shapes import MOMENT, OK, WORD, one_of, record, text, things
from plugin.mail_address import is_address
from plugin.pages.roles import RIGHTS, SCOPES, Right
from plugin.store import api_keys, members
from plugin.store.members import LastOwner, Member


def list_members(door: Door, _asked: Asked) -> Any:
    with door.db.read() as tx:
        found = members.of_shop(tx, g.shop.shop)
    return {"members": [_member(one) for one in found]}


def keep_member(door: Door, asked: Asked) -> Any:
    email, body, now = asked["email"].lower(), asked["body"], door.clock.now()
    if not is_address(email):
        raise rows.unusable(email="is no mail address")
    name = body.get("name", "").strip()
    try:
        with door.desk.act("member_kept", email, role=body["role"]) as tx:
            members.add(tx, g.shop.shop, email, body["role"], now, by=g.person, name=name)
            found = members.find(tx, g.shop.shop, email)
    except LastOwner:
        raise _last_owner() from None
    assert found is not None
    return _member(found)


def remove_member(door: Door, asked: Asked) -> Any:
    try:
        with door.desk.act("member_removed", asked["email"]) as tx:
            found = members.find(tx, g.shop.shop, asked["email"])
            if found is None or not found.is_in:
                raise rows.not_found("Nobody by that address is at the desk")
            members.remove(tx, g.shop.shop, asked["email"], door.clock.now())
    except LastOwner:
        raise _last_owner() from None
    return {"ok": True}


def _member(one: Member) -> dict[str, Any]:
    added = rows.moment(one.added_at)
    return {"email": one.email, "name": one.name, "role": one.role, "added_at": added}


def _last_owner() -> Problem:
    return Problem(409, "last_owner", "A shop without an owner could never get one again")


def list_keys(door: Door, _asked: Asked) -> Any:
    with door.db.read() as tx:
        found = api_keys.of_shop(tx, g.shop.shop)
    return {
        "keys": [
            {
                "key_id": one.key_id,
                "name": one.name,
                "scope": one.scope,
                "made_by": one.made_by,
                "made_at": rows.moment(one.made_at),
                "used_at": rows.moment(one.used_at),
                "revoked_at": rows.moment(one.revoked_at),
            }
            for one in found
        ]
    }


def make_key(door: Door, asked: Asked) -> Any:
    body, now = asked["body"], door.clock.now()
    name = body["name"].strip()
    if not name:
        raise rows.unusable(name="is empty")
    with door.desk.act("key_made", body["name"], scope=body["scope"]) as tx:
        key = api_keys.make(tx, g.shop.shop, name, body["scope"], now, by=g.person)
        made = api_keys.find(tx, key)
    assert made is not None
    return {"key": key, "key_id": made.key_id, "name": made.name, "scope": made.scope}


def revoke_key(door: Door, asked: Asked) -> Any:
    with door.desk.act("key_revoked", asked["key_id"]) as tx:
        if not api_keys.revoke(tx, g.shop.shop, asked["key_id"], door.clock.now()):
            raise rows.not_found("No key by that id opens anything")
    return {"ok": True}


MEMBER = record({"email": WORD, "name": WORD, "role": WORD, "added_at": MOMENT})
KEY = record(
    {
        "key_id": WORD,
        "name": WORD,
        "scope": WORD,
        "made_by": WORD,
        "made_at": MOMENT,
        "used_at": MOMENT,
        "revoked_at": MOMENT,
    }
)

OPERATIONS = (
    Operation(
        "list_members",
        "GET",
        "/members",
        "The people of the desk",
        Right.SETTINGS,
        list_members,
        record({"members": things(MEMBER)}),
        pages=("desk.members_page",),
    ),
    Operation(
        "keep_member",
        "PUT",
        "/members/{email}",
        "A new person, one that comes back, or another role for one who is here",
        Right.SETTINGS,
        keep_member,
        MEMBER,
        body=record({"role": one_of(RIGHTS)}, {"name": text(200)}),
        conflicts=True,
        pages=("desk.keep_member",),
    ),
    Operation(
        "remove_member",
        "DELETE",
        "/members/{email}",
        "The person is let in no more, from the next request on; the last owner stays",
        Right.SETTINGS,
        remove_member,
        OK,
        conflicts=True,
        pages=("desk.remove_member",),
    ),
    Operation(
        "list_keys",
        "GET",
        "/keys",
        "The shop's keys, the newest first, revoked ones too; never a key itself",
        Right.VIEW,
        list_keys,
        record({"keys": things(KEY)}),
        pages=("desk.keys_page",),
    ),
    Operation(
        "make_key",
        "POST",
        "/keys",
        "A new key with a scope: the only answer in which it can be read",
        Right.SETTINGS,
        make_key,
        record({"key": WORD, "key_id": WORD, "name": WORD, "scope": WORD}),
        body=record({"name": text(100, 1), "scope": one_of(SCOPES)}),
        status=201,
        pages=("desk.make_key",),
    ),
    Operation(
        "revoke_key",
        "DELETE",
        "/keys/{key_id}",
        "The key opens nothing any more",
        Right.SETTINGS,
        revoke_key,
        OK,
        pages=("desk.revoke_key",),
    ),
)
