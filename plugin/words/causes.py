"""Why something was decided, from the very record the rule left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from plugin.actions import Reason
from plugin.words.speech import DAY, Speech, aware, parsed, readable, upper_first, whole


def cause(say: Speech, reason: Reason, now: datetime | None = None) -> str:
    """The whole reason: what was seen, then the rule and its version."""
    return say.sentences(upper_first(seen(say, reason, now)), rule(say, reason))


def rule(say: Speech, reason: Reason) -> str:
    """`Rule late_shipment.urge, version 1.`"""
    if not reason.version:
        return say("rule.unversioned", rule=reason.rule)
    return say("rule", rule=reason.rule, version=reason.version)


def seen(say: Speech, reason: Reason, now: datetime | None = None) -> str:
    """What was seen, without the rule. `now` is when it was seen; else the clock's own moment."""
    tell = _OWN.get(reason.says)
    if tell is not None:
        return tell(say, reason, now)
    key = f"cause.{reason.says}"
    if not say.knows(key):
        return f"{readable(reason.says)}."
    due = parsed(reason.due)
    values = {**_known(say, reason), "due": say.day(due) if due else ""}
    return upper_first(say(_form(say, key, reason), **values))


def _form(say: Speech, key: str, reason: Reason) -> str:
    """The form of a sentence that its facts allow: with its clock, without a purchase."""
    facts = reason.facts
    fits = {
        "due": parsed(reason.due) is not None,
        "unbought": not facts.get("reference") and not facts.get("supplier"),
        "unknown": facts.get("route") != "international",
    }
    forms = (f"{key}.{form}" for form, fit in fits.items() if fit)
    return next((form for form in forms if say.knows(form)), key)


def _known(say: Speech, reason: Reason) -> dict[str, str]:
    facts = reason.facts
    reference, supplier, order = (facts.get(n, "") for n in ("reference", "supplier", "order"))
    return {
        "purchase": say.purchase(reference=reference, supplier=supplier, order=order),
        "short": say.purchase(reference=reference, order=order),
        "from_supplier": say.supplier(supplier, "from_supplier"),
        "the_order": say.the_order(order),
    }


def _moments(
    reason: Reason, start: str, now: datetime | None
) -> tuple[datetime | None, float | None]:
    """(since when, for how many seconds); no length for a clock that no longer runs."""
    since, due = parsed(reason.facts.get(start, "")), parsed(reason.due)
    if since is None or due is None:
        return since, None
    until = max(due, aware(now)) if now is not None else due
    return since, (until - since).total_seconds()


def _late(say: Speech, reason: Reason, now: datetime | None) -> str:
    # Later steps of a case keep its first cause, when nothing may be missing any more: then the
    # sentence tells how it was at the clock's own moment.
    missing = reason.facts.get("units", 1)
    since, seconds = _moments(reason, "ship_by", now if missing else None)
    days = int((seconds or 0) // DAY)
    form = ("now" if missing else "then") if days else "plain"
    late = say(
        f"late.{form if since else 'undated'}",
        purchase=_known(say, reason)["purchase"],
        date=say.day(since) if since else "",
        days=say.count("days", days),
    )
    not_promised = "promised" in reason.facts and not whole(reason.facts["promised"])
    return say.sentences(upper_first(late), say("late.not_promised") if not_promised else "")


def _late_no_stock(say: Speech, reason: Reason, now: datetime | None) -> str:
    return say.sentences(_late(say, reason, now), say("late.no_stock"))


def _late_abroad(say: Speech, reason: Reason, now: datetime | None) -> str:
    abroad = reason.facts.get("route") == "international"
    where = say("late.abroad" if abroad else "late.route_unknown")
    return say.sentences(_late(say, reason, now), where)


def _silent(say: Speech, reason: Reason, now: datetime | None) -> str:
    known = _known(say, reason)
    asked, seconds = _moments(reason, "asked_at", now)
    if asked is None or seconds is None:
        return upper_first(say("cause.silent_then", **known))
    span, when = say.span(seconds), say.moment(asked)
    return upper_first(say("cause.silent", span=span, asked=when, **known))


def _recovery_quiet(say: Speech, reason: Reason, now: datetime | None) -> str:
    known, due = _known(say, reason), parsed(reason.due)
    if due is None:
        return say("cause.recovery_quiet_undated", **known)
    return say("cause.recovery_quiet", due=say.day(due), **known)


_OWN: Mapping[str, Callable[[Speech, Reason, datetime | None], str]] = {
    "overdue": _late,
    "overdue_no_stock": _late_no_stock,
    "overdue_abroad": _late_abroad,
    "silent": _silent,
    "recovery_quiet": _recovery_quiet,
}
