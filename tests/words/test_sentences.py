"""Sentences say what the record says, in every language, and never raise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin import deadlines, sentences
from plugin import timeline as t
from plugin.actions import Reason
from plugin.fold import fold
from plugin.order import Order
from plugin.terms import Situation
from plugin.words.causes import _OWN
from plugin.words.speech import LANGUAGES, WORDS, tidy
from tests.story import HUANYU, Story, order_seen, purchase
from tests.story import SHIP_BY as STORY_SHIP_BY
from tests.words.conftest import ACTIONS, NOW, OVERDUE, SHIP_BY

SAYS = sorted({key.split(".")[1] for key in WORDS["en"] if key.startswith("cause.")} | set(_OWN))


def cause(reason: Reason, language: str = "en", zone: str = "Europe/Rome", **now: datetime) -> str:
    return sentences.cause(reason, language=language, zone=zone, **now)


# --- Why ------------------------------------------------------------------------------------------


def test_a_late_purchase() -> None:
    assert cause(OVERDUE) == (
        "Purchase T2301 from Huanyu is 2 days past its ship-by date (18 Nov 2026) and has not "
        "shipped. Rule late_shipment.urge, version 1."
    )


@pytest.mark.parametrize(
    ("late_by", "shown"),
    [
        (timedelta(days=1), "1 day past"),
        (timedelta(days=2) - timedelta(seconds=1), "1 day past"),
        (timedelta(days=4), "4 days past"),
        (timedelta(hours=3), "T2301 from Huanyu is past"),
    ],
)
def test_days_overdue_are_whole_days(late_by: timedelta, shown: str) -> None:
    assert shown in cause(replace(OVERDUE, due=(SHIP_BY + late_by).isoformat()))


def test_days_overdue_run_until_now_when_it_is_given() -> None:
    assert "is 9 days past" in cause(OVERDUE, now=SHIP_BY + timedelta(days=9, hours=1))


def test_a_later_step_tells_how_late_it_was() -> None:
    nothing_missing = replace(OVERDUE, facts={**OVERDUE.facts, "units": 0})
    said = cause(nothing_missing, now=SHIP_BY + timedelta(days=9))
    assert "went 2 days past its ship-by date (18 Nov 2026) without shipping" in said


def test_a_date_nobody_promised_says_so() -> None:
    unpromised = replace(OVERDUE, facts={**OVERDUE.facts, "promised": 0})
    assert "No date was promised: this one is payment plus handling days." in cause(unpromised)
    assert "No date" not in cause(OVERDUE)


def test_a_date_that_is_another_in_beijing_shows_both() -> None:
    assert "(19 Nov 2026 (Beijing 18 Nov 2026))" in cause(OVERDUE, zone="Pacific/Auckland")


@pytest.mark.parametrize(
    ("route", "shown"), [("international", "goes abroad"), ("unknown", "is not known")]
)
def test_abroad_only_tells(route: str, shown: str) -> None:
    reason = replace(OVERDUE, says="overdue_abroad", facts={**OVERDUE.facts, "route": route})
    assert shown in cause(reason)


def test_a_silent_supplier() -> None:
    silent = replace(
        OVERDUE, situation=Situation.SUPPLIER_SILENT, says="silent", due="2026-11-18T10:00:00+00:00"
    )
    assert cause(silent) == (
        "No answer from Huanyu about purchase T2301 for 48 hours (asked 16 Nov 2026, 11:00). "
        "Rule supplier_silent.urge, version 1."
    )


def test_goods_nobody_recorded_a_purchase_for() -> None:
    bare = replace(OVERDUE, facts={"order": "#1001", "ship_by": OVERDUE.facts["ship_by"]})
    assert cause(bare).startswith("The purchase for order #1001 is 2 days past")


@pytest.mark.parametrize(
    ("says", "facts", "due", "shown"),
    [
        ("customs_held", {}, "", "The parcel of purchase T2301 from Huanyu is held at customs."),
        (
            "customs_held",
            {},
            OVERDUE.due,
            "The parcel of purchase T2301 from Huanyu was still held at customs on 20 Nov 2026.",
        ),
        ("oversized", {}, "", "Purchase T2301 from Huanyu was refused for its size or weight."),
        (
            "oversized",
            {"supplier": "", "reference": ""},
            "",
            "Goods of order #1001 are over the limits of the shipping line.",
        ),
        (
            "cannot_stop",
            {"route": "international"},
            "",
            "The parcel of purchase T2301 from Huanyu is abroad: it can be neither stopped nor "
            "refunded.",
        ),
        (
            "cannot_stop",
            {"route": "unknown"},
            "",
            "Nobody has said where the parcel of purchase T2301 from Huanyu is, so it is taken to "
            "be abroad: it can be neither stopped nor refunded.",
        ),
        (
            "no_evidence",
            {},
            OVERDUE.due,
            "No picture or video had come for order #1001 by 20 Nov 2026.",
        ),
        (
            "own_purse",
            {},
            "",
            "This refund is from your own purse: for purchase T2301 from Huanyu nobody gives it "
            "back to you.",
        ),
    ],
)
def test_a_cause_says_what_its_facts_allow(
    says: str, facts: dict[str, str | int], due: str, shown: str
) -> None:
    reason = replace(OVERDUE, says=says, facts={**OVERDUE.facts, **facts}, due=due)
    assert cause(reason) == f"{shown} Rule late_shipment.urge, version 1."


def test_a_version_not_filled_in_yet_is_left_out() -> None:
    assert cause(replace(OVERDUE, version=0)).endswith("Rule late_shipment.urge.")


@pytest.mark.parametrize("says", SAYS)
@pytest.mark.parametrize("facts", [OVERDUE.facts, {}], ids=["all facts", "no facts"])
@pytest.mark.parametrize("due", [OVERDUE.due, ""], ids=["due", "no clock"])
def test_every_cause_in_every_language(says: str, facts: dict[str, str | int], due: str) -> None:
    reason = replace(OVERDUE, says=says, facts=facts, due=due)
    said = [cause(reason, language) for language in LANGUAGES]
    assert len(set(said)) == 3
    for sentence in said:
        assert "late_shipment.urge" in sentence
        assert "{" not in sentence
        assert "()" not in sentence
        assert "  " not in sentence
        assert sentence[0] == sentence[0].upper()


def test_causes_are_what_the_engine_recorded() -> None:
    story = Story().tell(order_seen(), purchase())
    urged = story.at(STORY_SHIP_BY + timedelta(days=2))
    assert cause(urged[0].because) == (
        "Purchase T1 from Huanyu is 2 days past its ship-by date (7 Nov 2026) and has not "
        "shipped. Rule late_shipment.urge, version 1."
    )
    story.done(f"urge:{HUANYU}", STORY_SHIP_BY + timedelta(days=2))
    later = story.at(STORY_SHIP_BY + timedelta(days=4))
    assert all("4 days past" in cause(action.because) for action in later)


# --- What -----------------------------------------------------------------------------------------

HOLDS = {
    "address": (
        "Keep the order from being shipped until its address is settled",
        "Hold the order",
    ),
    "parcel": (
        "Keep the order from being shipped until it is settled how it can be sent",
        "Hold the order",
    ),
}


@pytest.mark.parametrize(
    ("name", "line", "button"),
    [
        ("refund", "Refund $24.90 to the customer: Paper lamp × 1", "Refund $24.90"),
        ("urge", "Urge Huanyu to ship purchase T2301", "Urge Huanyu"),
        ("ask", "Ask Huanyu for CN¥88.00 back", "Ask for CN¥88.00 back"),
        (
            "ask_part",
            "Ask Huanyu for the money of the missing goods of purchase T2301",
            "Ask for the money back",
        ),
        (
            "chase",
            "Remind Huanyu of the money owed for purchase T2301 (reminder 2)",
            "Send reminder 2",
        ),
        ("offer", "Offer another supplier for Paper lamp", "Offer another supplier"),
        (
            "instead",
            "Buy Paper lamp × 1 from another supplier instead of refunding",
            "Offer another supplier",
        ),
        ("name_one", "Name another supplier for Paper lamp: your list has none", "Name a supplier"),
        ("refunded", "Write to the customer that the money was refunded", "Send the letter"),
        ("invited", "Invite the customer to take another item instead", "Send the letter"),
        ("late", "Tell you that purchase T2301 from Huanyu is late", "Send the note"),
        (
            "route",
            "Tell you that purchase T2301 from Huanyu takes the no-stock route",
            "Send the note",
        ),
        (
            "split",
            "Send Paper lamp in 2 parcels that fit, or take another supplier",
            "Offer another supplier",
        ),
        ("hold", *HOLDS["address"]),
        ("hold_parcel", *HOLDS["parcel"]),
        ("release", "Lift our hold on the order", "Lift the hold"),
        ("address", "Write the corrected address into the order", "Correct the address"),
        ("cancel", "Cancel the order in the store", "Cancel the order"),
        (
            "intercept",
            "Have the parcel of purchase T2301 from Huanyu stopped",
            "Have the parcel stopped",
        ),
        (
            "verify",
            "Hand in the claim for purchase T2301 from Huanyu to be verified",
            "Hand in the claim",
        ),
        (
            "chase_verify",
            "Ask for the result of the claim for purchase T2301 (reminder 2)",
            "Send reminder 2",
        ),
        ("choose_refused", "Decide what the customer gets: the claim was refused", "Decide"),
        ("reissue", "Send Paper lamp × 1 again at no charge", "Send it again: Paper lamp × 1"),
        (
            "tell_customs_held",
            "Tell you that the parcel of purchase T2301 from Huanyu is held at customs",
            "Send the note",
        ),
    ],
)
def test_every_action(name: str, line: str, button: str, order: Order) -> None:
    action = ACTIONS[name]
    body = t.plain(action)
    assert sentences.action(action.kind, body, order, language="en") == line
    assert sentences.button(action.kind, body, order, language="en") == button
    for say in (sentences.action, sentences.button):
        assert len({say(action.kind, body, order, language=lang) for lang in LANGUAGES}) == 3
    by_hand = sentences.button(action.kind, body, order, language="en", by_hand=True)
    assert by_hand.startswith("I have")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_every_action_in_every_language(name: str, language: str, order: Order) -> None:
    action = ACTIONS[name]
    body = t.plain(action)
    said = [
        sentences.action(action.kind, body, order, language=language),
        sentences.button(action.kind, body, order, language=language),
        sentences.button(action.kind, body, order, language=language, by_hand=True),
        sentences.kind_of(action.kind, language=language),
    ]
    assert len(set(said[:3])) == 3
    assert not any("{" in line or "_" in line for line in said)


def test_a_line_about_a_case_names_its_purchase(order: Order) -> None:
    about = {"topic": "customs_cleared", "about": "case-1"}
    for kind, body, shown in (
        ("tell_merchant", about, "the parcel of purchase T2301 from Huanyu has cleared customs"),
        ("ask_verification", {"case_id": "case-1"}, "the claim for purchase T2301 from Huanyu"),
    ):
        assert shown in sentences.action(kind, body, order, language="en")


def test_amounts_follow_the_language(order: Order) -> None:
    body = t.plain(ACTIONS["refund"])
    said = [sentences.button("refund_customer", body, order, language=x) for x in ("it", "zh")]
    assert said == ["Rimborsa 24,90\xa0USD", "退款 US$24.90"]


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (1, "USD", "$0.01"),
        (1234567, "USD", "$12,345.67"),
        (1200, "JPY", "¥1,200"),
        (1234, "KWD", "KWD1.234"),
        (999999999999999, "EUR", "€9,999,999,999,999.99"),
        (100, "???", "100 minor units of ???"),
    ],
)
def test_amounts_are_exact(minor: int, currency: str, shown: str, order: Order) -> None:
    body = {"goods_minor": minor, "shipping_minor": 0, "currency": currency}
    assert shown in sentences.button("refund_customer", body, order, language="en")


def test_an_unknown_action_is_readable(order: Order) -> None:
    assert sentences.action("weigh_parcel", {}, order, language="zh") == "Weigh parcel"
    assert sentences.button("weigh_parcel", {}, order, language="it") == "Weigh parcel"


@pytest.mark.parametrize("kind", sorted({a.kind for a in ACTIONS.values()}))
def test_an_action_of_an_order_nobody_knows(kind: str) -> None:
    for language in LANGUAGES:
        assert sentences.action(kind, {}, Order(), language=language)
        assert sentences.button(kind, {}, Order(), language=language)


# --- Names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "spoken"),
    [("it", "it"), ("it-IT", "it"), ("zh_Hans_CN", "zh"), ("EN", "en"), ("fr", "en"), ("", "en")],
)
def test_spoken(given: str, spoken: str) -> None:
    assert sentences.spoken(given) == spoken


def test_names_nobody_knows_are_readable() -> None:
    assert sentences.status("on_fire", language="it") == "On fire"
    assert sentences.situation("", language="zh") == ""
    assert sentences.held("moon_phase", language="en") == "Moon phase."
    assert sentences.says("nap_time", "en") == "Nap time"


def test_held_keeps_what_others_said() -> None:
    assert sentences.held("no_cap", language="en") == (
        "No limit is set for refunds without a person."
    )
    assert sentences.held("store_refused: no gateway", language="en") == (
        "The store refused it. “no gateway”"
    )
    assert sentences.held("contradicts: claim_refused", language="en") == (
        "The customer was told otherwise before about the same goods: read both letters first. "
        "The earlier letter: “Claim refused”."
    )
    assert sentences.held("suppressed: bounced", language="en") == (
        "No more mail goes to the customer’s address. A letter came back undelivered."
    )
    assert sentences.held("suppressed: elsewhere", language="en").endswith("“elsewhere”")
    assert sentences.held("Ask me first", language="it") == "«Ask me first»"


# --- Clocks ---------------------------------------------------------------------------------------

DUE = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)


def test_waiting_shows_beijing_where_it_differs() -> None:
    said = sentences.waiting("urge_supplier", DUE, language="en", zone="UTC")
    assert said == (
        "Waiting: on 22 Nov, 23:59 (Beijing 23 Nov, 07:59) the supplier is urged if it has not "
        "shipped."
    )
    here = sentences.waiting("urge_supplier", DUE, language="en", zone="Asia/Hong_Kong")
    assert "Beijing" not in here


def test_waiting_abroad_only_tells() -> None:
    said = sentences.waiting("urge_supplier", DUE, language="en", zone="UTC", only_alerts=True)
    assert "you are told" in said


def test_a_date_that_is_an_estimate_says_so() -> None:
    said = sentences.waiting(
        "verification_overdue", DUE, language="en", zone="Asia/Shanghai", provisional=True
    )
    assert said == (
        "Waiting: on 23 Nov, 07:59 (estimated) the result of the claim is asked for if it has not "
        "come. The date is an estimate: China’s holidays for that time are not announced yet."
    )


@pytest.mark.parametrize("name", [d.name for d in deadlines.ALL])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_estimate_is_marked_in_every_language(name: str, language: str) -> None:
    plain, marked = (
        sentences.waiting(name, DUE, language=language, zone="UTC", provisional=provisional)
        for provisional in (False, True)
    )
    assert len(marked) > len(plain)
    assert sentences.clock(name, language=language)


@pytest.mark.parametrize("zone", ["Mars/Base", "", "../etc/passwd", "Europe"])
def test_a_zone_nobody_knows_is_utc(zone: str) -> None:
    said = sentences.waiting("resource_within", DUE, language="en", zone=zone)
    assert "on 22 Nov, 23:59 the refund" in said


@pytest.mark.parametrize("name", [*(d.name for d in deadlines.ALL), "tea_time"])
def test_every_clock_in_every_language(name: str) -> None:
    said = {sentences.waiting(name, DUE, language=x, zone="Europe/Rome") for x in LANGUAGES}
    assert len(said) == 3
    assert not any("{" in sentence for sentence in said)


@pytest.mark.parametrize("deadline", deadlines.ALL, ids=lambda d: d.name)
def test_a_clock_says_its_own_rule(deadline: deadlines.Deadline) -> None:
    assert sentences.says(deadline.name, "en") == deadline.says
    assert len({sentences.says(deadline.name, language) for language in LANGUAGES}) == 3
    assert "1 " in sentences.says(deadline.name, "en", 1)


# --- What others wrote ----------------------------------------------------------------------------

ANYTHING = st.text() | st.sampled_from(["{title}", "{0}", "{", "<b>", "a\r\nBcc: b", "\u202eabc"])


@given(title=ANYTHING, reference=ANYTHING, supplier=ANYTHING, message=ANYTHING)
def test_anything_may_stand_in_a_name(
    title: str, reference: str, supplier: str, message: str
) -> None:
    seen, recorded = order_seen(), purchase(reference=reference, supplier=supplier)
    seen = replace(seen, lines=(replace(seen.lines[0], title=title),), name=reference)
    events = (
        seen,
        recorded,
        t.SupplierAnswered(recorded.purchase_id, message),
        t.OutOfStockReported(recorded.purchase_id, (seen.lines[0].id,), message),
        t.Declined("refund:11:1", message),
        t.ActionRefused("refund:11:1", message),
        t.TrackingSeen(1, message, NOW, message),
        t.NoteWritten(message),
        t.CustomsSeen(recorded.purchase_id, "held", NOW, message=message),
        t.InterceptionSeen(recorded.purchase_id, message, message),
        t.VerificationSeen(title, "refused", message),
        t.EvidenceAdded(title, message, message, message, True, (message,)),
        t.OrderChecked((message,), message),
    )
    entries = [t.Entry(i, NOW, "app", event) for i, event in enumerate(events, start=1)]
    order = fold(entries)
    reason = replace(OVERDUE, facts={**OVERDUE.facts, "supplier": supplier, "order": title})
    for language in LANGUAGES:
        lines = [cause(reason, language), sentences.held(message, language=language)]
        for entry in entries:
            lines.append(sentences.entry(entry, order, language=language, zone="UTC"))
        body = {"line_id": seen.lines[0].id, "units": [1], "minor": 100, "currency": supplier}
        lines.append(sentences.action("refund_customer", body, order, language=language))
        for line in lines:
            assert len(line.splitlines()) <= 1
            line.encode()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\r\nb\x00c\u2028d", "a b c d"),
        ("\u202eabc\u2066", "abc"),
        ("a\ud800b", "ab"),
        ("x" * 400, "x" * 299 + "…"),
        ("家庭👨‍👩‍👧装", "家庭👨‍👩‍👧装"),
    ],
)
def test_what_others_wrote_is_tidied(text: str, kept: str) -> None:
    assert tidy(text) == kept
