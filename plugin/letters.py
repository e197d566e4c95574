"""Lines to the merchant and letters to the customer, as plain text.

A line to the merchant is built from the reason the rule left; a letter says what was done and
promises nothing the shop has not promised. Letters are templates: ours are in `letter_texts/`, a
shop may have its own. Titles, names and links come from outside: they are tidied to one line each,
so that no subject can grow a second header.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from clients.money import Money
from plugin.actions import Letter, Reason, Topic
from plugin.words import merchant_lines, templates
from plugin.words.speech import Speech, harmless, speech, spoken, tidy, upper_first
from plugin.words.templates import BadTemplate, Goods, Line

SUBJECT_MOST = 180
LONGEST_TITLE = 200
LONGEST_REASON = 1000
MOST_LINES = 100

EVERY = ("customer_name", "store_name", "order", "order_name", "lines", "link")
VARIABLES: Mapping[Letter, tuple[str, ...]] = {
    letter: (*EVERY, *more)
    for letter, more in {
        **dict.fromkeys(Letter, ()),
        Letter.REFUNDED: ("amount",),
        Letter.INVITED: ("alternative_title", "alternative_price", "alternative_url"),
        Letter.EVIDENCE_ASKED: ("hear_by",),
        Letter.EVIDENCE_REMINDED: ("hear_by",),
        Letter.EVIDENCE_LAST_CALL: ("hear_by",),
        Letter.CLAIM_SENT: ("hear_by", "provisional", "working_day"),
        Letter.CLAIM_REFUSED: ("reason",),
    }.items()
}
"""What may be filled in, by letter; empty where it is not known. `order` is "order #1001" in
words, `lines` the goods."""
SAMPLES: Mapping[str, object] = {
    "customer_name": "Anna",
    "store_name": "Lumi",
    "order": "order #1001",
    "order_name": "#1001",
    "lines": Goods((Line("Paper lamp", 2), Line("Tea cup", 1)), "- Paper lamp × 2\n- Tea cup × 1"),
    "link": "https://desk.example/report/sample",
    "amount": "$24.90",
    "alternative_title": "Rice lamp",
    "alternative_price": "$22.00",
    "alternative_url": "https://lumi.example/rice-lamp",
    "reason": "The pictures show the goods as ordered.",
    "hear_by": "14 March 2027",
    "provisional": True,
    "working_day": "6",
}
"""What a text is tried with when it is saved."""


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
        about, body = merchant_lines.missed_clocks(say, reason)
    elif topic == Topic.DIGEST:
        about, body = merchant_lines.digest(say, reason)
    else:
        about, body = merchant_lines.about_a_purchase(say, topic, reason, order_name, now)
    order, address = tidy(order_name), _address(link)
    subject = say("merchant.subject", order=order, about=about) if order else upper_first(about)
    end = f"\n\n{say('merchant.link', link=address)}" if address else ""
    return Text(subject=_header(subject), body=f"{body}{end}\n")


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
    link: str = "",
    reason: str = "",
    hear_by: datetime | None = None,
    provisional: bool = False,
    working_day: str = "",
    zone: str = "UTC",
    own: tuple[str, str] | None = None,
) -> Text:
    """A letter to the customer, whatever the shop wrote: where that fails, our text goes out.

    `lines` are (title, units); `amount` is what was really repaid; `hear_by` is a day the letter
    names, marked as an estimate where it is `provisional`; `own` is the shop's subject and body.
    """
    say = speech(language, zone)
    number = tidy(order_name)
    day = say.date(hear_by) if hear_by else ""
    values: dict[str, object] = {
        "customer_name": tidy(customer_name),
        "store_name": tidy(store_name),
        "order_name": number,
        "order": say(f"customer.order{'' if number else '.none'}", order=number),
        "lines": _goods(say, lines),
        "link": _address(link),
        "amount": _money(say, amount),
        "alternative_title": tidy(alternative_title),
        "alternative_price": _money(say, alternative_price),
        "alternative_url": _address(alternative_url),
        "reason": tidy(reason, LONGEST_REASON),
        "hear_by": say("estimated", when=day) if day and provisional else day,
        "provisional": provisional,
        "working_day": tidy(working_day),
    }
    known = {name: values[name] for name in VARIABLES[letter]}
    if own is not None:
        try:
            return _filled_in(own, known)
        except BadTemplate:
            # What is due goes out, if need be in our words; the editor says what is wrong.
            pass
    return _filled_in(default_text(letter, spoken(language)), known)


# --- The shop's own texts -------------------------------------------------------------------------


@cache
def default_text(letter: Letter, language: str) -> tuple[str, str]:
    """Our own subject and body, as templates; in English for a language we do not have."""
    file = files("plugin") / "letter_texts" / spoken(language) / f"{letter}.txt"
    subject, _, body = file.read_text("utf-8").partition("\n\n")
    return subject, body


def problems(letter: Letter, subject: str, body: str) -> list[str]:
    """Why a shop's own text cannot be used, as codes; nothing when it can.

    `unknown_variable:name`, `syntax:line 3`, `not_allowed`, `too_long`, `empty`, `subject_lines`.
    """
    found = ["subject_lines"] if len(subject.strip().splitlines()) > 1 else []
    if not subject.strip() or not body.strip():
        found.append("empty")
    for part in (subject, body):
        found += templates.faults(part, VARIABLES[letter])
    if not found:
        try:
            _filled_in((subject, body), {name: SAMPLES[name] for name in VARIABLES[letter]})
        except BadTemplate as error:
            found += error.faults
    return list(dict.fromkeys(found))


def _filled_in(text: tuple[str, str], values: Mapping[str, object]) -> Text:
    subject, body = (templates.render(part, values) for part in text)
    found = Text(subject=_header(subject), body=_paragraphs(body))
    if not found.subject or not found.body.strip():
        raise BadTemplate("empty")
    return found


# --- What is filled in ----------------------------------------------------------------------------


def _goods(say: Speech, lines: Sequence[tuple[str, int]]) -> Goods:
    tidied = [Line(tidy(title, LONGEST_TITLE), count) for title, count in lines]
    known = tuple(line for line in tidied if line.title)
    kept = known[:MOST_LINES]
    shown = [say("customer.line", title=line.title, count=line.count) for line in kept]
    more = [say("customer.more")] if len(known) > MOST_LINES else []
    return Goods(kept, "\n".join([*shown, *more]))


def _money(say: Speech, amount: Money | None) -> str:
    return say.money(amount.minor, amount.currency) if amount else ""


def _address(link: str) -> str:
    """A web address as it may stand in a letter; empty for anything else."""
    address = tidy(link, 2000)
    good = address.startswith(("https://", "http://")) and " " not in address
    return address if good else ""


def _header(subject: str) -> str:
    """One line, not too long for a header."""
    line = harmless(" ".join(part.strip() for part in subject.splitlines())).strip()
    return line if len(line) <= SUBJECT_MOST else f"{line[: SUBJECT_MOST - 1].rstrip()}…"


def _paragraphs(body: str) -> str:
    """Lines without anything harmful, and never two empty ones in a row."""
    lines = "\n".join(harmless(line).rstrip() for line in body.splitlines())
    shown = re.sub(r"\n{3,}", "\n\n", lines).strip()
    return f"{shown}\n"
