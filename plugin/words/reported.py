"""What was reported of goods and parcels, and what our own look at an order found: a line each.

Situations 2 and 5 to 9: oversized parcels, customs, claims and their proof, stopped parcels,
addresses.
"""

from __future__ import annotations

from plugin import timeline as t
from plugin.words.acts import planned
from plugin.words.speech import Speech, lower_first, readable, tidy, upper_first
from plugin.words.told import Scene, line, titles, with_form

# --- Parcels --------------------------------------------------------------------------------------


@line.register
def _oversized(event: t.OversizedReported, scene: Scene) -> str:
    items = titles(scene, event.line_ids)
    said = scene.say(
        with_form("event.oversized_reported", "" if items else "all"),
        items=items,
        purchase=scene.say.purchase_of(scene.order, event.purchase_id),
    )
    return scene.say.sentences(
        said, _splits(scene.say, event.parcels), scene.say.quoted(event.message)
    )


@line.register
def _customs_seen(event: t.CustomsSeen, scene: Scene) -> str:
    said = _known_form(
        scene.say,
        "event.customs_seen",
        event.state,
        purchase=scene.say.purchase_of(scene.order, event.purchase_id),
        when=scene.say.moment(event.since),
    )
    return scene.say.sentences(
        said,
        scene.say("event.customs_tracked") if event.tracked else "",
        scene.say.quoted(event.message),
    )


@line.register
def _interception_seen(event: t.InterceptionSeen, scene: Scene) -> str:
    purchase = scene.say.purchase_of(scene.order, event.purchase_id)
    said = _known_form(scene.say, "event.interception_seen", event.result, purchase=purchase)
    return scene.say.sentences(said, scene.say.quoted(event.message))


# --- Claims ---------------------------------------------------------------------------------------


@line.register
def _problem_reported(event: t.ProblemReported, scene: Scene) -> str:
    say, order = scene.say, scene.order
    name = order.seen.name if order.seen else ""
    bought = event.purchase_id
    goods = say.purchase_of(order, bought) if bought else say.the_order(name)
    said = say(
        with_form("event.problem_reported", "" if event.lines else "all"),
        situation=lower_first(say.name("situation", event.situation)),
        items=say("comma").join(say.item(order, line_id, n) for line_id, n in event.lines),
        goods=goods,
    )
    wish = f"wish.{event.wish}"
    return say.sentences(said, say(wish) if say.knows(wish) else "")


@line.register
def _evidence_added(event: t.EvidenceAdded, scene: Scene) -> str:
    say = scene.say
    advice = say("comma").join(lower_first(say.name("advice", code)) for code in event.advice)
    shot = lower_first(say.name("media", event.shot)) if event.shot else ""
    return say.sentences(
        _known_form(say, "event.evidence_added", event.media, number=case_number(scene, event)),
        say("event.evidence_shot", shot=shot) if shot else "",
        "" if event.checked else say("event.evidence_unchecked"),
        say("event.evidence_advice", advice=advice) if advice else "",
    )


@line.register
def _verification_seen(event: t.VerificationSeen, scene: Scene) -> str:
    said = _known_form(
        scene.say, "event.verification_seen", event.result, number=case_number(scene, event)
    )
    return scene.say.sentences(said, scene.say.quoted(event.message))


@line.register
def _letter_bounced(event: t.LetterBounced, scene: Scene) -> str:
    what = planned(scene.say, event.key, scene.order)
    return _known_form(scene.say, "event.letter_bounced", event.what, what=what)


# --- Addresses, our own look, the calendar --------------------------------------------------------


@line.register
def _address_settled(event: t.AddressSettled, scene: Scene) -> str:
    return _known_form(scene.say, "event.address_settled", event.how)


@line.register
def _order_checked(event: t.OrderChecked, scene: Scene) -> str:
    say = scene.say
    codes = dict.fromkeys(doubt.rpartition(":")[2] for doubt in event.doubts)
    found = [lower_first(say.name("doubt", code)) for code in codes]
    if event.parcel != "fits":
        found.append(_parcel(say, event))
    if not found:
        return say("event.order_checked")
    return say.sentences(
        say("event.order_checked.found", found=say("comma").join(found)),
        _splits(say, event.parcels),
    )


@line.register
def _deadline_moved(event: t.DeadlineMoved, scene: Scene) -> str:
    return scene.say(
        "event.deadline_moved",
        number=case_number(scene, event),
        before=scene.say.day(event.before),
        after=scene.say.day(event.after),
        what=scene.say.name("clock", event.deadline),
    )


def case_number(scene: Scene, event: t.EvidenceAdded | t.VerificationSeen | t.DeadlineMoved) -> str:
    """The number of the case an event is about, as people know it."""
    record = scene.order.cases.get(event.case_id)
    return tidy(record.opened.number if record else event.case_id)


def _known_form(say: Speech, key: str, form: str, **values: str) -> str:
    """One of a sentence's forms; a form nobody knows is shown readable."""
    known = f"{key}.{form}"
    return upper_first(say(known, **values)) if say.knows(known) else f"{readable(form)}."


def _splits(say: Speech, parcels: int) -> str:
    return say("event.splits", parcels=parcels) if parcels > 1 else ""


def _parcel(say: Speech, event: t.OrderChecked) -> str:
    over = [
        say.measure(amount, per, unit)
        for amount, per, unit in ((event.over_grams, 1000, "kg"), (event.over_mm, 10, "cm"))
        if amount
    ]
    if event.parcel == "over" and over:
        return say("parcel.over.by", amount=say("comma").join(over))
    return lower_first(say.name("parcel", event.parcel))
