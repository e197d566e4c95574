"""English: what an order says of its cases in the store itself."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "flag.stands": "{number} {situation}: {where}",
    "flag.ended": "closed, {outcome}",
    "flag.asked": "{number}: waits for you to {what}",
    "flag.waits": "{number}: {waiting}",
    "flag.field.status": "After-sales",
    "flag.field.next_step": "After-sales: next step",
    "flag.field.deadline": "After-sales: next deadline",
    "flag.field.case": "After-sales case",
    "flag.about.status": "Where Postvendita's cases of this order stand.",
    "flag.about.next_step": "What is waited for, and what happens then.",
    "flag.about.deadline": "When the next clock of this order runs out.",
    "flag.about.case": "Opens the case in Postvendita.",
    "kind.flag_order": "write on the order where it stands",
    "action.flag_order": "Write on the order in the store where its cases stand",
    "cause.flags": "What the order says in the store is not what there is to say now.",
}
