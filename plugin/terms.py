"""A shop's own terms: how many days, how far the app may go, what it may spend.

The defaults are the guide's. What the guide does not say is a default of ours and says so where
it stands. Terms are versioned; a case keeps the version it began under.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Situation(StrEnum):
    """The nine situations of the guide, in its order."""

    NO_STOCK = "no_stock"
    OVERSIZED = "oversized"
    LATE_SHIPMENT = "late_shipment"
    SUPPLIER_SILENT = "supplier_silent"
    CUSTOMS_HOLD = "customs_hold"
    WRONG_ITEMS = "wrong_items"
    DAMAGED = "damaged"
    CANCELLATION = "cancellation"
    WRONG_ADDRESS = "wrong_address"


class Clause(StrEnum):
    """What a rule does; together with a situation it names the rule: `late_shipment.urge`."""

    URGE = "urge"
    TELL = "tell"
    REFUND = "refund"
    RESOURCE = "resource"
    RECOVERY = "recovery"
    LETTER = "letter"


class Autonomy(StrEnum):
    """How far the app goes by itself, rule by rule."""

    OFF = "off"
    SUGGEST = "suggest"
    ASK = "ask"
    AUTO = "auto"


class Route(StrEnum):
    """Where the parcel is: still inside mainland China, or shipped abroad, or nobody knows."""

    DOMESTIC = "domestic"
    INTERNATIONAL = "international"
    UNKNOWN = "unknown"


class NoStockOrder(StrEnum):
    """What comes first when goods cannot be had. The guide reads refund, then re-source."""

    REFUND_FIRST = "refund_first"
    RESOURCE_FIRST = "resource_first"


MONEY = frozenset({Clause.REFUND, Clause.RESOURCE})
"""Clauses that spend the merchant's money or change what he buys; the others send words."""


@dataclass(frozen=True)
class Cap:
    """The most that goes out without a person, in minor units of the shop's currency."""

    per_refund: int
    per_day: int
    currency: str


@dataclass(frozen=True)
class Alternative:
    """Another supplier for a product, from the shop's own list."""

    id: int
    sku: str
    supplier: str
    url: str
    price_minor: int
    currency: str
    promised_days: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Terms:
    """One version of a shop's terms."""

    version: int = 1
    handling_days: int = 3
    """Days from payment to shipping where no ship-by date was promised. Guide silent: 3."""
    deadlines: Mapping[str, int] = field(default_factory=dict)
    """Changes to the numbers in `deadlines.py`, by a deadline's name."""
    domestic_only: bool = True
    """The late-shipment clocks act on domestic purchases only, as the guide notes."""
    assumed_route: Route = Route.UNKNOWN
    """The route of a purchase nobody has told us of. Guide silent: unknown."""
    no_stock_order: NoStockOrder = NoStockOrder.REFUND_FIRST
    refund_shipping: bool = True
    """A refunded line takes its share of the shipping with it. Guide silent: yes."""
    autonomy: Mapping[str, Autonomy] = field(default_factory=dict)
    """Changes to the default autonomy, by rule name (`late_shipment.urge`)."""
    cap: Cap | None = None
    """Without a cap no money moves by itself, whatever `autonomy` says."""
    alternatives: tuple[Alternative, ...] = ()
    """The shop's alternative suppliers for the products of the order at hand."""

    def goes(self, situation: Situation, clause: Clause) -> Autonomy:
        """How far the app goes for this rule. Default: words `auto`, money `ask`."""
        chosen = self.autonomy.get(f"{situation}.{clause}")
        if chosen is not None:
            return chosen
        return Autonomy.ASK if clause in MONEY else Autonomy.AUTO

    def alternatives_for(self, sku: str) -> tuple[Alternative, ...]:
        """The shop's alternatives for a product, the cheapest first where currencies agree."""
        mine = [a for a in self.alternatives if a.sku == sku]
        return tuple(sorted(mine, key=lambda a: (a.currency, a.price_minor, a.id)))
