"""Everything the app says to a person on a screen, in English, Italian and Chinese.

A sentence is built from the record the engine itself used: the reason a rule left with its facts,
an action as it was written down, an event as it happened. Nothing here decides or looks anything
up outside its arguments. A name nobody has words for is shown readable; nothing raises.

The words are in `words/`; letters are in `letters.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from plugin import deadlines
from plugin.actions import Reason
from plugin.order import Order
from plugin.timeline import Entry
from plugin.words import acts, causes, entries
from plugin.words.speech import LANGUAGES, speech, spoken

__all__ = [
    "LANGUAGES",
    "action",
    "asked",
    "autonomy",
    "button",
    "cause",
    "choice",
    "clock",
    "entry",
    "field",
    "held",
    "kind_of",
    "letter",
    "outcome",
    "route",
    "says",
    "situation",
    "spoken",
    "stands",
    "status",
    "step_state",
    "waiting",
    "waits",
]

WITH_BEIJING = frozenset(
    {
        "urge_supplier",
        "treat_as_no_stock",
        "supplier_silent",
        "chase_recovery",
        "recovery_shuts",
        "claim_by",
        "verification_earliest",
        "verification_overdue",
        "chase_verification",
        "remedy_within",
        "intercept_within",
    }
)
"""Clocks that wait for somebody in China; the others wait for somebody here."""
ALERTS = frozenset({"urge_supplier", "treat_as_no_stock"})
"""Clocks that only tell the merchant where a purchase goes abroad."""


# --- Why, and what --------------------------------------------------------------------------------


def cause(reason: Reason, *, language: str, zone: str, now: datetime | None = None) -> str:
    """Why: what the rule saw, the rule and its version.

    Lengths of time run until `now`, when it was seen; without it, until the clock's own moment.
    """
    return causes.cause(speech(language, zone), reason, now)


def action(kind: str, body: Mapping[str, Any], order: Order, *, language: str) -> str:
    """What is to be done: "Refund $24.90 to the customer: Paper lamp × 1"."""
    return acts.action(speech(language), kind, body, order)


def button(
    kind: str, body: Mapping[str, Any], order: Order, *, language: str, by_hand: bool = False
) -> str:
    """The verb on a button: "Refund $24.90". `by_hand`: a person says it has been done."""
    return acts.button(speech(language), kind, body, order, by_hand=by_hand)


def kind_of(kind: str, *, language: str) -> str:
    """A kind of action, without any of its details: "refund the customer"."""
    return speech(language).name("kind", kind)


def entry(entry: Entry, order: Order, *, language: str, zone: str) -> str:
    """One line for what happened."""
    return entries.entry(speech(language, zone), entry, order)


# --- On the order, in the store's own admin -------------------------------------------------------


def stands(number: str, situation: str, status: str, outcome: str, *, language: str) -> str:
    """Where a case stands: "#1001-1 Late shipment: needs you"."""
    say = speech(language)
    ended = say.name("outcome", outcome) if outcome else ""
    where = say("flag.ended", outcome=ended) if ended else say.name("status", status)
    named = say.name("situation", situation)
    return say("flag.stands", number=number, situation=named, where=where)


def asked(number: str, kind: str, *, language: str) -> str:
    """What a person is asked for, without any of its details."""
    say = speech(language)
    return say("flag.asked", number=number, what=say.name("kind", kind))


def waits(number: str, waiting: str, *, language: str) -> str:
    """What a case waits for."""
    return speech(language)("flag.waits", number=number, waiting=waiting)


def field(key: str, *, language: str) -> tuple[str, str]:
    """What a field of ours is called on the order's page, and what it is about."""
    say = speech(language)
    return say(f"flag.field.{key}"), say(f"flag.about.{key}")


# --- Names ----------------------------------------------------------------------------------------


def held(why: str, *, language: str) -> str:
    """Why less was done than the rule allows, or why it was not done."""
    return acts.why(speech(language), why)


def status(name: str, *, language: str) -> str:
    """Where a case stands, as the list shows it."""
    return speech(language).name("status", name)


def situation(name: str, *, language: str) -> str:
    """One of the nine."""
    return speech(language).name("situation", name)


def outcome(name: str, *, language: str) -> str:
    """How a case ended."""
    return speech(language).name("outcome", name)


def step_state(state: str, *, language: str) -> str:
    """How far a planned action has come."""
    return speech(language).name("step", state)


def autonomy(level: str, *, language: str) -> str:
    """How far a rule may go by itself."""
    return speech(language).name("autonomy", level)


def route(name: str, *, language: str) -> str:
    """Where a parcel is."""
    return speech(language).name("route", name)


def choice(name: str, *, language: str) -> str:
    """What a merchant may choose: of another supplier that was proposed, or of a remedy."""
    return speech(language).name("choice", name)


def letter(name: str, *, language: str) -> str:
    """A letter to the customer, by its title."""
    return speech(language).name("letter", name)


def clock(deadline_name: str, *, language: str) -> str:
    """A clock by its name, within a sentence."""
    return speech(language).name("clock", deadline_name)


# --- Clocks ---------------------------------------------------------------------------------------


def waiting(
    deadline_name: str,
    due: datetime,
    *,
    language: str,
    zone: str,
    only_alerts: bool = False,
    provisional: bool = False,
) -> str:
    """What is waited for, until when, and what happens then.

    `only_alerts`: a purchase going abroad, where the late clocks tell the merchant and no more.
    `provisional`: counted in a calendar that is not announced yet; the date is marked, and why.
    """
    say = speech(language, zone)
    key = f"waiting.{deadline_name}"
    if only_alerts and deadline_name in ALERTS:
        key = "waiting.told"
    when = say.soon(due, beijing=deadline_name in WITH_BEIJING)
    marked = say("estimated", when=when) if provisional else when
    said = say(key if say.knows(key) else "waiting.other", when=marked)
    return say.sentences(said, say("waiting.provisional") if provisional else "")


def says(deadline_name: str, language: str, count: int | None = None) -> str:
    """A clock's rule; `count` where the shop has changed its number."""
    say = speech(language)
    found = next((d for d in deadlines.ALL if d.name == deadline_name), None)
    if found is None or not say.knows(f"says.{deadline_name}"):
        return found.says if found else say.name("says", deadline_name)
    n = found.count if count is None else count
    return say(f"says.{deadline_name}", count=say.count(found.unit, n), n=n)
