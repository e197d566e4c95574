"""Lines to the merchant and letters to the customer, as plain text.

A line to the merchant is built from the reason the rule left; a letter says what was done and
promises nothing the shop has not promised. Titles, names and links come from outside: they are
tidied to one line each, so that no subject can grow a second header.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clients.money import Money
from plugin.actions import Letter, Reason, Topic
from plugin.words.causes import rule, seen
from plugin.words.speech import Speech, parsed, speech, tidy, upper_first, whole

SUBJECT_MOST = 180


@dataclass(frozen=True)
class Text:
    """A letter: its subject is one line."""

    subject: str
    body: str


def to_merchant(
    topic: Topic,
    reason: Reason,
    *,
    order_name: str,
    language: str,
    zone: str,
    link: str = "",
    now: datetime | None = None,
) -> Text:
    """One line to the merchant. `now` is when it was seen; without it, the clock's own moment."""
    say = speech(language, zone)
    if topic == Topic.MISSED_CLOCKS:
        about, body = _missed_clocks(say, reason)
    else:
        about, body = _about_a_purchase(say, topic, reason, order_name, now)
    order = tidy(order_name)
    subject = say("merchant.subject", order=order, about=about) if order else upper_first(about)
    address = _address(link)
    return _text(subject, body, say("merchant.link", link=address) if address else "")


def to_customer(
    letter: Letter,
    *,
    language: str,
    store_name: str,
    customer_name: str,
    order_name: str,
    lines: Sequence[tuple[str, int]],
    amount: Money | None,
    alternative_title: str = "",
    alternative_price: Money | None = None,
    alternative_url: str = "",
) -> Text:
    """A letter to the customer. `lines` are (title, units); `amount` is what was really repaid."""
    say = speech(language)
    name, store, number = tidy(customer_name), tidy(store_name), tidy(order_name)
    order = say(f"customer.order{'' if number else '.none'}", order=number)
    if letter == Letter.REFUNDED:
        subject, rest = _refunded(say, order, amount)
    else:
        subject, rest = _invited(say, order, alternative_title, alternative_price, alternative_url)
    goods = "\n".join(
        say("customer.line", title=title, count=count)
        for title, count in ((tidy(title), count) for title, count in lines)
        if title
    )
    kind = "refunded" if letter == Letter.REFUNDED else "invited"
    about = say(f"customer.{kind}.about{'' if goods else '.order'}", order=order)
    return _text(
        subject,
        say(f"customer.hello{'' if name else '.nobody'}", name=name),
        f"{about}\n{goods}".strip(),
        *rest,
        say(f"customer.goodbye{'' if store else '.nobody'}", store=store),
    )


# --- To the merchant ------------------------------------------------------------------------------


def _about_a_purchase(
    say: Speech, topic: Topic, reason: Reason, order_name: str, now: datetime | None
) -> tuple[str, str]:
    known = f"merchant.{topic}" if say.knows(f"merchant.{topic}.subject") else "merchant.other"
    purchase = say.purchase(
        reference=reason.facts.get("reference", ""),
        supplier=reason.facts.get("supplier", ""),
        order=reason.facts.get("order", "") or order_name,
    )
    body = say(
        "merchant.rest",
        seen=seen(say, reason, now),
        next=say(f"{known}.next"),
        rule=rule(say, reason),
    )
    return say(f"{known}.subject", purchase=purchase), body


def _missed_clocks(say: Speech, reason: Reason) -> tuple[str, str]:
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


# --- To the customer ------------------------------------------------------------------------------


def _refunded(say: Speech, order: str, amount: Money | None) -> tuple[str, list[str]]:
    paid = say.money(amount.minor, amount.currency) if amount else ""
    return (
        say(f"customer.refunded.subject{'.amount' if paid else ''}", order=order, amount=paid),
        [
            say(f"customer.refunded.money{'' if paid else '.unknown'}", amount=paid),
            say("customer.refunded.end"),
        ],
    )


def _invited(
    say: Speech, order: str, title: str, price: Money | None, url: str
) -> tuple[str, list[str]]:
    cost = say.money(price.minor, price.currency) if price else ""
    offer = [
        tidy(title),
        say("customer.invited.price", price=cost) if cost else "",
        _address(url),
    ]
    named = [part for part in offer if part]
    opening = say(f"customer.invited.offer{'' if named else '.unnamed'}")
    return (
        say("customer.invited.subject", order=order),
        ["\n".join([opening, *named]), say("customer.invited.end")],
    )


# --- Both -----------------------------------------------------------------------------------------


def _text(subject: str, *paragraphs: str) -> Text:
    line = " ".join(part.strip() for part in subject.splitlines())
    if len(line) > SUBJECT_MOST:
        line = f"{line[: SUBJECT_MOST - 1].rstrip()}…"
    return Text(subject=line, body="\n\n".join(part for part in paragraphs if part) + "\n")


def _address(link: str) -> str:
    """A web address as it may stand in a letter; empty for anything else."""
    address = tidy(link, 2000)
    good = address.startswith(("https://", "http://")) and " " not in address
    return address if good else ""
