"""What the nouns share: a case or 404, who asks, moments as text, a click's no as a problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from flask import g
from sqlalchemy.engine import Connection

from plugin import merchant
from plugin.api.door import Door, Problem
from plugin.api.operation import Asked
from plugin.api.shapes import CASE
from plugin.money import Money
from plugin.order import Order
from plugin.store import caselists, timelines
from plugin.store.periods import EARLIEST, LATEST


def case_row(tx: Connection, asked: Asked) -> dict[str, Any]:
    """The row of a case of this shop. Raises Problem for anybody else's."""
    row = caselists.one(tx, g.shop.shop, asked["case_id"])
    if row is None:
        raise not_found("No case by that id is known")
    return row


def needs_order(tx: Connection, asked: Asked) -> int:
    """The number of an order the store has told us of. Raises Problem for any other."""
    order_id = int(asked["order_id"])
    if not timelines.name_of(tx, g.shop.shop, order_id):
        raise not_found("No order by that number is known")
    return order_id


def not_found(detail: str) -> Problem:
    """Nothing is there, or it is somebody else's: the same answer for both."""
    return Problem(404, "not_found", detail)


def unusable(**fields: str) -> Problem:
    """Some fields cannot be used, though each fits by itself."""
    return Problem(422, "fields", "Some fields cannot be used", fields=fields)


def click(door: Door, order_id: int) -> merchant.Click:
    """The key does this, on an order, now."""
    return merchant.Click(g.shop.shop, order_id, g.person, door.clock.now())


@contextmanager
def told() -> Iterator[None]:
    """What a person would be told on the page."""
    try:
        yield
    except merchant.NotPossible as error:
        raise Problem(409, error.why, f"Not possible: {error.why} {error.detail}".strip()) from None


def case(row: Mapping[str, Any]) -> dict[str, Any]:
    """A case as lists show it."""
    return {name: plain(row[name]) for name in CASE["properties"]}


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    return moment(value) if isinstance(value, datetime) else value


def moment(value: datetime | None) -> str | None:
    """A moment with its zone."""
    return value.isoformat() if value else None


def day(asked: Mapping[str, Any], name: str) -> date | None:
    """A day that may be missing. Raises Problem for one no calendar has."""
    if not asked.get(name):
        return None
    try:
        found = date.fromisoformat(asked[name])
    except ValueError:
        raise unusable(**{name: "is no day such as 2026-11-22"}) from None
    if not EARLIEST <= found <= LATEST:
        raise unusable(**{name: "must be from 2000 to 2100"})
    return found


def money(asked: Mapping[str, Any], minor: str, currency: str) -> Money:
    """An amount with its currency. Raises Problem for a currency nobody has."""
    try:
        return Money(asked[minor], asked[currency])
    except ValueError:
        raise unusable(**{currency: "is no currency"}) from None


def lines(order: Order, told: list[Mapping[str, int]]) -> tuple[tuple[int, int], ...]:
    """(line id, how many) of an order, each once. Raises Problem for what it has not."""
    found: dict[int, int] = {}
    for one in told:
        line_id, quantity = one["line_id"], one["quantity"]
        if line_id not in order.lines or line_id in found:
            raise unusable(lines=f"{line_id} is not a line of the order, or is there twice")
        if quantity > order.lines[line_id].facts.quantity:
            raise unusable(lines=f"{line_id} has not so many")
        found[line_id] = quantity
    return tuple(found.items())
