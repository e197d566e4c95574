"""One number by which the inbox is sorted: what is lost if nothing is done, times how soon.

    urgency = rung + ln(1 + loss) - deadline / PATIENCE

`loss` is the larger of what the customer has at risk and what a supplier owes, in a common
yardstick (roughly US cents, `YARDSTICK`); it orders, is never shown and never added up.
`deadline` is in seconds since 1970. As time passes every weight `loss * exp(-(deadline - now) /
PATIENCE)` grows by the same factor, so the order of two cases, and with it the number, needs no
recomputing: only what is known of a case changes it. With PATIENCE of 3 days, ten times the money
counts as much as a deadline 7 days sooner.

A case without a deadline counts as if it had one `NO_HURRY` after it was opened. The rung puts
what needs a person first and what is closed last; closed cases are sorted by when they ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import log

from clients.money import decimals

PATIENCE = timedelta(days=3)
NO_HURRY = timedelta(days=90)
RUNG = 100_000.0
"""More than any two cases of one rung can differ: 820 years of deadlines."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

YARDSTICK: Mapping[str, float] = {
    **dict.fromkeys(("USD", "EUR", "GBP", "CHF"), 1.0),
    **dict.fromkeys(("AUD", "CAD", "SGD", "NZD"), 0.7),
    **dict.fromkeys(("CNY", "HKD", "DKK", "NOK", "SEK", "MXN", "ZAR", "BRL", "AED", "SAR"), 0.14),
    **dict.fromkeys(("PLN", "ILS", "MYR", "RON", "TRY"), 0.25),
    **dict.fromkeys(("INR", "THB", "PHP", "TWD", "CZK"), 0.025),
    **dict.fromkeys(("JPY", "HUF"), 0.007),
    **dict.fromkeys(("KRW", "CLP"), 0.0008),
    **dict.fromkeys(("IDR", "VND"), 0.00005),
    **dict.fromkeys(("KWD", "BHD", "OMR"), 3.0),
}
"""About how many US dollars one of a currency is. Coarse on purpose: it enters as a logarithm, so
a third too much moves a case by a day. A currency not named here counts as one dollar."""


def weight(minor: int, currency: str) -> float:
    """An amount in the yardstick. For sorting only."""
    if minor <= 0 or not currency:
        return 0.0
    try:
        places = decimals(currency)
    except ValueError:  # a code nobody knows must not keep a case from being listed
        places = 2
    return minor / 10.0 ** (places - 2) * YARDSTICK.get(currency, 1.0)


def urgency(
    *,
    needs_you: bool,
    at_risk: tuple[int, str],
    owed: tuple[int, str],
    deadline: datetime | None,
    opened_at: datetime,
) -> float:
    """The place of an open case; larger is sooner. Amounts are (minor units, currency)."""
    loss = max(weight(*at_risk), weight(*owed))
    due = deadline or opened_at + NO_HURRY
    return (RUNG if needs_you else 0.0) + log(1 + loss) - _in_patience(due)


def urgency_of_closed(closed_at: datetime) -> float:
    """The place of a closed case: behind every open one, the last to end first."""
    return _in_patience(closed_at) - RUNG


def _in_patience(moment: datetime) -> float:
    return (moment - EPOCH) / PATIENCE
