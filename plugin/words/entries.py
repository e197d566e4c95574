"""What happened to an order, one line for each kind of event, from the event itself.

What others told us is in `told.py` and `reported.py`; here is what was decided, and what became
of it.
"""

from __future__ import annotations

from plugin import timeline as t
from plugin.order import Order
from plugin.words import reported  # noqa: F401  (its lines are registered by being read)
from plugin.words.acts import action, planned, why
from plugin.words.causes import cause
from plugin.words.speech import Speech, lower_first, tidy, upper_first
from plugin.words.told import Scene, amount_of, line, with_form


def entry(say: Speech, found: t.Entry, order: Order) -> str:
    """One line for what happened; `order` is the order it happened to, at any later moment."""
    return upper_first(line(found.what, Scene(say, order, found.at)))


# --- We decided ----------------------------------------------------------------------------------


@line.register
def _case_opened(event: t.CaseOpened, scene: Scene) -> str:
    said = scene.say(
        with_form("event.case_opened", "again" if event.reopens else ""),
        number=tidy(event.number),
        situation=lower_first(scene.say.name("situation", event.situation)),
    )
    return scene.say.sentences(said, cause(scene.say, event.because, scene.at))


@line.register
def _case_closed(event: t.CaseClosed, scene: Scene) -> str:
    record = scene.order.cases.get(event.case_id)
    said = scene.say(
        "event.case_closed",
        number=tidy(record.opened.number if record else event.case_id),
        outcome=lower_first(scene.say.name("outcome", event.outcome)),
    )
    return scene.say.sentences(said, cause(scene.say, event.because, scene.at))


@line.register
def _planned(event: t.Planned, scene: Scene) -> str:
    key = f"event.planned.{event.level}"
    what = lower_first(action(scene.say, event.action, event.body, scene.order))
    return scene.say.sentences(
        scene.say(key if scene.say.knows(key) else "event.planned.auto", what=what),
        cause(scene.say, event.because, scene.at),
        why(scene.say, event.held) if event.held else "",
        scene.say("event.late", span=scene.say.span(event.late_seconds))
        if event.late_seconds
        else "",
    )


@line.register
def _withheld(event: t.Withheld, scene: Scene) -> str:
    what = lower_first(scene.say.name("kind", event.action))
    return scene.say.sentences(
        scene.say("event.withheld", what=what), cause(scene.say, event.because, scene.at)
    )


# --- What became of an action, by its key --------------------------------------------------------


@line.register
def _of_a_key(
    event: t.Withdrawn | t.Declined | t.ActionRefused | t.OutcomeLost | t.HandedOver | t.Held,
    scene: Scene,
) -> str:
    what = planned(scene.say, event.key, scene.order)
    return scene.say.sentences(
        scene.say(f"event.{event.kind}", what=what), why(scene.say, event.why) if event.why else ""
    )


@line.register
def _approved(event: t.Approved, scene: Scene) -> str:
    return scene.say(
        with_form("event.approved", "choice" if event.choice else ""),
        what=planned(scene.say, event.key, scene.order),
        choice=lower_first(scene.say.name("choice", event.choice)),
    )


@line.register
def _both_allowed(event: t.BothAllowed, scene: Scene) -> str:
    said = scene.say(
        "event.both_allowed",
        item=scene.say.item(scene.order, event.line_id, len(event.units)),
        amount=scene.say.money(event.cost_minor, event.currency) or scene.say("amount.unknown"),
    )
    return scene.say.sentences(said, scene.say.quoted(event.why))


@line.register
def _note_written(event: t.NoteWritten, scene: Scene) -> str:
    return scene.say("event.note_written", text=tidy(event.text, 5000))


@line.register
def _case_assigned(event: t.CaseAssigned, scene: Scene) -> str:
    key = with_form("event.case_assigned", "" if event.person else "nobody")
    number = _number(event.case_id, scene)
    return scene.say(key, number=number, person=tidy(event.person))


@line.register
def _case_snoozed(event: t.CaseSnoozed, scene: Scene) -> str:
    number = _number(event.case_id, scene)
    if event.until is None:
        return scene.say("event.case_snoozed.over", number=number)
    return scene.say("event.case_snoozed", number=number, time=scene.say.moment(event.until))


def _number(case_id: str, scene: Scene) -> str:
    record = scene.order.cases.get(case_id)
    return tidy(record.opened.number) if record else ""


@line.register
def _action_done(event: t.ActionDone, scene: Scene) -> str:
    known = scene.order.planned.get(event.key)
    meant = getattr(known.action, "minor", 0) if known else 0
    return scene.say.sentences(
        scene.say(
            with_form("event.action_done", "by_hand" if event.by_hand else ""),
            what=planned(scene.say, event.key, scene.order),
        ),
        scene.say("event.action_done.amount", amount=amount_of(scene.say, event))
        if event.minor not in {0, meant}
        else "",
    )


@line.register
def _attempt_renewed(event: t.AttemptRenewed, scene: Scene) -> str:
    what = planned(scene.say, event.key, scene.order)
    return scene.say("event.attempt_renewed", what=what, nth=event.generation)
