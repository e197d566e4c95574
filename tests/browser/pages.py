"""Every page a person can open, by name: for the screenshots and for what must hold on each."""

from __future__ import annotations

from tests.browser.live import Desk

SINGLE = {
    "home": "/",
    "inbox": "/cases",
    "recovery": "/recovery",
    "policy": "/policy",
    "suppliers": "/suppliers",
    "analytics": "/analytics",
    "settings": "/settings",
    "letters": "/letters",
    "letter": "/letters/refunded/en",
    "measures": "/measures",
    "parked": "/parked",
}

PROBLEMS = {
    "late": ("Late shipment", "Urge"),
    "damaged": ("Damaged", "Decide"),
    "customs": ("Customs hold",),
    "cancelled": ("Customer cancels", "Abroad"),
}


def pages(desk: Desk) -> dict[str, str]:
    """Name to path; of cases one of each kind that matters."""
    found = dict(SINGLE)
    for problem, words in PROBLEMS.items():
        found[f"case-{problem}"] = desk.case_with(*words)
    damaged = found["case-damaged"]
    found["claim"] = f"{damaged}/claim"
    found["order"] = desk.order_of(damaged)
    found["customer"] = desk.customer_page(found["order"])
    return found
