"""A shop's own terms: how many days, how far the app may go, what it may spend.

The defaults are the guide's. What the guide does not say is a default of ours and says so where
it stands. Terms are versioned; a case keeps the version it began under.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


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
    HOLD = "hold"
    ADDRESS = "address"
    CANCEL = "cancel"
    INTERCEPT = "intercept"
    VERIFY = "verify"
    REMEDY = "remedy"
    REISSUE = "reissue"
    RETURN = "return"
    FLAG = "flag"


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


class Remedy(StrEnum):
    """What the customer gets once a claim is verified. The guide leaves it open who chooses."""

    CHOOSE = "choose"
    REFUND = "refund"
    REISSUE = "reissue"


BEFORE_SHIPPING = frozenset(
    {
        Situation.NO_STOCK,
        Situation.OVERSIZED,
        Situation.LATE_SHIPMENT,
        Situation.SUPPLIER_SILENT,
    }
)
"""Situations about goods that have not left: a shipment ends them."""
VERIFIED = frozenset({Situation.WRONG_ITEMS, Situation.DAMAGED})
"""Situations with proof, a claim and a verification."""
STOPPED = frozenset({Situation.CANCELLATION, Situation.WRONG_ADDRESS})
"""Situations in which a parcel is to be stopped."""

MONEY = frozenset(
    {
        Clause.REFUND,
        Clause.RESOURCE,
        Clause.REMEDY,
        Clause.REISSUE,
        Clause.CANCEL,
        Clause.ADDRESS,
    }
)
"""Clauses that spend the merchant's money, or change what is sold or where it goes; the others
send words, or keep things as they are."""
PERSONS = frozenset({Clause.REMEDY})
"""Clauses that are a choice between ways: no setting can take it from a person."""
CHOSEN = frozenset({Clause.RETURN})
"""Clauses that are off until a shop chooses them: not every store works that way."""


@dataclass(frozen=True)
class Cap:
    """The most that goes out without a person, in minor units of the shop's currency."""

    per_refund: int
    per_day: int
    currency: str


@dataclass(frozen=True)
class TwoPeople:
    """Above how much, in minor units of a currency, a refund needs two people's yes."""

    above: int
    currency: str

    def concern(self, minor: int, currency: str) -> bool:
        """Money in another currency cannot be compared: it always needs two."""
        return currency != self.currency or minor > self.above


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
    grams: int | None = None
    """What one piece weighs, where it is known."""
    purchases: int = 0
    """How often this shop has bought from the supplier."""
    troubles: int = 0
    """How many of those purchases went wrong before they shipped."""


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
    festivals_pause: bool = True
    """Days of festivals, when nobody works in China, do not count where a supplier has to do
    something. Guide silent: yes, urging somebody on such a day helps nobody."""
    assumed_route: Route = Route.UNKNOWN
    """The route of a purchase nobody has told us of. Guide silent: unknown."""
    no_stock_order: NoStockOrder = NoStockOrder.REFUND_FIRST
    refund_shipping: bool = True
    """A refunded line takes its share of the shipping with it. Guide silent: yes."""
    autonomy: Mapping[str, Autonomy] = field(default_factory=dict)
    """Changes to the default autonomy, by rule name (`late_shipment.urge`)."""
    cap: Cap | None = None
    """Without a cap no money moves by itself, whatever `autonomy` says."""
    two_people: TwoPeople | None = None
    """Guide silent: one person's yes is enough."""
    alternatives: tuple[Alternative, ...] = ()
    """The shop's alternative suppliers for the products of the order at hand."""
    remedy: Remedy = Remedy.CHOOSE
    """What follows a verified claim. Guide silent on who chooses: the merchant, each time."""
    check_addresses: bool = True
    """Every order's address is checked on arrival: abroad it cannot be mended any more."""
    check_parcels: bool = True
    """Every order's parcel is checked on arrival against the limits of the shipping line."""
    shipping_line: str = "large"
    """The line's name in `limits`. Guide silent: the large-parcel line, so that nobody's order is
    held by a limit he never chose."""
    limits: Mapping[str, Any] = field(default_factory=dict)
    """The shop's own limits, by line; empty: those in `parcels.py`."""
    day_rate_percent: int = 2
    """What a promised day more is worth when alternatives are ranked, in percent of the price."""
    write_back: bool = True
    """The order in the store says where its cases stand: tags, and fields of our own. Guide silent:
    yes, it is words the merchant alone reads, in places that are ours alone."""

    def goes(self, situation: Situation, clause: Clause) -> Autonomy:
        """How far the app goes for this rule. Default: words `auto`, money `ask`."""
        chosen = self.autonomy.get(f"{situation}.{clause}")
        if clause in PERSONS:
            return Autonomy.ASK
        if chosen is not None:
            return chosen
        if clause in CHOSEN:
            return Autonomy.OFF
        return Autonomy.ASK if clause in MONEY else Autonomy.AUTO

    def alternatives_for(self, sku: str) -> tuple[Alternative, ...]:
        """The shop's alternatives for a product, the best first where currencies agree."""
        mine = [a for a in self.alternatives if a.sku == sku]
        return tuple(sorted(mine, key=lambda a: (a.currency, self.worth(a), a.id)))

    def worth(self, offer: Alternative) -> int:
        """What an alternative really costs, in minor units: price, waiting and risk in one sum.

        Each promised day adds `day_rate_percent`; a supplier who failed this shop in some share
        of its purchases costs that share more. Unknown days count as 14. Guide silent: ours.
        """
        days = 14 if offer.promised_days is None else offer.promised_days
        waiting = offer.price_minor * self.day_rate_percent * days // 100
        # One purchase that went well is assumed of everybody, so that one failure is not a ban.
        risk = offer.price_minor * offer.troubles // (offer.purchases + 1)
        return offer.price_minor + waiting + risk
