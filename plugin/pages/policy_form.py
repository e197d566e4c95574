"""Reading the policy form: the terms as filled in, or every slip named at its field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from flask import request

from plugin.deadlines import ALL
from plugin.money import Money
from plugin.pages.desk import say
from plugin.pages.forms import BadField, Fields, amount, choice, whole, words
from plugin.pages.policy_rules import RULES
from plugin.parcels import Line, changed_lines, limits_from
from plugin.terms import Autonomy, Cap, NoStockOrder, Remedy, Route, Terms, TwoPeople
from plugin.terms_check import MOST_DAYS, SWITCHES, slips_of

LONGEST_NOTE = 500


def terms_filled_in(before: Terms) -> Terms:
    """The terms on the form, over those they were made from. Raises BadForm with every slip."""
    fields = Fields()
    counts = {d.name: fields.take(partial(whole, d.name, 0, MOST_DAYS), d.count) for d in ALL}
    autonomy = _autonomy(fields)
    cap, two_people = _cap(fields), _two_people(fields)
    handling = fields.take(partial(whole, "handling_days", 0, 60), 0)
    rate = fields.take(partial(whole, "day_rate_percent", 0, 100), before.day_rate_percent)
    route = fields.take(partial(choice, "assumed_route", list(Route)), str(Route.UNKNOWN))
    first = fields.take(partial(choice, "no_stock_order", list(NoStockOrder)), "refund_first")
    remedy = fields.take(partial(choice, "remedy", list(Remedy)), str(Remedy.CHOOSE))
    known = limits_from(before.limits)
    line = fields.take(partial(choice, "shipping_line", list(known)), before.shipping_line)
    limits = {**before.limits, **_limits(fields, known)}
    fields.take(_note, "")
    switches: dict[str, Any] = {name: request.form.get(name) == "yes" for name in SWITCHES}
    found = replace(
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
        two_people=two_people,
    )
    for field, why in slips_of(found).items():
        fields.wrong(field, say(why))
    fields.check()
    return found


def version_seen() -> int:
    """The version the form was filled in over; 0 where it does not say."""
    seen = request.form.get("version", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0


def _autonomy(fields: Fields) -> dict[str, Autonomy]:
    names = [f"{situation}.{clause}" for situation, clause in RULES]
    return {
        name: Autonomy(fields.take(partial(choice, name, list(Autonomy)), "ask")) for name in names
    }


def _cap(fields: Fields) -> Cap | None:
    filled = [name for name in ("per_refund", "per_day") if words(name)]
    if not filled:
        return None
    nothing = Money(0, "USD")
    each = fields.take(partial(amount, "per_refund", "cap_currency"), nothing)
    daily = fields.take(partial(amount, "per_day", "cap_currency"), nothing)
    if fields.problems.keys() & {"per_refund", "per_day"}:
        return Cap(0, 0, nothing.currency)  # each slip is said by itself; nothing is kept of it
    return Cap(each.minor, daily.minor, each.currency)


def _two_people(fields: Fields) -> TwoPeople | None:
    if not words("two_people"):
        return None
    above = fields.take(partial(amount, "two_people", "cap_currency"), Money(0, "USD"))
    return TwoPeople(above.minor, above.currency)


def _limits(fields: Fields, known: Mapping[str, Line]) -> dict[str, dict[str, Any]]:
    """The lines whose limits were changed, whole; an empty field changes nothing."""
    return changed_lines(
        known,
        {
            name: (
                _limit(fields, f"limit.{name}.grams", line.grams),
                _limit(fields, f"limit.{name}.longest_mm", line.longest_mm),
            )
            for name, line in known.items()
        },
    )


def _limit(fields: Fields, name: str, before: int) -> int:
    if not words(name):
        return before
    return fields.take(partial(whole, name, 1, 999_999), before)


def _note() -> str:
    if len(request.form.get("note", "")) > LONGEST_NOTE:
        raise BadField("note", say("policy.note_long", most=LONGEST_NOTE))
    return words("note", LONGEST_NOTE)
