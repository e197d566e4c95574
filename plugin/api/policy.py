"""The shop's terms: read, compared, tried on the last month, published over what was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, g, jsonify
from sqlalchemy.engine import Connection

from plugin import publishing
from plugin import timeline as t
from plugin.api import rows
from plugin.api.door import Door, Problem
from plugin.api.operation import Asked, Operation
from plugin.api.policy_shapes import CHANGE, FIGURE, TERMS, VERSION
from plugin.api.shapes import CHANGES, COUNT, MOMENT, YES_NO, number, record, text, things
from plugin.deadlines import ALL
from plugin.pages.policy_diff import differences
from plugin.pages.roles import Right
from plugin.parcels import changed_lines, limits_from
from plugin.publishing import Overtaken
from plugin.store import policy_record
from plugin.terms import Autonomy, Cap, NoStockOrder, Remedy, Route, Terms, TwoPeople
from plugin.terms_check import slips_of
from plugin.trial import tried

SHOWN = 50
"""Orders named behind one figure of a trial."""
PLAIN = (
    *("handling_days", "day_rate_percent", "shipping_line", "domestic_only", "refund_shipping"),
    *("festivals_pause", "check_addresses", "check_parcels"),
)


def get_policy(door: Door, _asked: Asked) -> Any:
    with door.db.read() as tx:
        return _tagged(publishing.in_force(tx, g.shop.shop))


def change_policy(door: Door, asked: Asked) -> Any:
    body, shop = asked["body"], g.shop.shop
    with door.db.read() as tx:
        live = publishing.in_force(tx, shop)
        _check(tx, asked, live)
    new, note = _changed(live, body["terms"]), body.get("note", "")
    now = door.clock.now()
    try:
        with door.db.write() as tx:
            seen = live.version
            publishing.publish(tx, shop, new, now, over=seen, author=g.person, note=note)
    except Overtaken:
        with door.db.read() as tx:
            raise _stale(tx, live.version, publishing.in_force(tx, shop)) from None
    with door.db.read() as tx:
        return _tagged(publishing.in_force(tx, shop))


def simulate(door: Door, asked: Asked) -> Any:
    with door.db.read() as tx:
        live = publishing.in_force(tx, g.shop.shop)
        changed = _changed(live, asked["body"]["terms"])
        draft = replace(changed, version=live.version + 1)
        found = tried(tx, g.shop.shop, live, draft, door.clock.now())
    return {
        "orders": found.orders,
        "cut": found.cut,
        "stuck": found.stuck,
        "since": rows.moment(found.since),
        "figures": [
            {
                "name": one.name,
                "before": one.before,
                "after": one.after,
                "sums": dict(one.sums),
                "orders": [vars(order) for order in one.orders[:SHOWN]],
                "orders_in_all": len(one.orders),
            }
            for one in found.figures
        ],
        "changes": _changes(live, draft),
    }


def diff(door: Door, asked: Asked) -> Any:
    with door.db.read() as tx:
        before, after = (_version(tx, asked[name]).terms for name in ("before", "after"))
    return {"changes": _changes(before, after)}


def list_versions(door: Door, asked: Asked) -> Any:
    limit = asked.get("limit", 20)
    with door.db.read() as tx:
        found = policy_record.versions(
            tx, g.shop.shop, limit=limit + 1, before=asked.get("before", 0)
        )
        live = publishing.in_force(tx, g.shop.shop)
    told = [
        {**_told(one), "changes": _changes(earlier.terms, one.terms) if earlier else []}
        for one, earlier in publishing.with_earlier(found)
    ]
    return {
        "in_force": live.version,
        "versions": told[:limit],
        "next": told[limit - 1]["version"] if len(found) > limit else 0,
    }


def get_version(door: Door, asked: Asked) -> Any:
    with door.db.read() as tx:
        found = _version(tx, asked["version"])
    return {**_told(found), "terms": t.plain(found.terms)}


def restore(door: Door, asked: Asked) -> Any:
    shop, version = g.shop.shop, asked["version"]
    with door.db.write() as tx:
        _check(tx, asked, publishing.in_force(tx, shop))
        note = f"Version {version} restored"
        now = door.clock.now()
        if publishing.restore(tx, shop, version, now, author=g.person, note=note) is None:
            raise rows.not_found("No version by that number was published")
        return _tagged(publishing.in_force(tx, shop))


# --- Versions and their differences ---------------------------------------------------------------


def _tagged(terms: Terms) -> Response:
    answer = jsonify({"version": terms.version, "terms": t.plain(terms)})
    answer.set_etag(str(terms.version))
    return answer


def _version(tx: Connection, version: int) -> policy_record.Version:
    found = publishing.version_of(tx, g.shop.shop, version)
    if found is None:
        raise rows.not_found("No version by that number was published")
    return found


def _told(one: policy_record.Version) -> dict[str, Any]:
    return {
        "version": one.terms.version,
        "author": one.author,
        "note": one.note,
        "at": rows.moment(one.at),
    }


def _check(tx: Connection, asked: Asked, live: Terms) -> None:
    """Raises Problem unless the version that was seen is the one in force."""
    if asked["if_match"].contains(str(live.version)):
        return
    tags = asked["if_match"].as_set()
    seen = next((int(tag) for tag in tags if tag.isascii() and tag.isdigit() and len(tag) < 10), 0)
    raise _stale(tx, seen, live)


def _stale(tx: Connection, seen: int, live: Terms) -> Problem:
    """412, with what was changed since the version that was seen."""
    before = publishing.version_of(tx, g.shop.shop, seen) if seen else None
    changes = _changes(before.terms, live) if before else []
    more = {"version": str(live.version), "changes": changes}
    return Problem(412, "changed", f"Version {live.version} is in force by now", more=more)


def _changes(before: Terms, after: Terms) -> list[dict[str, str]]:
    return [vars(one) for one in differences(before, after)]


# --- Terms as they are sent -----------------------------------------------------------------------


def _changed(live: Terms, told: Mapping[str, Any]) -> Terms:
    """The terms in force with what was sent in its place. Raises Problem naming every slip."""
    known = limits_from(live.limits)
    if told.get("shipping_line", live.shipping_line) not in known:
        raise rows.unusable(shipping_line=f"must be one of {', '.join(known)}")
    new = replace(
        live,
        **{name: told[name] for name in PLAIN if name in told},
        deadlines=_deadlines(live, told.get("deadlines", {})),
        autonomy=_autonomy(live, told.get("autonomy", {})),
        cap=_cap(told["cap"]) if "cap" in told else live.cap,
        two_people=_two_people(told["two_people"]) if "two_people" in told else live.two_people,
        assumed_route=Route(told.get("assumed_route", live.assumed_route)),
        no_stock_order=NoStockOrder(told.get("no_stock_order", live.no_stock_order)),
        remedy=Remedy(told.get("remedy", live.remedy)),
        limits=_limits(live, told.get("limits", {})),
    )
    if slips := slips_of(new):
        raise rows.unusable(**slips)
    return new


def _deadlines(live: Terms, told: Mapping[str, int]) -> dict[str, int]:
    counts = {**live.deadlines, **told}
    return {d.name: counts[d.name] for d in ALL if counts.get(d.name, d.count) != d.count}


def _autonomy(live: Terms, told: Mapping[str, str]) -> dict[str, Autonomy]:
    return {**live.autonomy, **{name: Autonomy(level) for name, level in told.items()}}


def _cap(told: Mapping[str, Any] | None) -> Cap | None:
    if told is None:
        return None
    rows.money(told, "per_refund", "currency")
    return Cap(told["per_refund"], told["per_day"], told["currency"])


def _two_people(told: Mapping[str, Any] | None) -> TwoPeople | None:
    if told is None:
        return None
    rows.money(told, "above", "currency")
    return TwoPeople(told["above"], told["currency"])


def _limits(live: Terms, told: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    known = limits_from(live.limits)
    unknown = [name for name in told if name not in known]
    if unknown:
        raise rows.unusable(**{f"limits.{name}": "is no shipping line" for name in unknown})
    wanted = {
        name: (one.get("grams", known[name].grams), one.get("longest_mm", known[name].longest_mm))
        for name, one in told.items()
    }
    return {**live.limits, **changed_lines(known, wanted)}


OPERATIONS = (
    Operation(
        "get_policy",
        "GET",
        "/policy",
        "The terms in force; the ETag is their version",
        Right.VIEW,
        get_policy,
        record({"version": COUNT, "terms": TERMS}),
        pages=("desk.policy_page",),
    ),
    Operation(
        "change_policy",
        "PATCH",
        "/policy",
        "Publish a new version: the terms in force with what is sent in its place. Needs If-Match "
        "with the version you have seen; cases keep the version they began under",
        Right.SETTINGS,
        change_policy,
        record({"version": COUNT, "terms": TERMS}),
        body=record({"terms": CHANGE}, {"note": text(500)}),
        versioned=True,
        pages=("desk.publish",),
    ),
    Operation(
        "simulate_policy",
        "POST",
        "/policy/simulate",
        "What such a change would have done to the last 30 days; nothing is published or kept",
        Right.VIEW,
        simulate,
        record(
            {
                "orders": COUNT,
                "cut": YES_NO,
                "stuck": COUNT,
                "since": MOMENT,
                "figures": things(FIGURE),
                "changes": CHANGES,
            }
        ),
        body=record({"terms": CHANGE}),
        pages=("desk.simulate",),
    ),
    Operation(
        "diff_policy",
        "GET",
        "/policy/diff",
        "What is different between two versions, in words",
        Right.VIEW,
        diff,
        record({"changes": CHANGES}),
        query={"before": number(1, 2**31 - 2), "after": number(1, 2**31 - 2)},
        needs=("before", "after"),
        also=(404,),
        pages=("desk.policy_versions",),
    ),
    Operation(
        "list_versions",
        "GET",
        "/policy/versions",
        "Every version, the newest first, with who published it, why, and what it changed; `next` "
        "is the `before` of the next page, 0 at the end",
        Right.VIEW,
        list_versions,
        record({"in_force": COUNT, "versions": things(VERSION), "next": COUNT}),
        query={"before": number(1, 2**31 - 2), "limit": number(1, 100)},
        pages=("desk.policy_versions",),
    ),
    Operation(
        "get_version",
        "GET",
        "/policy/versions/{version}",
        "One version",
        Right.VIEW,
        get_version,
        record({**{k: v for k, v in VERSION["properties"].items() if k != "changes"},
                "terms": TERMS}),
        pages=("desk.policy_versions",),
    ),
    Operation(
        "restore_policy",
        "POST",
        "/policy/versions/{version}/restore",
        "Publish an old version once more, as the newest; needs If-Match",
        Right.SETTINGS,
        restore,
        record({"version": COUNT, "terms": TERMS}),
        versioned=True,
        pages=("desk.restore_policy",),
    ),
)  # fmt: skip
