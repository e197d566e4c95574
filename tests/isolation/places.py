"""Real values for every parameter of every address, and for every name a page asks for.

A new one fails the tests until it has a line here: what would each shop have in that place?
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.isolation.town import OWN_PURCHASE, SAME_ORDER, SAME_SUPPLIER, Who
from tests.story import HUANYU

Values = Callable[[Who], list[str]]


def _same(*values: str) -> Values:
    return lambda _who: list(values)


PLACES: Mapping[str, Values] = {
    "case_id": lambda who: who.cases,
    "evidence_id": lambda who: [who.evidence],
    "order_id": lambda who: [str(who.own_order), str(SAME_ORDER)],
    "inbox_id": lambda who: [who.parked_id],
    "view_id": lambda who: [who.view_id],
    "letter": _same("refunded"),
    "tongue": _same("en"),
    "version": _same("1"),
    "step": _same("policy"),
    "verb": _same("note", "approve", "decline", "done", "again"),
    "way": _same("store", "1688"),
    "key_id": lambda who: [who.key_id],
    "hook_id": lambda who: [who.hook_id],
    "sending_id": lambda who: [who.sending_id],
    "email": lambda who: [who.member],
    "token": lambda who: who.links,
    "rest": lambda who: [f"{token}/elsewhere" for token in who.links],
}
"""What stands in a path."""

NAMED: Mapping[str, Values] = {
    "case": lambda who: who.cases,
    "case_id": lambda who: who.cases,
    "pick": lambda who: [f"{case}|{key}" for case in who.cases for key in who.keys],
    "key": lambda who: who.keys,
    "order": lambda who: [f"#{who.canary}", str(who.own_order), "#1001"],
    "seq": _same("1"),
    "of": _same("alone", "person", "kept", "late", "letters", "answers"),
    "q": lambda who: [f"#{who.canary}", "bianca@example.com"],
    "name": lambda who: [f"{who.canary} supplier", SAME_SUPPLIER],
    "supplier": lambda who: [f"{who.canary} supplier", SAME_SUPPLIER],
    "assignee": lambda who: [who.member],
    "person": lambda who: [who.member],
    "email": lambda who: [who.member],
    "hook_id": lambda who: [who.hook_id],
    "key_id": lambda who: [who.key_id],
    "id": lambda who: [who.sending_id],
    "purchase_id": _same(HUANYU, OWN_PURCHASE),
    "reference": lambda who: ["T2"],
    "sku": lambda who: [f"{who.canary}-sku"],
}
"""What a page asks an address or a form for, where it names a thing of a shop."""

PLAIN = frozenset({
    # Words, days, amounts and switches, the same in every shop.
    *("lang", "status", "due", "risk", "page", "all", "kind", "kept", "said", "published"),
    *("restored", "compare", "days", "from", "to", "waits", "problem", "country", "least", "most"),
    *("age", "leg", "after", "before", "embedded", "shop", "host", "locale", "id_token"),
    "shopify-reload",
    *("opened_from", "opened_to"),
    *("show", "earlier", "hmac", "timestamp", "code", "state", "error", "error_description", "iss"),
    "what",
})  # fmt: skip
"""What it asks for that names nothing of anybody's."""


def values(table: Mapping[str, Values], name: str, who: Who) -> list[str]:
    """What a shop has in a place; fails for one nobody thought of."""
    assert name in table, f"{name!r} is new: give it values in tests/isolation/places.py"
    return table[name](who)
