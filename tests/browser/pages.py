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
    "analytics-rows": "/analytics/rows?of=kept",
    "settings": "/settings",
    "letters": "/letters",
    "letter": "/letters/refunded/en",
    "measures": "/measures",
    "parked": "/parked",
    "connections": "/connections",
    "sender": "/sender",
    "members": "/members",
    "keys": "/keys",
    "hooks": "/hooks",
    "audit": "/audit",
    "accesses": "/accesses",
    "checks": "/checks",
    "login": "/login",
    "export": "/export",
    "versions": "/policy/versions",
    "api": "/api/docs",
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
    found["case-at"] = f"{damaged}/at?seq=3"
    found["replay"] = f"{damaged}/replay"
    found["claim"] = f"{damaged}/claim"
    found["order"] = desk.order_of(damaged)
    found["customer"] = desk.customer_page(found["order"])
    return found
