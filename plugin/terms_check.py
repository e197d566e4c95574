"""What must hold within a shop's terms, whoever writes them down: pure."""

from __future__ import annotations

from plugin.deadlines import ALL
from plugin.terms import Autonomy, Clause, Terms

IN_ORDER = (
    ("urge_supplier", "treat_as_no_stock"),
    ("customs_second", "customs_third"),
    ("evidence_second", "evidence_third"),
    ("evidence_third", "evidence_closes"),
    ("verification_earliest", "verification_overdue"),
    ("address_reminded", "address_decides"),
)
"""Numbers of which the second must be the larger."""
MOST_DAYS = 365
SWITCHES = (
    *("domestic_only", "refund_shipping", "festivals_pause"),
    *("check_addresses", "check_parcels", "write_back"),
)
"""Terms that are yes or no."""


def slips_of(terms: Terms) -> dict[str, str]:
    """What does not go together, by field, each with a word for why."""
    found: dict[str, str] = {}
    counts = {d.name: terms.deadlines.get(d.name, d.count) for d in ALL}
    for first, then in IN_ORDER:
        if counts[then] <= counts[first]:
            found[then] = "after_urge" if then == "treat_as_no_stock" else "after_the_other"
    spends = any(
        level is Autonomy.AUTO and name.endswith(f".{Clause.REFUND}")
        for name, level in terms.autonomy.items()
    )
    if spends and terms.cap is None:
        found["per_refund"] = "cap_needed"
    if terms.cap is not None and terms.cap.per_day < terms.cap.per_refund:
        found["per_day"] = "day_below_one"
    return found
