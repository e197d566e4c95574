"""What becomes of an order: when it is bought, shipped, answered for, paid back.

A story is told as happenings with their days. Where the supplier's answer depends on being asked
(through his API), it waits in the purchase's fate instead.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from plugin.sandbox import moments, troubles
from plugin.sandbox.accounts import demand
from plugin.sandbox.catalogue import Product
from plugin.sandbox.dice import Dice
from plugin.sandbox.ground import Ground
from plugin.sandbox.troubles import TROUBLES, Trouble

CHANCES = (
    ("in_time", 0.55),
    ("waiting_then_late", 0.06),
    ("late_answers", 0.04),
    ("late_for_good", 0.03),
    ("late_ships_anyway", 0.02),
    ("no_stock", 0.05),
    ("silent", 0.03),
    ("abroad_late", 0.03),
    ("unrecorded", 0.02),
    ("parcel_too_large", 0.02),
    ("customs_held", 0.02),
    ("wrong_no_proof", 0.02),
    ("wrong_proved", 0.02),
    ("damaged_proved", 0.03),
    ("cancelled_unbought", 0.01),
    ("cancelled_late", 0.02),
    ("cancelled_abroad", 0.01),
    ("address_slip", 0.01),
    ("address_late", 0.01),
)

SHIPS: dict[str, float] = {
    "waiting": -0.25,
    "waiting_then_late": 1.5,
    "late_answers": 3.4,
    "late_ships": 3.2,
    "late_ships_anyway": 7.5,
    "abroad_late": 9.0,
    "disputed": 8.0,
}
"""Days from the ship-by date to the shipment; a story not named here never ships."""

REFUSES = frozenset({"silent", "late_ships_anyway"})
API_SHARE = 0.25


@dataclass(frozen=True)
class Told:
    """An order's story: its mark for the dice, its name, the days promised, its beginning."""

    mark: str
    story: str
    promised: int
    at: datetime


def any_story(dice: Dice, mark: str) -> str:
    """A story for an order of a coming day; most go well."""
    thrown = dice.share("story", mark)
    for story, chance in CHANCES:
        if thrown < chance:
            return story
        thrown -= chance
    return "in_time"


def begin(ground: Ground, order_id: int, products: list[Product], told: Told) -> None:
    """Write down all that will happen to the order."""
    trouble = TROUBLES.get(told.story)
    if told.story == "unrecorded" or (trouble is not None and trouble.bought is None):
        if trouble is not None:
            troubles.unfold(ground, told.story, order_id, "", told.at)
        return
    lines = demand(ground.ledger, order_id).lines
    by_supplier: dict[str, list[tuple[Product, dict[str, Any]]]] = {}
    for product, line in zip(products, lines, strict=True):
        by_supplier.setdefault(product.supplier, []).append((product, line))
    for nth, (supplier, bought) in enumerate(by_supplier.items()):
        story = told.story if nth == 0 else "in_time"
        purchase = _purchase(ground, told, supplier, bought) | {"order_id": order_id}
        if trouble is not None:
            _travel(ground, told, trouble, purchase)
            if nth == 0:
                troubles.unfold(ground, story, order_id, purchase["reference"], told.at)
        else:
            _unfold(ground, told, story, purchase)
    if told.story == "disputed":
        when = told.at + timedelta(days=told.promised + 1)
        ground.schedule(when, "dispute", order_id=order_id)


def _purchase(
    ground: Ground, told: Told, supplier: str, bought: list[tuple[Product, dict[str, Any]]]
) -> dict[str, Any]:
    dice, mark = ground.dice, told.mark
    digest = hashlib.sha256(f"{ground.settings.seed}|{mark}|{supplier}".encode()).hexdigest()
    connection = "1688" if dice.chance(API_SHARE, "connection", (mark, supplier)) else "by_hand"
    abroad = told.story == "abroad_late" or dice.chance(0.1, "route", mark)
    unknown = dice.chance(0.05, "unknown route", mark)
    return {
        "reference": f"40{int(digest[:12], 16) % 10**14:014}000",
        "supplier": supplier,
        "connection": connection,
        "route": "international" if abroad else "unknown" if unknown else "domestic",
        "ship_by": _promise(dice, told),
        "cost_minor": sum(product.cost * line["quantity"] for product, line in bought),
        "lines": [[line["id"], line["quantity"]] for _, line in bought],
    }


def _promise(dice: Dice, told: Told) -> str | None:
    """The ship-by date as suppliers write it: a moment, sometimes a date, sometimes nothing."""
    text = moments.text(told.at + timedelta(days=told.promised))
    if told.story != "in_time":
        return text
    return dice.one_of((text, text, text, text, text, text[:10], None), "promise", told.mark)


def _travel(ground: Ground, told: Told, trouble: Trouble, purchase: dict[str, Any]) -> None:
    """All parcels of an order with a trouble go the same way, bought by hand."""
    plain = {"connection": "by_hand", "route": trouble.route}
    bought = told.at + timedelta(days=trouble.bought or 0)
    fate = {"pays": True, "recovery_days": ground.dice.between(3, 7, "recovery days", told.mark)}
    ground.schedule(bought, "record_purchase", **purchase | plain, fate=fate)
    if trouble.shipped is not None:
        shipped = told.at + timedelta(days=trouble.shipped)
        travels = trouble.delivered - trouble.shipped
        ground.schedule(shipped, "ship", reference=purchase["reference"], delivered_after=travels)


def _unfold(ground: Ground, told: Told, story: str, purchase: dict[str, Any]) -> None:
    mark, reference = told.mark, purchase["reference"]
    bought = told.at + timedelta(minutes=ground.dice.between(25, 400, "bought after", mark))
    due = told.at + timedelta(days=told.promised)
    ground.schedule(bought, "record_purchase", **purchase, fate=_fate(ground.dice, mark, story))
    if story == "no_stock":
        after = timedelta(hours=ground.dice.between(20, 30, "no stock after", mark))
        ground.schedule(bought + after, "no_stock", reference=reference)
    if story == "late_answers" and purchase["connection"] == "by_hand":
        _answers(ground, reference, due)
    shipped = _shipping_moment(ground.dice, told, story, due)
    if shipped is not None:
        lag = ground.dice.between(3, 11, "lag", mark) if story == "late_ships_anyway" else 0
        ground.schedule(shipped, "ship", reference=reference, lag_hours=lag)


def _answers(ground: Ground, reference: str, due: datetime) -> None:
    """Pressed by hand two days after the ship-by date, he answers some hours later."""
    ground.schedule(
        due + timedelta(days=2, hours=9),
        "answer",
        reference=reference,
        if_waiting=True,
        message="亲，仓库排队，两天内发货。",
        ship_by=moments.text(due + timedelta(days=3.5)),
    )


def _shipping_moment(dice: Dice, told: Told, story: str, due: datetime) -> datetime | None:
    hours = dice.between(0, 14, "shipping hour", told.mark)
    if story == "in_time":
        whole = (due - told.at) * (0.35 + 0.5 * dice.share("ships", told.mark))
        return told.at + max(whole, timedelta(hours=10))
    days = SHIPS.get(story)
    return None if days is None else due + timedelta(days=days, hours=hours)


def _fate(dice: Dice, mark: str, story: str) -> dict[str, Any]:
    fate: dict[str, Any] = {
        "pays": story not in REFUSES,
        "recovery_days": dice.between(3, 7, "recovery days", mark),
    }
    if story in {"late_answers", "late_ships", "waiting_then_late", "in_time", "waiting"}:
        fate["answer_hours"] = dice.between(3, 30, "answer hours", mark)
    return fate
