"""What a line to the merchant says: what was seen, what comes next, the rule."""

from __future__ import annotations

from datetime import datetime

from plugin.actions import Reason, Topic
from plugin.words.causes import rule, seen
from plugin.words.speech import Speech, parsed, whole

AT_RISK = "at_risk_"
"""Begins the name of a fact that ends in the currency of the amount."""


def about_a_purchase(
    say: Speech, topic: Topic, reason: Reason, order_name: str, now: datetime | None
) -> tuple[str, str]:
    """(what it is about, body)"""
    known = f"merchant.{topic}" if say.knows(f"merchant.{topic}.subject") else "merchant.other"
    order = reason.facts.get("order", "") or order_name
    purchase = say.purchase(
        reference=reason.facts.get("reference", ""),
        supplier=reason.facts.get("supplier", ""),
        order=order,
    )
    body = say(
        "merchant.rest",
        seen=seen(say, reason, now),
        next=say(f"{known}.next"),
        rule=rule(say, reason),
    )
    return say(f"{known}.subject", purchase=purchase, the_order=say.the_order(order)), body


def missed_clocks(say: Speech, reason: Reason) -> tuple[str, str]:
    """(what it is about, body) of the clocks an outage made us miss."""
    facts = reason.facts
    steps = say.count("steps", whole(facts.get("missed", 0)))
    since, until = (parsed(facts.get(name, "")) for name in ("from", "until"))
    if since and until:
        away = {"from": say.moment(since), "until": say.moment(until)}
        body = say("merchant.missed_clocks.rest", steps=steps, **away)
    else:
        body = say("merchant.missed_clocks.undated", steps=steps)
    if "needs_you" in facts:
        waiting = say("merchant.missed_clocks.needs_you", count=whole(facts["needs_you"]))
        body = say.sentences(body, waiting)
    return say("merchant.missed_clocks.subject", steps=steps), body


def digest(say: Speech, reason: Reason) -> tuple[str, str]:
    """(what it is about, body) of the letter in the morning: what needs the merchant."""
    facts = reason.facts
    cases = say.count("cases", whole(facts.get("needs_you", 0)))
    soon = whole(facts.get("soon", 0))
    lines = [say("merchant.digest.cases", cases=cases)]
    lines += [
        say("merchant.digest.risk", amount=say.money(minor, name.removeprefix(AT_RISK)))
        for name, minor in sorted(facts.items())
        if name.startswith(AT_RISK)
    ]
    if soon:
        lines.append(say("merchant.digest.soon", deadlines=say.count("deadlines", soon)))
    return say("merchant.digest.subject", cases=cases), "\n".join(lines)
