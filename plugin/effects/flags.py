"""Writing on the order in the store where its cases stand: tags, and fields that are ours alone.

Everything is read first. A tag is only taken off when we put it there ourselves, which is noted on
the order, in a field nobody is shown; a field lies in the app's own namespace and is written over
what was read or not at all. Each call is harmless when repeated, and none is made where nothing
would change: so our own change, which the store tells us of like any other, is the end of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from clients.errors import OutcomeUnknown, Refused
from clients.shopify.budget import bulk_work
from clients.shopify.flags import Field, OrderFlags
from plugin import sentences
from plugin.effects.errand import Errand
from plugin.flags import Flags, Stands
from plugin.ports import Storefront
from plugin.standing import CLOSED

OURS = "tags"
"""The field in which we note the tags we put on the order ourselves."""
TYPES: Mapping[str, str] = {
    "status": "multi_line_text_field",
    "next_step": "multi_line_text_field",
    "deadline": "date_time",
    "case": "url",
    OURS: "list.single_line_text_field",
}
SHOWN = ("status", "next_step", "deadline", "case")
"""Fields the merchant reads on the order's page."""
AGAIN = 60.0
"""Seconds."""


@dataclass(frozen=True)
class Changes:
    """What has to be done so that the order says what it should."""

    take: tuple[str, ...]
    write: Mapping[str, tuple[str, str]]
    clear: tuple[str, ...]
    put: tuple[str, ...]


def flag_order(errand: Errand) -> None:
    """Bring what the order says up to date. Refunds and the reads before them go first."""
    with bulk_work():
        _flag(errand)


def _flag(errand: Errand) -> None:
    storefront = errand.connections.storefront(errand.row.shop)
    read = storefront.flags(errand.row.order_id)
    if read is None:
        errand.refused("order_not_found")
        return
    wanted = errand.flags()
    changes = changes_to(read, wanted.tags, _fields(errand, wanted))
    if not errand.sending():
        return
    try:
        _change(errand, storefront, read, changes)
    except OutcomeUnknown as error:
        errand.put_off(AGAIN, error.what)  # what was done is found done the next time
    except Refused as error:
        errand.refused(f"store_refused: {error.what}")
    else:
        errand.done(remote_id=wanted.says, by="store")


def changes_to(read: OrderFlags, tags: tuple[str, ...], fields: Mapping[str, str]) -> Changes:
    """From what the order says to what it should say. Pure.

    A tag that is there and that we did not put there is somebody's own, whatever it says.
    """
    there = {tag.casefold() for tag in read.tags}
    noted = _noted(read)
    mine = [tag for tag in tags if tag not in there or tag in noted]
    values = dict(fields) | ({OURS: json.dumps(mine)} if mine else {})
    return Changes(
        take=tuple(tag for tag in noted if tag not in tags and tag in there),
        write={
            key: (TYPES[key], value)
            for key, value in values.items()
            if key not in read.fields or read.fields[key].value != value
        },
        clear=tuple(key for key in read.fields if key not in values),
        put=tuple(tag for tag in mine if tag not in there),
    )


def _change(errand: Errand, storefront: Storefront, read: OrderFlags, changes: Changes) -> None:
    """Off before it is noted as off, noted before it is put on: stopped half way, nothing of ours
    is forgotten and nothing of anybody else's taken for ours."""
    order_id = errand.row.order_id
    if changes.take:
        storefront.remove_tags(order_id, changes.take)
    if changes.write:
        _show(errand, storefront, changes)
        storefront.write_fields(order_id, changes.write, read)
    if changes.clear:
        storefront.clear_fields(order_id, changes.clear)
    if changes.put:
        storefront.add_tags(order_id, changes.put)


def _show(errand: Errand, storefront: Storefront, changes: Changes) -> None:
    """Have the store show our fields before the first is written; asked only where one is new."""
    shown = storefront.fields_shown()
    for key in SHOWN:
        if key in changes.write and key not in shown:
            language = errand.shop.language
            name, about = sentences.field(key, language=language)
            try:
                storefront.show_field(Field(key, TYPES[key], name, about))
            except Refused:
                continue  # no room for it on the page; the field itself is kept all the same


def _noted(read: OrderFlags) -> tuple[str, ...]:
    kept = read.fields.get(OURS)
    try:
        found = json.loads(kept.value) if kept else []
    except ValueError:
        return ()
    return tuple(str(tag) for tag in found) if isinstance(found, list) else ()


# --- In words -------------------------------------------------------------------------------------


def _fields(errand: Errand, flags: Flags) -> dict[str, str]:
    """What the merchant reads, in the shop's language; no word of the customer's."""
    if not flags.stands:
        return {}
    language, zone = errand.shop.language, errand.shop.zone
    open_ones = [one for one in flags.stands if one.status != CLOSED]
    steps = [_step(one, language, zone) for one in open_ones]
    moments = [(one.until, one) for one in open_ones if one.until is not None]
    soonest = min(moments, key=lambda pair: pair[0], default=(None, flags.stands[0]))
    fields = {
        "status": "\n".join(_status(one, language) for one in flags.stands),
        "next_step": "\n".join(step for step in steps if step),
        "deadline": soonest[0].isoformat(timespec="seconds") if soonest[0] else "",
        "case": errand.connections.link(f"/cases/{soonest[1].case_id}"),
    }
    return {key: value for key, value in fields.items() if value}


def _status(one: Stands, language: str) -> str:
    return sentences.stands(
        one.number, str(one.situation), one.status, one.outcome, language=language
    )


def _step(one: Stands, language: str, zone: str) -> str:
    """What a person is asked for, or else what is waited for."""
    if one.step:
        return sentences.asked(one.number, one.step, language=language)
    if one.until is None:
        return ""
    waiting = sentences.waiting(
        one.clock,
        one.until,
        language=language,
        zone=zone,
        only_alerts=one.only_alerts,
        provisional=one.provisional,
    )
    return sentences.waits(one.number, waiting, language=language)
