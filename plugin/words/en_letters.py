"""English: lines to the merchant and letters to the customer."""

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
    "count.steps.one": "1 step",
    "count.steps.many": "{n} steps",
    # To the customer.
    "customer.hello": "Hello {name},",
    "customer.hello.nobody": "Hello,",
    "customer.order": "order {order}",
    "customer.order.none": "your order",
    "customer.line": "- {title} × {count}",
    "customer.refunded.subject": "Refund for {order}",
    "customer.refunded.subject.amount": "Refund of {amount} for {order}",
    "customer.refunded.about": "We are sorry: we cannot send you these goods of {order}:",
    "customer.refunded.about.order": "We are sorry: we cannot send you some goods of order "
    "{order}.",
    "customer.refunded.money": "We have refunded {amount} to the means of payment you used. "
    "Depending on your bank it may take some days until you see it.",
    "customer.refunded.money.unknown": "We have refunded what you paid for them to the means of "
    "payment you used. Depending on your bank it may take some days until you see it.",
    "customer.refunded.end": "You need not do anything.",
    "customer.invited.subject": "For {order}: another item instead",
    "customer.invited.about": "We are sorry: we cannot get these goods of {order}:",
    "customer.invited.about.order": "We are sorry: we cannot get some goods of {order}.",
    "customer.invited.offer": "There is an item you could have instead:",
    "customer.invited.offer.unnamed": "There is a similar item you could have instead.",
    "customer.invited.price": "Price: {price}",
    "customer.invited.end": "If you would like it, please reply to this mail. We order and charge "
    "nothing for it unless you tell us to.",
    "customer.goodbye": "Kind regards,\n{store}",
    "customer.goodbye.nobody": "Kind regards",
}
