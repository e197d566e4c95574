"""What is different between two versions of the terms, in words."""

from __future__ import annotations

from dataclasses import dataclass

from plugin import sentences
from plugin.deadlines import ALL
from plugin.pages.desk import label, language, money, say
from plugin.pages.policy_rules import RULES, count_of
from plugin.parcels import limits_from
from plugin.terms import Cap, Terms, TwoPeople
from plugin.terms_check import SWITCHES


@dataclass(frozen=True)
class Difference:
    """One thing that was changed."""

    what: str
    before: str
    after: str


def differences(before: Terms, after: Terms) -> list[Difference]:
    """Everything that differs, in the order of the page."""
    pairs = [
        *((label(d.name), _count(before, d.name), _count(after, d.name)) for d in ALL),
        *_levels(before, after),
        *((say(f"field.{s}"), _switch(before, s), _switch(after, s)) for s in SWITCHES),
        *_settings(before, after),
        *_caps(before.cap, after.cap),
        (say("field.two_people"), _above(before.two_people), _above(after.two_people)),
        *_limits(before, after),
    ]
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


def _count(terms: Terms, name: str) -> str:
    deadline = next(d for d in ALL if d.name == name)
    return f"{count_of(terms, deadline)} {say(f'unit.{deadline.unit}')}"


def _levels(before: Terms, after: Terms) -> list[tuple[str, str, str]]:
    spoken = language()
    return [
        (
            label(f"{situation}.{clause}"),
            sentences.autonomy(str(before.goes(situation, clause)), language=spoken),
            sentences.autonomy(str(after.goes(situation, clause)), language=spoken),
        )
        for situation, clause in RULES
    ]


def _switch(terms: Terms, name: str) -> str:
    return say("policy.on" if getattr(terms, name) else "policy.off")


def _settings(before: Terms, after: Terms) -> list[tuple[str, str, str]]:
    def told(terms: Terms) -> list[tuple[str, str]]:
        return [
            ("handling_days", str(terms.handling_days)),
            ("day_rate_percent", f"{terms.day_rate_percent} %"),
            ("assumed_route", sentences.route(str(terms.assumed_route), language=language())),
            ("no_stock_order", say(f"no_stock_order.{terms.no_stock_order}")),
            ("remedy", say(f"remedy.{terms.remedy}")),
            ("shipping_line", terms.shipping_line),
        ]

    both = zip(told(before), told(after), strict=True)
    return [(say(f"field.{name}"), was, now) for (name, was), (_, now) in both]


def _caps(before: Cap | None, after: Cap | None) -> list[tuple[str, str, str]]:
    return [
        (say(f"field.{name}"), _cap(before, name), _cap(after, name))
        for name in ("per_refund", "per_day")
    ]


def _cap(cap: Cap | None, name: str) -> str:
    return money(getattr(cap, name), cap.currency) if cap else say("none")


def _above(limit: TwoPeople | None) -> str:
    return money(limit.above, limit.currency) if limit else say("none")


def _limits(before: Terms, after: Terms) -> list[tuple[str, str, str]]:
    was, now = limits_from(before.limits), limits_from(after.limits)
    found = []
    for name in {**was, **now}:
        for field in ("grams", "longest_mm"):
            values = [str(getattr(lines.get(name), field, "")) for lines in (was, now)]
            found.append((say(f"policy.limit.{field}", line=name), values[0], values[1]))
    return found
