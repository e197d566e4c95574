"""What a customer can still do about the goods of an order, and why not where he cannot. Pure.

A parcel inside China can be stopped and goods nobody has bought can be cancelled; abroad neither
is possible any more, and the page says so instead of showing a button. Where nobody knows where a
parcel is, it may be asked for: the shop is then asked where it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from plugin.order import Line, Order, Purchase
from plugin.terms import Route, Situation


class Place(StrEnum):
    """Where the goods of a line are."""

    UNBOUGHT = "unbought"
    DOMESTIC = "domestic"
    UNKNOWN = "unknown"
    ABROAD = "abroad"
    ARRIVED = "arrived"
    NOT_STOPPED = "not_stopped"
    BEING_STOPPED = "being_stopped"
    SETTLED = "settled"
    """Repaid, removed, or cancelled."""


CAN_BE_STOPPED = frozenset({Place.UNBOUGHT, Place.DOMESTIC, Place.UNKNOWN})

WORST_FIRST = (Place.NOT_STOPPED, Place.ABROAD, Place.UNKNOWN, Place.DOMESTIC, Place.UNBOUGHT)


@dataclass(frozen=True)
class Offers:
    """What may be asked for, by line; whatever is not in here is refused when it is asked for."""

    places: Mapping[int, Place]
    reportable: Mapping[int, int]
    """(how many units) whose customer has not been repaid."""
    stoppable: Mapping[int, int]
    asked_for: Mapping[int, int]
    """Those whose cancellation is under way: asking again is no mistake, and changes nothing."""

    @property
    def address(self) -> bool:
        """An address can still be changed for something of the order."""
        return any(place in CAN_BE_STOPPED for place in self.places.values())

    @property
    def unbought(self) -> bool:
        """Nobody has bought any of what may be cancelled."""
        return all(self.places[line_id] is Place.UNBOUGHT for line_id in self.stoppable)

    @property
    def unsure(self) -> bool:
        """Nobody knows where some of what may be stopped is."""
        return any(self.places[line_id] is Place.UNKNOWN for line_id in self.stoppable)

    @property
    def too_late(self) -> frozenset[Place]:
        """Why something cannot be stopped."""
        return frozenset(self.places.values()) & {Place.ABROAD, Place.ARRIVED, Place.NOT_STOPPED}

    def is_everything(self, lines: Mapping[int, int]) -> bool:
        """These are all goods of the order, whole."""
        return set(lines) == set(self.places) and lines == self.reportable


def offers(order: Order) -> Offers:
    """What can be done about an order as it stands."""
    left = {i: len(units) for i, line in order.lines.items() if (units := _left(order, line))}
    places = {i: _place(order, line) for i, line in order.lines.items()}
    return Offers(
        places=places,
        reportable=left,
        stoppable={i: n for i, n in left.items() if places[i] in CAN_BE_STOPPED},
        asked_for={i: n for i, n in left.items() if places[i] is Place.BEING_STOPPED},
    )


def _left(order: Order, line: Line) -> tuple[int, ...]:
    line_id = line.facts.id
    gone = {*order.repaid(line_id), *order.gone_elsewhere(line_id)}
    return tuple(unit for unit in line.units if unit not in gone)


def _place(order: Order, line: Line) -> Place:
    """The worst of its units: what holds for one holds for what is asked of the line."""
    units = _left(order, line)
    if not units or order.cancelled_at:
        return Place.SETTLED
    if _delivered(order, line.facts.id) >= len(line.units):
        return Place.ARRIVED
    found = {_place_of(order, line.facts.id, unit) for unit in units}
    worst = next((place for place in WORST_FIRST if place in found), Place.SETTLED)
    asked = worst in CAN_BE_STOPPED and _asked_for(order, line.facts.id)
    return Place.BEING_STOPPED if asked else worst


def _place_of(order: Order, line_id: int, unit: int) -> Place:
    serving = [p for p in order.purchases.values() if p.id and unit in p.units.get(line_id, ())]
    living = [p for p in serving if p.cancelled_at is None]
    if not living:
        # What the store has sent without our knowing of a purchase may be anywhere.
        return Place.UNKNOWN if unit in order.shipped(line_id) else Place.UNBOUGHT
    return _place_of_purchase(living[-1])


def _place_of_purchase(purchase: Purchase) -> Place:
    if purchase.stopped:
        return Place.SETTLED
    if purchase.interception == "failed":
        return Place.NOT_STOPPED
    routes = {Route.DOMESTIC: Place.DOMESTIC, Route.INTERNATIONAL: Place.ABROAD}
    return routes.get(purchase.route, Place.UNKNOWN)


def _delivered(order: Order, line_id: int) -> int:
    return sum(
        quantity
        for fulfilment in order.fulfilments.values()
        if fulfilment.good and fulfilment.fulfilment_id in order.delivered
        for found, quantity in fulfilment.lines
        if found == line_id
    )


def _asked_for(order: Order, line_id: int) -> bool:
    """An open cancellation names it, or everything of a purchase that serves it."""
    for record in order.cases.values():
        opened = record.opened
        if record.closed is not None or opened.situation is not Situation.CANCELLATION:
            continue
        if line_id in opened.line_ids:
            return True
        if not opened.line_ids and _serves(order, line_id, opened.purchase_id):
            return True
    return False


def _serves(order: Order, line_id: int, purchase_id: str) -> bool:
    purchase = order.purchases.get(purchase_id) if purchase_id else None
    return bool(purchase.units.get(line_id)) if purchase else not order.bought(line_id)
