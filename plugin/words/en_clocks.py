"""English: the clocks."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "waiting.news_settles": "Waiting: on {when} its news should be complete.",
    "waiting.urge_supplier": "Waiting: on {when} the supplier is urged if it has not shipped.",
    "waiting.treat_as_no_stock": "Waiting: on {when} the no-stock route begins if it has not "
    "shipped.",
    "waiting.supplier_silent": "Waiting: on {when} the no-stock route begins if the supplier has "
    "not answered.",
    "waiting.resource_within": "Waiting: on {when} the refund follows if no other supplier was "
    "taken.",
    "waiting.chase_recovery": "Waiting: on {when} the money is asked for again if it has not come.",
    "waiting.told": "Waiting: on {when} you are told if it has not shipped.",
    "waiting.other": "Waiting until {when}.",
    "waiting.recovery_shuts": "Waiting: on {when} you are told that the supplier’s window is "
    "about to shut if the money has not come.",
    "waiting.customs_allowed": "Waiting: on {when} the stop at customs counts as a hold if it "
    "lasts.",
    "waiting.customs_second": "Waiting: on {when} a second reminder goes out if the parcel has "
    "not cleared customs.",
    "waiting.customs_third": "Waiting: on {when} the third and last reminder goes out if the "
    "parcel has not cleared customs.",
    "waiting.evidence_second": "Waiting: on {when} the customer is reminded if no picture has "
    "come.",
    "waiting.evidence_third": "Waiting: on {when} the customer is reminded a last time if no "
    "picture has come.",
    "waiting.evidence_closes": "Waiting: on {when} you are asked to decide if no picture has come.",
    "waiting.evidence_settles": "Waiting: on {when} the claim is ready to be handed in; until "
    "then more pictures can come.",
    "waiting.claim_by": "Waiting: until {when} the claim can be handed in, as far as is known.",
    "waiting.verification_earliest": "Waiting: the claim is being verified; before {when} nobody "
    "is asked for the result.",
    "waiting.verification_overdue": "Waiting: on {when} the result of the claim is asked for if "
    "it has not come.",
    "waiting.chase_verification": "Waiting: on {when} the result of the claim is asked for again "
    "if it has not come.",
    "waiting.remedy_within": "Waiting: on {when} you are told if what follows the claim is not "
    "complete.",
    "waiting.intercept_within": "Waiting: on {when} it is asked whether the parcel was stopped if "
    "nobody has said.",
    "waiting.route_within": "Waiting: on {when} the parcel is taken to be abroad if nobody has "
    "said where it is.",
    "waiting.address_reminded": "Waiting: on {when} the customer is reminded if the address is "
    "not confirmed.",
    "waiting.address_decides": "Waiting: on {when} the address is yours to settle if nobody has "
    "confirmed it.",
    "waiting.provisional": "The date is an estimate: China’s holidays for that time are not "
    "announced yet.",
    "says.news_settles": (
        "Guide silent: an order first heard of when it is late is given {count} for the "
        "rest of its news to arrive."
    ),
    "says.urge_supplier": "{count} overdue: urge the supplier, at once and once; tell the "
    "merchant.",
    "says.treat_as_no_stock": "{count} overdue: take the no-stock route, other supplier included.",
    "says.supplier_silent": "Guide silent on how long: no answer within {count} of an urge or a "
    "question.",
    "says.resource_within": "Guide silent: where goods come first, an alternative must be taken "
    "within {count}.",
    "says.chase_recovery": "Guide silent: money asked back is asked for again every {count}, up "
    "to 4 times.",
    "says.recovery_shuts": "Guide silent: money still open {count} after the purchase, the "
    "merchant is told: the supplier's own window is taken to shut 3 days later.",
    "says.customs_allowed": "Guide silent: a customs stop read off the tracking is a hold after "
    "{count}.",
    "says.customs_second": "Guide silent: still held at customs after {count}, a second reminder.",
    "says.customs_third": "Guide silent: still held at customs after {count}, a third and last "
    "reminder.",
    "says.evidence_second": "Guide silent: no picture after {count}, the customer is reminded.",
    "says.evidence_third": "Guide silent: no picture after {count}, the customer is reminded a "
    "last time.",
    "says.evidence_closes": "Guide silent: nothing after {count}, the merchant decides.",
    "says.evidence_settles": "Guide silent: the claim is handed in {count} after the last "
    "picture, so that the others can still come.",
    "says.claim_by": "Guide silent: goods that arrived badly are taken to be claimed within "
    "{count} of delivery.",
    "says.verification_earliest": "Verification takes {n} to 30 business days: no chasing before "
    "{n}.",
    "says.verification_overdue": "Verification takes 10 to {n} business days: overdue after {n}.",
    "says.chase_verification": "Guide silent: an overdue result is asked for again every {count}, "
    "up to 4 times.",
    "says.remedy_within": "Reissue or refund, to be completed within {n} further business days, "
    "counted from the verification.",
    "says.intercept_within": "Guide silent: what became of stopping a parcel is asked after "
    "{count}, up to 3 times.",
    "says.route_within": "Guide silent: where nobody says within {count} where a parcel is, it is "
    "taken to be abroad.",
    "says.address_reminded": "Guide silent: a doubtful address nobody confirmed after {count}, "
    "the customer is reminded.",
    "says.address_decides": "Guide silent: a doubtful address nobody confirmed after {count}, the "
    "merchant decides.",
    # The clocks' names, within a sentence.
    "clock.news_settles": "news complete",
    "clock.urge_supplier": "urge the supplier",
    "clock.treat_as_no_stock": "no-stock route",
    "clock.supplier_silent": "supplier’s answer",
    "clock.resource_within": "another supplier chosen",
    "clock.chase_recovery": "money asked for again",
    "clock.recovery_shuts": "supplier’s window shuts soon",
    "clock.customs_allowed": "stop at customs counts as a hold",
    "clock.customs_second": "second customs reminder",
    "clock.customs_third": "third customs reminder",
    "clock.evidence_second": "first reminder of the pictures",
    "clock.evidence_third": "last reminder of the pictures",
    "clock.evidence_closes": "decision without pictures",
    "clock.evidence_settles": "claim handed in",
    "clock.claim_by": "last day for the claim",
    "clock.verification_earliest": "earliest day to ask for the result",
    "clock.verification_overdue": "result of the claim overdue",
    "clock.chase_verification": "result asked for again",
    "clock.remedy_within": "refund or goods again complete",
    "clock.intercept_within": "answer about the parcel",
    "clock.route_within": "word on where the parcel is",
    "clock.address_reminded": "reminder of the address",
    "clock.address_decides": "address to be settled by you",
}
