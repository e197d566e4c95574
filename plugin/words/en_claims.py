"""English: parcels, claims, cancellations and addresses."""

from __future__ import annotations

WORDS: dict[str, str] = {
    # Why something was decided: parcels, claims, cancellations, addresses.
    "cause.oversized": "{purchase} was refused for its size or weight.",
    "cause.oversized.unbought": "Goods of {the_order} are over the limits of the shipping line.",
    "cause.customs_held": "The parcel of {purchase} is held at customs.",
    "cause.customs_held.due": "The parcel of {purchase} was still held at customs on {due}.",
    "cause.customs_cleared": "The parcel of {purchase} has cleared customs.",
    "cause.customs_returned": "The parcel of {purchase} did not pass customs: it goes back or was "
    "destroyed.",
    "cause.wrong_items": "The customer reports wrong or missing goods in {purchase}.",
    "cause.damaged": "The customer reports damaged goods in {purchase}.",
    "cause.not_claimed": "The claim for {the_order} was not handed in: you declined it.",
    "cause.no_evidence": "No picture or video has come for {the_order}.",
    "cause.no_evidence.due": "No picture or video had come for {the_order} by {due}.",
    "cause.verification_overdue": "The result of the claim for {purchase} is overdue.",
    "cause.verification_overdue.due": "The result of the claim for {purchase} was due by {due} "
    "and has not come.",
    "cause.verified": "The claim for {purchase} was verified.",
    "cause.remedy_overdue": "What follows the verified claim for {purchase} is not complete in "
    "time.",
    "cause.remedy_overdue.due": "What follows the verified claim for {purchase} was to be "
    "complete by {due} and is not.",
    "cause.claim_refused": "The claim for {purchase} was refused.",
    "cause.own_purse": "This refund is from your own purse: for {purchase} nobody gives it back "
    "to you.",
    "cause.cancellation": "The customer cancels what {purchase} was bought for.",
    "cause.cancellation.unbought": "The customer cancels {the_order}.",
    "cause.nothing_bought": "Nothing was bought yet for these goods of {the_order}.",
    "cause.intercepted": "The parcel of {purchase} does not reach the customer: it was stopped or "
    "never left.",
    "cause.not_intercepted": "The parcel of {purchase} could not be stopped.",
    "cause.cannot_stop": "The parcel of {purchase} is abroad: it can be neither stopped nor "
    "refunded.",
    "cause.cannot_stop.unknown": "Nobody has said where the parcel of {purchase} is, so it is "
    "taken to be abroad: it can be neither stopped nor refunded.",
    "cause.interception_quiet": "It was asked to stop the parcel of {purchase}, and there is no "
    "answer.",
    "cause.interception_quiet.due": "It was asked to stop the parcel of {purchase}, and no answer "
    "had come by {due}.",
    "cause.address_doubtful": "By our own check the address of {the_order} may not be deliverable.",
    "cause.wrong_address": "The address of {the_order} is reported as wrong.",
    "cause.address_quiet": "Nobody has confirmed the address of {the_order}.",
    "cause.address_quiet.due": "Nobody had confirmed the address of {the_order} by {due}.",
    "cause.recovery_shuts": "The money for {purchase} has not come, and the supplier’s own window "
    "for refunds is taken to shut soon.",
    "cause.refund_failed": "A refund of {the_order} was made, and its payment failed.",
    "cause.mail_bounced": "A letter about {the_order} did not arrive, or was reported as unwanted.",
    # What is to be done.
    "action.propose_alternative.split": "Send {title} in {parcels} parcels that fit, or take "
    "another supplier",
    "action.hold_order": "Keep the order from being shipped",
    "action.hold_order.address": "Keep the order from being shipped until its address is settled",
    "action.hold_order.parcel": "Keep the order from being shipped until it is settled how it can "
    "be sent",
    "action.release_order": "Lift our hold on the order",
    "action.correct_address": "Write the corrected address into the order",
    "action.cancel_order": "Cancel the order in the store",
    "action.intercept_parcel": "Have the parcel of {purchase} stopped",
    "action.chase_interception": "Ask whether the parcel of {short} was stopped (reminder {nth})",
    "action.ask_verification": "Hand in the claim for {purchase} to be verified",
    "action.chase_verification": "Ask for the result of the claim for {short} (reminder {nth})",
    "action.choose_remedy": "Decide what the customer gets",
    "action.choose_remedy.verified": "Decide between the money and the goods again: the claim was "
    "verified",
    "action.choose_remedy.refused": "Decide what the customer gets: the claim was refused",
    "action.choose_remedy.not_claimed": "Decide what the customer gets: no claim was handed in",
    "action.choose_remedy.no_evidence": "Decide without proof: no picture or video has come",
    "action.choose_remedy.returned": "Decide what the customer gets: the parcel did not pass "
    "customs",
    "action.reissue_goods": "Send {item} again at no charge",
    "action.write_customer.reissued": "Write to the customer that the goods are sent again",
    "action.write_customer.customs_held": "Write to the customer that the parcel is held at "
    "customs",
    "action.write_customer.customs_still_held": "Write to the customer that the parcel is still "
    "held at customs",
    "action.write_customer.customs_held_long": "Write to the customer a last time that the parcel "
    "is held at customs",
    "action.write_customer.customs_cleared": "Write to the customer that the parcel has cleared "
    "customs",
    "action.write_customer.evidence_asked": "Ask the customer for pictures",
    "action.write_customer.evidence_reminded": "Remind the customer of the pictures",
    "action.write_customer.evidence_last_call": "Ask the customer for pictures a last time",
    "action.write_customer.no_evidence": "Write to the customer that without pictures no more can "
    "be done",
    "action.write_customer.claim_sent": "Write to the customer that the claim is being checked",
    "action.write_customer.claim_refused": "Write to the customer that the claim was refused, "
    "with the reason",
    "action.write_customer.cancelled": "Write to the customer that the order is cancelled",
    "action.write_customer.not_intercepted": "Write to the customer that the parcel could not be "
    "stopped",
    "action.write_customer.cannot_stop": "Write to the customer that the parcel can be neither "
    "stopped nor refunded",
    "action.write_customer.address_asked": "Ask the customer to confirm or correct the address",
    "action.write_customer.address_reminded": "Remind the customer to confirm or correct the "
    "address",
    "action.tell_merchant.recovery_shuts": "Tell you that the window for the money of {purchase} "
    "shuts soon",
    "action.tell_merchant.customs_held": "Tell you that the parcel of {purchase} is held at "
    "customs",
    "action.tell_merchant.customs_still_held": "Tell you that the parcel of {purchase} is still "
    "held at customs",
    "action.tell_merchant.customs_held_long": "Tell you a last time that the parcel of {purchase} "
    "is held at customs",
    "action.tell_merchant.customs_cleared": "Tell you that the parcel of {purchase} has cleared "
    "customs",
    "action.tell_merchant.customs_returned": "Tell you that the parcel of {purchase} did not pass "
    "customs",
    "action.tell_merchant.problem_reported": "Tell you what was reported of the goods of "
    "{purchase}",
    "action.tell_merchant.no_evidence": "Tell you that no picture or video has come",
    "action.tell_merchant.verification_overdue": "Tell you that the result of the claim for "
    "{purchase} is overdue",
    "action.tell_merchant.remedy_overdue": "Tell you that what follows the claim for {purchase} "
    "is overdue",
    "action.tell_merchant.route_wanted": "Ask you where the parcel of {purchase} is",
    "action.tell_merchant.interception_quiet": "Tell you that nobody answers about stopping the "
    "parcel of {purchase}",
    "action.tell_merchant.address_doubtful": "Tell you that the address is in doubt",
    "action.tell_merchant.address_quiet": "Tell you that nobody has confirmed the address",
    "action.tell_merchant.refund_failed": "Tell you that a payment back to the customer failed",
    "action.tell_merchant.mail_bounced": "Tell you that a letter to the customer did not arrive",
    "kind.hold_order": "hold the order",
    "kind.release_order": "lift the hold on the order",
    "kind.correct_address": "correct the address",
    "kind.cancel_order": "cancel the order",
    "kind.intercept_parcel": "have the parcel stopped",
    "kind.chase_interception": "ask whether the parcel was stopped",
    "kind.ask_verification": "hand in the claim",
    "kind.chase_verification": "ask for the result of the claim",
    "kind.choose_remedy": "decide what the customer gets",
    "kind.reissue_goods": "send the goods again",
    "button.hold_order": "Hold the order",
    "button.release_order": "Lift the hold",
    "button.correct_address": "Correct the address",
    "button.cancel_order": "Cancel the order",
    "button.intercept_parcel": "Have the parcel stopped",
    "button.chase_interception": "Send reminder {nth}",
    "button.ask_verification": "Hand in the claim",
    "button.chase_verification": "Send reminder {nth}",
    "button.choose_remedy": "Decide",
    "button.reissue_goods": "Send it again: {item}",
    "by_hand.hold_order": "I have held the order",
    "by_hand.release_order": "I have lifted the hold",
    "by_hand.correct_address": "I have corrected the address",
    "by_hand.cancel_order": "I have cancelled the order",
    "by_hand.intercept_parcel": "I have asked for the parcel to be stopped",
    "by_hand.chase_interception": "I have sent reminder {nth}",
    "by_hand.ask_verification": "I have handed in the claim",
    "by_hand.chase_verification": "I have sent reminder {nth}",
    "by_hand.choose_remedy": "I have decided",
    "by_hand.reissue_goods": "I have sent it again",
    "choice.split": "Send it in several parcels",
    "choice.refund": "Refund the customer",
    "choice.reissue": "Send the goods again",
    "choice.none": "Give nothing",
    # Why less was done, or not at all.
    "why.customs_cleared": "The parcel has cleared customs.",
    "why.customs_returned": "Customs sends the parcel back.",
    "why.customs_destroyed": "Customs has destroyed the parcel.",
    "why.no_longer_needed": "It is no longer needed.",
    "why.evidence_came": "A picture or video has come after all.",
    "why.answered": "The answer has come.",
    "why.international": "The parcel is abroad, where it cannot be stopped.",
    "why.not_intercepted": "The parcel was not stopped, so no money goes out for it.",
    "why.cannot_stop": "The parcel can no longer be stopped.",
    "why.bought_meanwhile": "The goods have been bought in the meantime.",
    "why.not_verified": "The claim is not verified.",
    "why.contradicts": "The customer was told otherwise before about the same goods: read both "
    "letters first.",
    "why.contradicts.letter": "The earlier letter: {letter}.",
    "why.suppressed": "No more mail goes to the customer’s address.",
    "why.bounced": "A letter came back undelivered.",
    "why.complained": "A letter was reported as unwanted.",
    "why.hold_by_hand": "The order has to be held in the store: no connection can do it.",
    "why.by_hand_intercept": "No connection can stop a parcel, so the request is ready for you to "
    "send. Record what becomes of it.",
    "why.by_hand_verify": "The claim is ready for you to hand in; its clock starts once you say "
    "that you have.",
    "why.by_hand_reissue": "The goods have to be sent again by you.",
    "why.by_hand_address": "The address has to be corrected by you.",
    "why.resource_split": "The goods have to be sent in several parcels.",
    "why.not_handed_in": "The claim has not been handed in yet.",
    "why.address_incomplete": "A corrected address needs at least street, city and country.",
    "why.no_goods_named": "Say which goods it is about.",
    "why.already_repaid": "The money for it has been given back already.",
    "why.more_than_was_bought": "It is more than was bought.",
    "why.declined": "You declined it.",
    # Names of states.
    "outcome.cleared": "Cleared customs",
    "outcome.reissued": "Sent again",
    "outcome.own_purse": "Refunded from your own purse",
    "outcome.no_evidence": "Ended without proof",
    "outcome.claim_refused": "Claim refused",
    "outcome.not_intercepted": "Could not be stopped",
    "outcome.cannot_stop": "Abroad, cannot be stopped",
    "outcome.cancelled": "Cancelled",
    "outcome.address_confirmed": "Address confirmed",
    "outcome.address_corrected": "Address corrected",
    "letter.refunded": "Money refunded",
    "letter.invited": "Another item offered",
    "letter.reissued": "Goods sent again",
    "letter.customs_held": "Held at customs",
    "letter.customs_still_held": "Still held at customs",
    "letter.customs_held_long": "Held at customs for long",
    "letter.customs_cleared": "Cleared customs",
    "letter.evidence_asked": "Pictures asked for",
    "letter.evidence_reminded": "Pictures, reminder",
    "letter.evidence_last_call": "Pictures, last request",
    "letter.no_evidence": "Ended without pictures",
    "letter.claim_sent": "Claim being checked",
    "letter.claim_refused": "Claim refused",
    "letter.cancelled": "Order cancelled",
    "letter.not_intercepted": "Parcel could not be stopped",
    "letter.cannot_stop": "Parcel abroad: no stop, no refund",
    "letter.address_asked": "Address to be confirmed",
    "letter.address_reminded": "Address, reminder",
}
