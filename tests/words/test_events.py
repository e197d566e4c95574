"""What happened to an order, one line for each event, in every language."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugin import sentences
from plugin import timeline as t
from plugin.order import Order
from plugin.terms import Clause, Situation
from plugin.words.speech import LANGUAGES
from tests.words.conftest import ENTRIES, NOW, OVERDUE, REFUND, SHIP_BY


def entry_of(event: t.Event, order: Order, language: str = "en") -> str:
    entry = t.Entry(1, NOW, "app", event)
    return sentences.entry(entry, order, language=language, zone="Europe/Rome")


def test_the_order_below_has_one_of_everything() -> None:
    assert {type(entry.what) for entry in ENTRIES} == set(t.EVENTS.values())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: f"{e.seq}-{e.what.kind}")
def test_every_event_in_every_language(entry: t.Entry, order: Order) -> None:
    said = [
        sentences.entry(entry, order, language=language, zone="Europe/Rome")
        for language in LANGUAGES
    ]
    assert len(set(said)) == 3
    for line in said:
        assert line == line.strip()
        assert "{" not in line
        assert "\n" not in line
        assert line[0] == line[0].upper()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: f"{e.seq}-{e.what.kind}")
def test_every_event_of_an_order_nobody_knows(entry: t.Entry) -> None:
    for language in LANGUAGES:
        assert sentences.entry(entry, Order(), language=language, zone="nowhere")


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            t.ActionDone(REFUND, "1", 2490, "USD"),
            "Done: refund $24.90 to the customer: Paper lamp × 1.",
        ),
        (
            t.ActionDone(REFUND, "1", 2489, "USD"),
            "Done: refund $24.90 to the customer: Paper lamp × 1. The amount was $24.89.",
        ),
        (
            t.RefundSeen(1, NOW, (), 500, "USD"),
            "The store shows a refund of $5.00 made outside the app.",
        ),
        (
            t.BothAllowed(11, (1,), 1120, "USD", "A loyal customer"),
            "Money and goods both allowed: Paper lamp × 1. It costs $11.20. “A loyal customer”",
        ),
        (
            t.RecoverySeen("P1", "received", 8800, "CNY"),
            "Received back for purchase T2301 from Huanyu: CN¥88.00.",
        ),
        (
            t.SupplierAnswered("P1", "Tomorrow", SHIP_BY),
            "There is an answer from Huanyu about purchase T2301. “Tomorrow” It names 18 Nov 2026 "
            "as the new date; the clocks do not move.",
        ),
        (
            t.CaseClosed(
                "case-1", "refunded", replace(OVERDUE, says="settled", clause=Clause.TELL)
            ),
            "Case #1001-1 closed: refunded. For purchase T2301 from Huanyu nothing is left to do: "
            "every step has come to its end. Rule late_shipment.tell, version 1.",
        ),
        (
            t.OversizedReported("P1", (11,), "", 2),
            "Reported too large or too heavy: Paper lamp (purchase T2301 from Huanyu). It would "
            "fit into 2 parcels.",
        ),
        (
            t.CustomsSeen("P1", "held", NOW, True),
            "The parcel of purchase T2301 from Huanyu has been held at customs since 20 Nov 2026, "
            "16:59. It is read off the tracking.",
        ),
        (t.CustomsSeen("P1", "lost_at_sea", NOW), "Lost at sea."),
        (
            t.VerificationSeen("case-1", "refused", "无瑕疵"),
            "The claim of case #1001-1 was refused. “无瑕疵”",
        ),
        (
            t.ProblemReported("r", Situation.DAMAGED, "P1", ((11, 1),), "refund"),
            "Reported: damaged; Paper lamp × 1 (purchase T2301 from Huanyu). The customer would "
            "like the money back.",
        ),
        (
            t.ProblemReported("r", Situation.CANCELLATION, ""),
            "Reported: customer cancels; all of order #1001.",
        ),
        (
            t.EvidenceAdded("case-1", "ab", "picture", "label", False, ("too_dark",)),
            "A picture was added to case #1001-1. It shows: the label. Only its size and kind "
            "could be checked. To note: it looks too dark.",
        ),
        (
            t.OrderChecked(("zip:zip_format", "line1:moon_base"), "over", "small", 1400, 125, 2),
            "Our check on arrival: the postal code does not fit the country, moon base, the "
            "parcel is over the limits by 1.4 kg, 12.5 cm. It would fit into 2 parcels.",
        ),
        (t.OrderChecked(parcel="fits"), "Our check on arrival found nothing to doubt."),
        (t.OrderChecked(), "Our check on arrival: whether the parcel fits is not known."),
        (
            t.LetterBounced("letter:refunded:case-1", "bounced"),
            "Came back undelivered: write to the customer that the money was refunded. Nothing "
            "more is sent to this address.",
        ),
        (
            t.DeadlineMoved("case-1", "verification_overdue", SHIP_BY, NOW, "2027-1"),
            "A date of case #1001-1 moved from 18 Nov 2026 to 20 Nov 2026, because China’s "
            "calendar was announced or corrected: result of the claim overdue.",
        ),
        (t.Declined("urge:P9", ""), "Declined: urge the supplier."),
        (t.Declined("sing:P9", ""), "Declined: sing:P9."),
    ],
)
def test_lines(event: t.Event, line: str, order: Order) -> None:
    assert entry_of(event, order) == line


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (200, "3 minutes late"),
        (3600, "1 hour late"),
        (7300, "2 hours late"),
        (300000, "3 days late"),
    ],
)
def test_late_actions_say_why(seconds: int, shown: str, order: Order) -> None:
    planned = next(e.what for e in ENTRIES if isinstance(e.what, t.Planned))
    line = entry_of(replace(planned, late_seconds=seconds), order)
    assert f"{shown}: the app was not running." in line


def test_a_held_action_says_why(order: Order) -> None:
    planned = next(e.what for e in ENTRIES if isinstance(e.what, t.Planned))
    line = entry_of(replace(planned, held="in_dispute"), order)
    assert line.startswith("Waiting for your word: refund $24.90")
    assert "Rule late_shipment.urge, version 1. A card dispute is open on the order." in line
