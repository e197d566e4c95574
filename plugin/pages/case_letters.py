"""The messages of an order as they were sent, and the dates they promised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from plugin import letters, sentences
from plugin import timeline as t
from plugin.actions import TellMerchant, WriteCustomer
from plugin.business_days import Reckoned
from plugin.case import Case
from plugin.effects.messages import PROMISES
from plugin.fold import fold
from plugin.letters import Text
from plugin.pages import letter_preview
from plugin.pages.letter_preview import Sample
from plugin.store.outbox import Row

MOST = 20
"""So many of the newest messages are written out; what is older keeps its line."""


@dataclass(frozen=True)
class Promise:
    """A date a customer was told."""

    at: datetime
    provisional: bool
    told_at: datetime
    letter: str
    state: str
    """`coming`, `kept` (what was promised came in time) or `passed`"""


def messages_of(
    entries: Sequence[t.Entry], case: Case, rows: Iterable[Row], sample: Sample
) -> dict[int, tuple[Text, bool]]:
    """The text of each message, by its place in the timeline, and whether it was written again."""
    by_key = {row.key: row for row in rows}
    found: dict[int, tuple[Text, bool]] = {}
    for entry in reversed(entries):
        told = _message(entry, entries, case, by_key, sample)
        if told is not None:
            found[entry.seq] = told
        if len(found) == MOST:
            break
    return found


def _message(
    entry: t.Entry,
    entries: Sequence[t.Entry],
    case: Case,
    rows: Mapping[str, Row],
    sample: Sample,
) -> tuple[Text, bool] | None:
    event = entry.what
    if isinstance(event, t.HandedOver):
        kept = _kept(event.draft)
        return (kept, False) if kept else None
    if not isinstance(event, t.ActionDone) or event.key not in rows:
        return None
    row = rows[event.key]
    kept = _kept(row.frozen) or _kept(row.draft)
    if kept:
        return kept, False
    planned = case.order.planned[event.key]
    then = _as_of(case, entries, entry.seq, planned.case_id)
    match planned.action:
        case WriteCustomer() as action if then is not None:
            past = replace(sample, case=then)
            return letter_preview.as_sent(past, planned.case_id, action), True
        case TellMerchant(topic=topic, because=because):
            seen = case.order.seen
            shop = sample.shop
            text = letters.to_merchant(
                topic,
                because,
                order_name=seen.name if seen else "",
                language=shop.language,
                zone=shop.zone,
                now=entry.at,
            )
            return text, True
        case _:
            return None


def _kept(stored: Mapping[str, object] | None) -> Text | None:
    """What was written down before it was sent, or to be sent by hand."""
    if not stored:
        return None
    found = [str(stored[name]) for name in ("text_zh", "text_en", "text") if stored.get(name)]
    return Text(str(stored.get("subject", "")), "\n\n".join(found)) if found else None


def _as_of(case: Case, entries: Sequence[t.Entry], seq: int, case_id: str) -> Case | None:
    """The case a message is about as it stood when the message went out."""
    order = fold(entries[:seq])
    record = order.cases.get(case_id)
    if record is None:
        return None
    opened = record.opened
    return Case(order, opened.situation, opened.purchase_id, case.terms, opened.line_ids, record)


# --- Promises -------------------------------------------------------------------------------------


def promises_of(
    entries: Sequence[t.Entry], case: Case, now: datetime, language: str
) -> list[Promise]:
    """Every date this case's letters named, the next first."""
    found = []
    for entry in entries:
        event = entry.what
        planned = case.order.planned.get(getattr(event, "key", ""))
        if not isinstance(event, t.ActionDone) or planned is None or planned.case_id != case.id:
            continue
        if isinstance(planned.action, WriteCustomer) and planned.action.letter in PROMISES:
            then = _as_of(case, entries, entry.seq, case.id)
            due = PROMISES[planned.action.letter].reckon(then) if then else None
            if due is not None:
                title = sentences.letter(str(planned.action.letter), language=language)
                state = _state(case, due, entry.at, now)
                found.append(Promise(due.due, due.provisional, entry.at, title, state))
    return sorted(found, key=lambda promise: promise.at)


def _state(case: Case, due: Reckoned, told_at: datetime, now: datetime) -> str:
    heard = case.claim.result_at if case.claim else None
    closed = case.record.closed_at if case.record else None
    settled = min((m for m in (heard, closed) if m is not None and m >= told_at), default=None)
    if settled is not None and settled <= due.due:
        return "kept"
    return "passed" if due.due <= now else "coming"
