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
    "event.return_requested": "The customer asked the store for a return.",
    "kind.mirror_return": "open a return in the store",
    "kind.close_return": "close the return in the store",
    "kind.read_return": "read the return the customer asked for",
    "action.mirror_return": "Open a return in the store for the goods of the claim",
    "action.close_return": "Close the return in the store",
    "action.read_return": "Read the return the customer asked the store for",
    "button.mirror_return": "Open the return",
    "by_hand.mirror_return": "I opened the return",
    "by_hand.close_return": "I closed the return",
    "cause.return_asked": "The customer asked the store for a return.",
    "why.return_there": "The store has a return for these goods already.",
    "why.return_over": "The return is no longer open.",
    "why.return_unknown": (
        "No rule of the guide is about it: the return stays yours to decide in the store."
    ),
    "why.nothing_to_return": "The store has nothing of it that could come back.",
    "why.no_scope": "The store does not let the app see returns.",
    "button.close_return": "Close the return",
    "button.read_return": "Read the return",
    "by_hand.read_return": "I read the return",
    "button.flag_order": "Write on the order",
    "by_hand.flag_order": "I wrote on the order",
}
