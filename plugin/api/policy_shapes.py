"""The terms as they go out and come in."""

from __future__ import annotations

from plugin.api.shapes import (
    AMOUNT,
    ANYTHING,
    CHANGES,
    COUNT,
    CURRENCY,
    MOMENT,
    SUMS,
    WORD,
    YES_NO,
    number,
    one_of,
    or_null,
    record,
    text,
    things,
)
from plugin.deadlines import ALL
from plugin.pages.policy_rules import RULES
from plugin.parcels import DEFAULTS
from plugin.terms import Autonomy, NoStockOrder, Remedy, Route
from plugin.terms_check import MOST_DAYS, SWITCHES

TERMS = ANYTHING
"""As they are kept: changed numbers of days, levels by rule, the cap, above how much two
people have to say yes, the lines' limits."""
LEVEL = one_of(Autonomy)
LIMIT = record({}, {"grams": number(1, 999_999), "longest_mm": number(1, 999_999)})
CHANGE = record(
    {},
    {
        "deadlines": record({}, {d.name: number(0, MOST_DAYS) for d in ALL}),
        "autonomy": record({}, {f"{situation}.{clause}": LEVEL for situation, clause in RULES}),
        "cap": or_null(record({"per_refund": AMOUNT, "per_day": AMOUNT, "currency": CURRENCY})),
        "two_people": or_null(record({"above": AMOUNT, "currency": CURRENCY})),
        "handling_days": number(0, 60),
        "day_rate_percent": number(0, 100),
        "assumed_route": one_of(Route),
        "no_stock_order": one_of(NoStockOrder),
        "remedy": one_of(Remedy),
        "shipping_line": text(40, 1),
        "limits": record({}, dict.fromkeys(DEFAULTS, LIMIT)),
        **dict.fromkeys(SWITCHES, YES_NO),
    },
)
"""What is not sent stays as it is."""
FIGURE = record(
    {
        "name": WORD,
        "before": COUNT,
        "after": COUNT,
        "sums": SUMS,
        "orders": things(
            record({"order_id": COUNT, "name": WORD, "before": COUNT, "after": COUNT})
        ),
        "orders_in_all": COUNT,
    }
)
VERSION = record({"version": COUNT, "author": WORD, "note": WORD, "at": MOMENT, "changes": CHANGES})
