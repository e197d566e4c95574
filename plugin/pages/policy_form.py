"""Reading the policy form: the terms as filled in, or every slip named at its field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import partial
from typing import Any

from flask import request

from plugin.deadlines import ALL
from plugin.money import Money
from plugin.pages.desk import say
from plugin.pages.forms import BadField, Fields, amount, choice, whole, words
from plugin.pages.policy_rules import IN_ORDER, RULES
from plugin.parcels import Line, limits_from
from plugin.terms import Autonomy, Cap, Clause, NoStockOrder, Remedy, Route, Terms

SWITCHES = (
    *("domestic_only", "refund_shipping", "festivals_pause"),
    *("check_addresses", "check_parcels"),
)
LONGEST_NOTE = 500


def terms_filled_in(before: Terms) -> Terms:
    """The terms on the form, over those they were made from. Raises BadForm with every slip."""
    fields = Fields()
    counts = _counts(fields)
    autonomy = _autonomy(fields)
    cap = _cap(fields)
    _no_money_without_cap(fields, autonomy, cap)
    handling = fields.take(partial(whole, "handling_days", 0, 60), 0)
    rate = fields.take(partial(whole, "day_rate_percent", 0, 100), before.day_rate_percent)
    route = fields.take(partial(choice, "assumed_route", list(Route)), str(Route.UNKNOWN))
    first = fields.take(partial(choice, "no_stock_order", list(NoStockOrder)), "refund_first")
    remedy = fields.take(partial(choice, "remedy", list(Remedy)), str(Remedy.CHOOSE))
    known = limits_from(before.limits)
    line = fields.take(partial(choice, "shipping_line", list(known)), before.shipping_line)
    limits = {**before.limits, **_limits(fields, known)}
    fields.take(_note, "")
    fields.check()
    switches: dict[str, Any] = {name: request.form.get(name) == "yes" for name in SWITCHES}
    return replace(
        before,
        **switches,
        deadlines={d.name: counts[d.name] for d in ALL if counts[d.name] != d.count},
        handling_days=handling,
        day_rate_percent=rate,
        remedy=Remedy(remedy),
        shipping_line=line,
        limits=limits,
        assumed_route=Route(route),
        no_stock_order=NoStockOrder(first),
        autonomy=autonomy,
        cap=cap,
    )


def version_seen() -> int:
    """The version the form was filled in over; 0 where it does not say."""
    seen = request.form.get("version", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0


def _counts(fields: Fields) -> dict[str, int]:
    counts = {d.name: fields.take(partial(whole, d.name, 0, 365), d.count) for d in ALL}
    for first, then in IN_ORDER:
        if counts[then] <= counts[first]:
            wrong = "after_urge" if then == "treat_as_no_stock" else "after_the_other"
            fields.wrong(then, say(wrong))
    return counts


def _autonomy(fields: Fields) -> dict[str, Autonomy]:
    names = [f"{situation}.{clause}" for situation, clause in RULES]
    return {
        name: Autonomy(fields.take(partial(choice, name, list(Autonomy)), "ask")) for name in names
    }


def _no_money_without_cap(
    fields: Fields, autonomy: Mapping[str, Autonomy], cap: Cap | None
) -> None:
    spends = any(
        level is Autonomy.AUTO and name.endswith(f".{Clause.REFUND}")
        for name, level in autonomy.items()
    )
    if spends and cap is None:
        fields.wrong("per_refund", say("cap_needed"))


def _cap(fields: Fields) -> Cap | None:
    filled = [name for name in ("per_refund", "per_day") if words(name)]
    if not filled:
        return None
    nothing = Money(0, "USD")
    each = fields.take(partial(amount, "per_refund", "cap_currency"), nothing)
    daily = fields.take(partial(amount, "per_day", "cap_currency"), nothing)
    if not fields.problems.keys() & {"per_refund", "per_day"} and daily < each:
        fields.wrong("per_day", say("day_below_one"))
    return Cap(each.minor, daily.minor, each.currency)


def _limits(fields: Fields, known: Mapping[str, Line]) -> dict[str, dict[str, Any]]:
    """The lines whose limits were changed, whole; an empty field changes nothing."""
    changed: dict[str, dict[str, Any]] = {}
    for name, line in known.items():
        grams = _limit(fields, f"limit.{name}.grams", line.grams)
        longest = _limit(fields, f"limit.{name}.longest_mm", line.longest_mm)
        if (grams, longest) != (line.grams, line.longest_mm):
            own = asdict(replace(line, grams=grams, longest_mm=longest))
            own["class_two"] = sorted(line.class_two)
            changed[name] = {field: value for field, value in own.items() if value is not None}
    return changed


def _limit(fields: Fields, name: str, before: int) -> int:
    if not words(name):
        return before
    return fields.take(partial(whole, name, 1, 999_999), before)


def _note() -> str:
    if len(request.form.get("note", "")) > LONGEST_NOTE:
        raise BadField("note", say("policy.note_long", most=LONGEST_NOTE))
    return words("note", LONGEST_NOTE)
