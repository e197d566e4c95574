"""Every page of the desk and every answer of the API, read off the map of addresses.

A new address is measured without being named here; one with a parameter nobody has given a value
stops the benchmark, and a test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from plugin.api.operations import OPERATIONS
from plugin.store import tables
from plugin.store.behind import Behind
from plugin.store.database import Database

MEASURED = ("desk.", "api.")
NOT_PAGES = frozenset(
    {
        *("desk.static", "desk.login", "desk.enter_page"),
        *("desk.bounce", "desk.grant", "desk.granted"),
    }
)
"""Files, and doors one only passes through on the way in."""
ASKED: Mapping[str, tuple[dict[str, Any], ...]] = {
    "desk.cases": (
        *({"status": "needs_you"}, {"due": "week"}, {"risk": "yes"}, {"waits": "supplier"}),
        *({"status": "closed"}, {"q": "mar"}, {"q": "a b"}, {"q": "nobodyiscalledso"}),
        *({"problem": "damaged", "country": "IT", "age": "older"}, {"assignee": "nobody at all"}),
        *({"supplier": "nobody at all"}, {"least": "1000000"}, {"country": "XX"}),
        {"leg": "unknown"},
    ),
    "desk.case_at": ({"seq": "2"},),
    "desk.recovery": ({"show": "ended"},),
    "desk.analytics": ({"days": "90", "compare": "1"},),
    "desk.analytics_rows": tuple({"of": of} for of in Behind),
    "api.list_cases": ({"limit": "100"},),
}
"""What is asked of a page besides opening it plainly: the lists that are narrowed most cruelly."""
NEEDED = frozenset({"desk.supplier", "desk.analytics_rows"})
"""Pages that do not open without being asked for something."""
NEEDS = {f"api.{one.name}": tuple(one.needs) for one in OPERATIONS}
"""The same of the API, as its document says."""


def of(app: Flask, db: Database, shop: str) -> Iterator[tuple[str, str]]:
    """(name, path) of everything that can be opened; raises KeyError for an unknown parameter."""
    places = _places(db, shop)
    for rule in app.url_map.iter_rules():
        name = rule.endpoint
        if not name.startswith(MEASURED) or name in NOT_PAGES or "GET" not in (rule.methods or ()):
            continue
        path = _path(rule, places, 0)
        if name not in NEEDED:
            yield name, path
        if "case_id" in rule.arguments:
            yield f"{name}, longest timeline", _path(rule, places, -1)
        for question in (*ASKED.get(name, ()), *_more(name, places)):
            asked = urlencode(question)
            yield f"{name}?{asked}", f"{path}?{asked}"


def _path(rule: Rule, places: Mapping[str, list[Any]], which: int) -> str:
    """With one of the values in each place, and with what the API must be asked."""
    built = rule.build({place: places[place][which] for place in rule.arguments})
    assert built is not None, rule
    needs = {name: places[name][0] for name in NEEDS.get(rule.endpoint, ())}
    return f"{built[1]}?{urlencode(needs)}" if needs else built[1]


def _more(name: str, places: Mapping[str, list[Any]]) -> tuple[dict[str, Any], ...]:
    supplier = {"name": places["supplier"][0]}
    return {
        "desk.supplier": (supplier,),
        "desk.cases": ({"supplier": places["supplier"][0]},),
        "desk.order_file": ({"key": places["key"][0]},),
    }.get(name, ())


def _places(db: Database, shop: str) -> dict[str, list[Any]]:
    """Something real in every place: the worst case first, the one with the most events last.

    Of a shop that was grown (`bench/growing.py`) only what has a timeline can be opened.
    """
    cases, orders, outbox, events = tables.cases, tables.orders, tables.outbox, tables.events
    told = (events.c.shop == shop) & (events.c.order_id == cases.c.order_id)
    mine = sa.select(cases.c.case_id, cases.c.order_id, cases.c.supplier)
    mine = mine.where(cases.c.shop == shop, sa.exists().where(told))
    with db.read() as tx:
        worst = tx.execute(mine.order_by(cases.c.urgency.desc()).limit(1)).one()
        longest = sa.select(orders.c.order_id).where(
            orders.c.shop == shop,
            sa.exists().where(events.c.shop == shop, events.c.order_id == orders.c.order_id),
        )
        order_id = tx.execute(longest.order_by(orders.c.seq.desc()).limit(1)).scalar_one()
        last = tx.execute(mine.where(cases.c.order_id == order_id).limit(1)).one()
        bought = sa.select(cases.c.supplier).where(cases.c.shop == shop, cases.c.supplier != "")
        supplier = tx.execute(bought.limit(1)).scalar_one()
        keys = sa.select(outbox.c.key).where(
            outbox.c.shop == shop, outbox.c.order_id == worst.order_id
        )
        key = tx.execute(keys.limit(1)).scalar()
    return {
        "case_id": [worst.case_id, last.case_id],
        "order_id": [worst.order_id, last.order_id],
        "evidence_id": ["a" * 64],
        "letter": ["refunded"],
        "tongue": ["en"],
        "supplier": [supplier],
        "key": [key or "none"],
        "version": [1],
        "before": [1],
        "after": [1],
        "name": [supplier],
        "of": [str(Behind.ALONE)],
        "sku": ["SKU-1"],
    }
