"""An app's own fields on an order, and which of them the store shows: kept, and refused, as Shopify
does it. One app is installed here, so its own namespace is the only one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from plugin.sandbox import moments, orders
from plugin.sandbox.ground import Ground
from plugin.sandbox.store import Row

RESERVED = "$app"
OWN = (None, RESERVED)
"""How an app may call the namespace that is its own."""
MOST_AT_ONCE = 25
MOST_SHOWN = 20
"""Fields the page of an order has room for."""


def digest(value: str) -> str:
    """What a value is known by."""
    return sha256(value.encode()).hexdigest()


def of_order(ground: Ground, order_id: int, key: str) -> Row | None:
    """A field of an order."""
    sql = "SELECT * FROM fields WHERE order_id = ? AND key = ?"
    return ground.ledger.row(sql, order_id, key)


def shown(ground: Ground) -> list[Row]:
    """What the store shows on the page of an order."""
    return ground.ledger.rows("SELECT * FROM definitions ORDER BY id")


def objection(ground: Ground, order_id: int, wanted: Mapping[str, Any]) -> tuple[str, str]:
    """Why a field cannot be written, as (code, sentence); empty when it can."""
    value, key = str(wanted["value"]), str(wanted["key"])
    if wanted.get("namespace") not in OWN:
        return "APP_NOT_AUTHORIZED", "Access to this namespace is not allowed."
    known = next((row for row in shown(ground) if row["key"] == key), None)
    kind = wanted.get("type") or (known["type"] if known else None)
    if kind is None:
        return "BLANK", "Type can't be blank."
    if known is not None and kind != known["type"]:
        return "INVALID_TYPE", f"Type must be {known['type']}."
    if not value.strip():
        return "BLANK", "Value can't be blank."
    if wrong := _wrong(str(kind), value):
        return "INVALID_VALUE", wrong
    return _raced(ground, order_id, key, wanted)


def _raced(ground: Ground, order_id: int, key: str, wanted: Mapping[str, Any]) -> tuple[str, str]:
    if "compareDigest" not in wanted:
        return "", ""
    there = of_order(ground, order_id, key)
    if wanted["compareDigest"] == (digest(there["value"]) if there else None):
        return "", ""
    return "STALE_OBJECT", "The resource has been updated since it was loaded."


def write(
    ground: Ground, order_id: int, wanted: Sequence[Mapping[str, Any]], at: datetime
) -> list[Row]:
    """Write fields down. Check `objection` for each first."""
    with ground.ledger.writing():
        for one in wanted:
            key, value = str(one["key"]), str(one["value"])
            there = of_order(ground, order_id, key)
            known = next((row for row in shown(ground) if row["key"] == key), None)
            kind = one.get("type") or (known or {}).get("type")
            if there is not None:
                ground.ledger.amend("fields", there["id"], value=value, type=kind)
            else:
                number = ground.number("metafield")
                row: Row = {"id": number, "order_id": order_id, "key": key}
                ground.ledger.add("fields", **row, value=value, type=kind, at=moments.text(at))
        orders.touch(ground, order_id, at)
    found = [of_order(ground, order_id, str(one["key"])) for one in wanted]
    return [row for row in found if row is not None]


def clear(ground: Ground, order_id: int, key: str, at: datetime) -> bool:
    """Take a field away. False: there was none."""
    there = of_order(ground, order_id, key)
    if there is None:
        return False
    with ground.ledger.writing():
        ground.ledger.run("DELETE FROM fields WHERE id = ?", there["id"])
        orders.touch(ground, order_id, at)
    return True


def show(ground: Ground, wanted: Mapping[str, Any]) -> tuple[Row | None, str, str]:
    """Show a field from now on: (what is shown, code, sentence); a code says why not."""
    if wanted.get("namespace") not in OWN:
        return None, "ADMIN_ACCESS_INPUT_NOT_ALLOWED", "Access is for the app's own fields."
    there = shown(ground)
    if any(row["key"] == wanted["key"] for row in there):
        return None, "TAKEN", "Key is in use for Order metafields on the 'App' namespace."
    if wanted.get("pin") and len(there) >= MOST_SHOWN:
        return None, "PINNED_LIMIT_REACHED", "Limit of pinned definitions is reached."
    number = ground.number("definition")
    named = {name: wanted.get(name) for name in ("key", "type", "name", "description")}
    with ground.ledger.writing():
        ground.ledger.add("definitions", id=number, **named)
    return next(row for row in shown(ground) if row["id"] == number), "", ""


def _wrong(kind: str, value: str) -> str:
    if kind == "date_time":
        try:
            datetime.fromisoformat(value)
        except ValueError:
            return "Value must be in YYYY-MM-DDTHH:MM:SS format."
    if kind == "url" and urlsplit(value).scheme not in {"http", "https", "mailto", "sms", "tel"}:
        return "Value must be one of the following URL schemes: http, https, mailto, sms, tel."
    if kind == "single_line_text_field" and "\n" in value:
        return "Value must be a single line text string."
    if kind.startswith("list."):
        try:
            found = json.loads(value)
        except ValueError:
            found = None
        return "" if isinstance(found, list) else "Value must be a list."
    return ""
