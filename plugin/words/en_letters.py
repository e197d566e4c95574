"""English: lines to the merchant."""

from __future__ import annotations

WORDS: dict[str, str] = {
    # To the merchant.
    "merchant.subject": "Order {order}: {about}",
    "merchant.rest": "{seen}\n\n{next}\n\n{rule}",
    "merchant.link": "Open it: {link}",
    "merchant.late.subject": "{purchase} is late",
    "merchant.late.next": "The supplier is urged to ship, as far as your rules let the app go. You "
    "have nothing to do unless the case asks you.",
    "merchant.late_abroad.subject": "{purchase} is late",
    "merchant.late_abroad.next": "Nobody is urged and nothing is refunded by itself. You can ask "
    "the supplier yourself, or record where the parcel is.",
    "merchant.still_late_abroad.subject": "{purchase} is still late",
    "merchant.still_late_abroad.next": "This is the last line about it, and nothing more happens "
    "by itself: whether to wait or to refund is for you to decide.",
    "merchant.no_stock_route.subject": "{purchase} takes the no-stock route",
    "merchant.no_stock_route.next": "This route means money or other goods for the customer, and "
    "asking for the money of the purchase back, as far as your rules let the app go. The case "
    "shows each step and what waits for your word.",
    "merchant.shipped_after_refund.subject": "{purchase} shipped after the refund",
    "merchant.shipped_after_refund.next": "The customer may now get the goods as well as the "
    "money. You can try to have the parcel stopped, or leave it at that.",
    "merchant.recovery_stalled.subject": "Nobody answers about the money of {purchase}",
    "merchant.recovery_stalled.next": (
        "It was asked for and chased. Write or call them yourself, then record on the case "
        "what became of it."
    ),
    "merchant.shipped_after_recovery.subject": "{purchase} shipped after its money was asked back",
    "merchant.shipped_after_recovery.next": "You can take the request for the money back, or keep "
    "to it and agree with the supplier on the parcel.",
    "merchant.recovery_shuts.subject": "The window for the money of {purchase} shuts soon",
    "merchant.recovery_shuts.next": "Ask for it yourself now, or have the claim escalated: after "
    "that the supplier may not take it any more. Then record on the case what became of it.",
    "merchant.customs_held.subject": "The parcel of {purchase} is held at customs",
    "merchant.customs_held.next": "Ask the carrier what customs want: papers or duties. A message "
    "to the customer goes out with this line, or is ready for you to send. You are reminded until "
    "it has cleared.",
    "merchant.customs_still_held.subject": "The parcel of {purchase} is still held at customs",
    "merchant.customs_still_held.next": "If papers or duties were asked for, see that they are "
    "given. The customer may be the only one whom the carrier answers.",
    "merchant.customs_held_long.subject": "The parcel of {purchase} is held at customs for long",
    "merchant.customs_held_long.next": "This is the last reminder. If customs send the parcel "
    "back or destroy it, record that on the case: then you decide what the customer gets.",
    "merchant.customs_cleared.subject": "The parcel of {purchase} has cleared customs",
    "merchant.customs_cleared.next": "It is on its way again. You have nothing to do.",
    "merchant.customs_returned.subject": "The parcel of {purchase} did not pass customs",
    "merchant.customs_returned.next": "Decide on the case whether the customer gets the money, "
    "the goods again, or neither.",
    "merchant.problem_reported.subject": "A problem with the goods of {purchase} is reported",
    "merchant.problem_reported.next": "Pictures are asked for unless they are there. When they "
    "are, the claim is prepared to be verified. The case shows the customer’s words and what "
    "comes next.",
    "merchant.no_evidence.subject": "No proof has come for the claim about {purchase}",
    "merchant.no_evidence.next": "The customer was asked for pictures. Decide on the case whether "
    "you refund from your own purse or leave it at that.",
    "merchant.verification_overdue.subject": "The result of the claim for {purchase} is overdue",
    "merchant.verification_overdue.next": "The result is asked for again, as far as your rules "
    "let the app go. Record it on the case when it comes.",
    "merchant.remedy_overdue.subject": "What follows the claim for {purchase} is overdue",
    "merchant.remedy_overdue.next": "The case shows what is still open: your decision, what the "
    "customer gets, or the money that is to come back to you.",
    "merchant.route_wanted.subject": "Where is the parcel of {purchase}",
    "merchant.route_wanted.next": "Record on the case whether it is still inside China. Inside "
    "China it can be stopped; if nobody says, it is taken to be abroad, and the customer is told "
    "that it can be neither stopped nor refunded.",
    "merchant.interception_quiet.subject": "Nobody answers about stopping the parcel of {purchase}",
    "merchant.interception_quiet.next": "Ask yourself, then record on the case whether the parcel "
    "was stopped. Until then no money goes out for it.",
    "merchant.address_doubtful.subject": "The address of {the_order} is in doubt",
    "merchant.address_doubtful.next": "The order is held and the customer is asked, as far as "
    "your rules let the app go. Buy nothing for it until the address is settled: abroad it cannot "
    "be mended any more.",
    "merchant.address_quiet.subject": "Nobody has confirmed the address of {the_order}",
    "merchant.address_quiet.next": "The customer was asked and reminded. Confirm the address on "
    "the case, correct it, or ask the customer another way; until then nothing goes on.",
    "merchant.mail_bounced.subject": "A letter about {the_order} did not arrive",
    "merchant.mail_bounced.next": "No more is sent to this address. Reach the customer another "
    "way, and correct the mail address in the store if it is wrong.",
    "merchant.refund_failed.subject": "A refund of {the_order} did not reach the customer",
    "merchant.refund_failed.next": "The store has the refund, its payment failed. Pay the customer "
    "another way, or try again in the store: nothing is paid a second time from here.",
    "merchant.missed_clocks.subject": "{steps} fell due while the app was not running",
    "merchant.missed_clocks.rest": "From {from} until {until} the app was not running, and "
    "{steps} fell due. Each was taken up once, now, and is marked late. The cases show what waits "
    "for your word.",
    "merchant.missed_clocks.undated": "For some time the app was not running, and {steps} fell "
    "due. Each was taken up once, now, and is marked late. The cases show what waits for your "
    "word.",
    "merchant.other.subject": "news",
    "merchant.other.next": "The case shows what can be done.",
    "merchant.missed_clocks.needs_you": "Waiting for your word: {count}.",
    "merchant.digest.subject": "{cases} waiting for you",
    "merchant.digest.cases": "Waiting for your word: {cases}.",
    "merchant.digest.risk": "At risk if nothing is done: {amount}.",
    "merchant.digest.soon": "Within a week: {deadlines}.",
    "count.cases.one": "1 case",
    "count.cases.many": "{n} cases",
    "count.deadlines.one": "1 deadline",
    "count.deadlines.many": "{n} deadlines",
    "count.steps.one": "1 step",
    "count.steps.many": "{n} steps",
    # To the customer; the letters themselves are in `letter_texts/`.
    "customer.order": "order {order}",
    "customer.order.none": "your order",
    "customer.line": "- {title} × {count}",
    "customer.more": "- and more",
}
