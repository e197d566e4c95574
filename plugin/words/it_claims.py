"""Italiano: pacchi, reclami, annullamenti e indirizzi."""

from __future__ import annotations

WORDS: dict[str, str] = {
    # Why something was decided: parcels, claims, cancellations, addresses.
    "cause.oversized": "{purchase} è stato rifiutato per dimensioni o peso.",
    "cause.oversized.unbought": "La merce per {the_order} supera i limiti della linea di "
    "spedizione.",
    "cause.customs_held": "Il pacco per {purchase} è fermo in dogana.",
    "cause.customs_held.due": "Il {due} il pacco per {purchase} era ancora fermo in dogana.",
    "cause.customs_cleared": "Il pacco per {purchase} ha superato la dogana.",
    "cause.customs_returned": "Il pacco per {purchase} non ha superato la dogana: torna indietro "
    "o è stato distrutto.",
    "cause.wrong_items": "Il cliente segnala merce errata o mancante per {purchase}.",
    "cause.damaged": "Il cliente segnala merce danneggiata per {purchase}.",
    "cause.not_claimed": "Il reclamo per {the_order} non è stato presentato: l'hai rifiutato.",
    "cause.no_evidence": "Per {the_order} non è arrivata nessuna foto o video.",
    "cause.no_evidence.due": "Al {due} per {the_order} non era arrivata nessuna foto o video.",
    "cause.verification_overdue": "L’esito del reclamo per {purchase} è in ritardo.",
    "cause.verification_overdue.due": "L’esito del reclamo per {purchase} era atteso entro il "
    "{due} e non è arrivato.",
    "cause.verified": "Il reclamo per {purchase} è stato confermato.",
    "cause.remedy_overdue": "Quanto segue al reclamo confermato per {purchase} non è concluso in "
    "tempo.",
    "cause.remedy_overdue.due": "Quanto segue al reclamo confermato per {purchase} andava "
    "concluso entro il {due} e non lo è.",
    "cause.claim_refused": "Il reclamo per {purchase} è stato respinto.",
    "cause.own_purse": "Questo rimborso è a tue spese: per {purchase} nessuno te lo restituisce.",
    "cause.cancellation": "Il cliente annulla ciò per cui è stato fatto {purchase}.",
    "cause.cancellation.unbought": "Il cliente annulla {the_order}.",
    "cause.nothing_bought": "Per questa merce non è stato ancora comprato nulla ({the_order}).",
    "cause.intercepted": "Il pacco per {purchase} non raggiunge il cliente: è stato fermato o non "
    "è mai partito.",
    "cause.not_intercepted": "Non è stato possibile fermare il pacco per {purchase}.",
    "cause.cannot_stop": "Il pacco per {purchase} è all’estero: non può essere fermato né "
    "rimborsato.",
    "cause.cannot_stop.unknown": "Nessuno ha detto dove si trova il pacco per {purchase}, quindi "
    "vale come all’estero: non può essere fermato né rimborsato.",
    "cause.interception_quiet": "È stato chiesto di fermare il pacco per {purchase} e non c’è "
    "risposta.",
    "cause.interception_quiet.due": "È stato chiesto di fermare il pacco per {purchase} e al "
    "{due} non c’era risposta.",
    "cause.address_doubtful": "Secondo il nostro controllo l’indirizzo potrebbe non essere "
    "recapitabile ({the_order}).",
    "cause.wrong_address": "L’indirizzo è segnalato come errato ({the_order}).",
    "cause.address_quiet": "Nessuno ha confermato l’indirizzo ({the_order}).",
    "cause.address_quiet.due": "Al {due} nessuno aveva confermato l’indirizzo ({the_order}).",
    "cause.recovery_shuts": "Il denaro per {purchase} non è arrivato e si presume che il termine "
    "del fornitore per i rimborsi stia per scadere.",
    "cause.refund_failed": "Il rimborso è stato registrato, ma il pagamento al cliente non è "
    "riuscito ({the_order}).",
    "cause.mail_bounced": "Una lettera non è arrivata, o è stata segnalata come indesiderata "
    "({the_order}).",
    # What is to be done.
    "action.propose_alternative.split": "Spedire {title} in {parcels} pacchi nei limiti, o "
    "scegliere un altro fornitore",
    "action.hold_order": "Trattenere l’ordine dalla spedizione",
    "action.hold_order.address": "Trattenere l’ordine dalla spedizione finché l’indirizzo non è "
    "chiarito",
    "action.hold_order.parcel": "Trattenere l’ordine dalla spedizione finché non è deciso come "
    "inviarlo",
    "action.release_order": "Togliere il nostro blocco dall’ordine",
    "action.correct_address": "Scrivere nell’ordine l’indirizzo corretto",
    "action.cancel_order": "Annullare l’ordine nel negozio",
    "action.intercept_parcel": "Far fermare il pacco per {purchase}",
    "action.chase_interception": "Chiedere se il pacco per {short} è stato fermato (promemoria "
    "{nth})",
    "action.ask_verification": "Presentare il reclamo per {purchase} da verificare",
    "action.chase_verification": "Chiedere l’esito del reclamo per {short} (promemoria {nth})",
    "action.choose_remedy": "Decidere che cosa riceve il cliente",
    "action.choose_remedy.verified": "Decidere tra denaro e nuovo invio: il reclamo è stato "
    "confermato",
    "action.choose_remedy.refused": "Decidere che cosa riceve il cliente: il reclamo è stato "
    "respinto",
    "action.choose_remedy.not_claimed": "Decidere che cosa riceve il cliente: nessun "
    "reclamo è stato presentato",
    "action.choose_remedy.no_evidence": "Decidere senza prove: non è arrivata nessuna foto o video",
    "action.choose_remedy.returned": "Decidere che cosa riceve il cliente: il pacco non ha "
    "superato la dogana",
    "action.reissue_goods": "Inviare di nuovo {item} senza costi",
    "action.write_customer.reissued": "Scrivere al cliente che la merce viene inviata di nuovo",
    "action.write_customer.customs_held": "Scrivere al cliente che il pacco è fermo in dogana",
    "action.write_customer.customs_still_held": "Scrivere al cliente che il pacco è ancora fermo "
    "in dogana",
    "action.write_customer.customs_held_long": "Scrivere al cliente per l’ultima volta che il "
    "pacco è fermo in dogana",
    "action.write_customer.customs_cleared": "Scrivere al cliente che il pacco ha superato la "
    "dogana",
    "action.write_customer.evidence_asked": "Chiedere foto al cliente",
    "action.write_customer.evidence_reminded": "Ricordare al cliente le foto",
    "action.write_customer.evidence_last_call": "Chiedere foto al cliente per l’ultima volta",
    "action.write_customer.no_evidence": "Scrivere al cliente che senza foto non si può fare altro",
    "action.write_customer.claim_sent": "Scrivere al cliente che il reclamo è in verifica",
    "action.write_customer.claim_refused": "Scrivere al cliente che il reclamo è stato respinto, "
    "con il motivo",
    "action.write_customer.cancelled": "Scrivere al cliente che l’ordine è annullato",
    "action.write_customer.not_intercepted": "Scrivere al cliente che non è stato possibile "
    "fermare il pacco",
    "action.write_customer.cannot_stop": "Scrivere al cliente che il pacco non può essere fermato "
    "né rimborsato",
    "action.write_customer.address_asked": "Chiedere al cliente di confermare o correggere "
    "l’indirizzo",
    "action.write_customer.address_reminded": "Ricordare al cliente di confermare o correggere "
    "l’indirizzo",
    "action.tell_merchant.recovery_shuts": "Avvisarti che il termine per riavere il denaro per "
    "{purchase} sta per scadere",
    "action.tell_merchant.customs_held": "Avvisarti che il pacco per {purchase} è fermo in dogana",
    "action.tell_merchant.customs_still_held": "Avvisarti che il pacco per {purchase} è ancora "
    "fermo in dogana",
    "action.tell_merchant.customs_held_long": "Avvisarti per l’ultima volta che il pacco per "
    "{purchase} è fermo in dogana",
    "action.tell_merchant.customs_cleared": "Avvisarti che il pacco per {purchase} ha superato la "
    "dogana",
    "action.tell_merchant.customs_returned": "Avvisarti che il pacco per {purchase} non ha "
    "superato la dogana",
    "action.tell_merchant.problem_reported": "Avvisarti di che cosa è stato segnalato sulla "
    "merce: {purchase}",
    "action.tell_merchant.no_evidence": "Avvisarti che non è arrivata nessuna foto o video",
    "action.tell_merchant.verification_overdue": "Avvisarti che l’esito del reclamo per "
    "{purchase} è in ritardo",
    "action.tell_merchant.remedy_overdue": "Avvisarti che quanto segue al reclamo per {purchase} "
    "è in ritardo",
    "action.tell_merchant.route_wanted": "Chiederti dove si trova il pacco per {purchase}",
    "action.tell_merchant.interception_quiet": "Avvisarti che nessuno risponde sul fermo del "
    "pacco per {purchase}",
    "action.tell_merchant.address_doubtful": "Avvisarti che l’indirizzo è dubbio",
    "action.tell_merchant.address_quiet": "Avvisarti che nessuno ha confermato l’indirizzo",
    "action.tell_merchant.refund_failed": "Avvisarti che un rimborso non è arrivato al cliente",
    "action.tell_merchant.mail_bounced": "Avvisarti che una lettera al cliente non è arrivata",
    "kind.hold_order": "trattenere l’ordine",
    "kind.release_order": "togliere il blocco dall’ordine",
    "kind.correct_address": "correggere l’indirizzo",
    "kind.cancel_order": "annullare l’ordine",
    "kind.intercept_parcel": "far fermare il pacco",
    "kind.chase_interception": "chiedere se il pacco è stato fermato",
    "kind.ask_verification": "presentare il reclamo",
    "kind.chase_verification": "chiedere l’esito del reclamo",
    "kind.choose_remedy": "decidere che cosa riceve il cliente",
    "kind.reissue_goods": "inviare di nuovo la merce",
    "button.hold_order": "Trattieni l’ordine",
    "button.release_order": "Togli il blocco",
    "button.correct_address": "Correggi l’indirizzo",
    "button.cancel_order": "Annulla l’ordine",
    "button.intercept_parcel": "Fai fermare il pacco",
    "button.chase_interception": "Invia il promemoria {nth}",
    "button.ask_verification": "Presenta il reclamo",
    "button.chase_verification": "Invia il promemoria {nth}",
    "button.choose_remedy": "Decidi",
    "button.reissue_goods": "Invia di nuovo: {item}",
    "by_hand.hold_order": "Ho trattenuto l’ordine",
    "by_hand.release_order": "Ho tolto il blocco",
    "by_hand.correct_address": "Ho corretto l’indirizzo",
    "by_hand.cancel_order": "Ho annullato l’ordine",
    "by_hand.intercept_parcel": "Ho chiesto di fermare il pacco",
    "by_hand.chase_interception": "Ho inviato il promemoria {nth}",
    "by_hand.ask_verification": "Ho presentato il reclamo",
    "by_hand.chase_verification": "Ho inviato il promemoria {nth}",
    "by_hand.choose_remedy": "Ho deciso",
    "by_hand.reissue_goods": "Ho inviato di nuovo la merce",
    "choice.split": "Spedisci in più pacchi",
    "choice.refund": "Rimborsa il cliente",
    "choice.reissue": "Invia di nuovo la merce",
    "choice.none": "Non dare nulla",
    # Why less was done, or not at all.
    "why.customs_cleared": "Il pacco ha superato la dogana.",
    "why.customs_returned": "La dogana rimanda indietro il pacco.",
    "why.customs_destroyed": "La dogana ha distrutto il pacco.",
    "why.no_longer_needed": "Non serve più.",
    "why.evidence_came": "È arrivata comunque una foto o un video.",
    "why.answered": "La risposta è arrivata.",
    "why.international": "Il pacco è all’estero, dove non può essere fermato.",
    "why.not_intercepted": "Il pacco non è stato fermato, quindi non esce denaro.",
    "why.cannot_stop": "Il pacco non può più essere fermato.",
    "why.bought_meanwhile": "Nel frattempo la merce è stata comprata.",
    "why.not_verified": "Il reclamo non è confermato.",
    "why.contradicts": "Sulla stessa merce al cliente era stato detto altro: leggi prima entrambe "
    "le lettere.",
    "why.contradicts.letter": "La lettera precedente: {letter}.",
    "why.suppressed": "All’indirizzo del cliente non si invia più posta.",
    "why.bounced": "Una lettera è tornata indietro.",
    "why.complained": "Una lettera è stata segnalata come indesiderata.",
    "why.hold_by_hand": "L’ordine va trattenuto nel negozio: nessun collegamento può farlo.",
    "why.by_hand_intercept": "Nessun collegamento può fermare un pacco: la richiesta è pronta da "
    "inviare. Registra poi com’è finita.",
    "why.by_hand_verify": "Il reclamo è pronto da presentare; il tempo corre da quando dici di "
    "averlo fatto.",
    "why.by_hand_reissue": "La merce va inviata di nuovo da te.",
    "why.by_hand_address": "L’indirizzo va corretto da te.",
    "why.resource_split": "La merce va spedita in più pacchi.",
    "why.not_handed_in": "Il reclamo non è stato ancora presentato.",
    "why.address_incomplete": "Un indirizzo corretto richiede almeno via, città e paese.",
    "why.no_goods_named": "Indica di quale merce si tratta.",
    "why.already_repaid": "Il denaro è già stato restituito.",
    "why.more_than_was_bought": "È più di quanto è stato comprato.",
    "why.declined": "L’hai rifiutato.",
    # Names of states.
    "outcome.cleared": "Superata la dogana",
    "outcome.reissued": "Inviato di nuovo",
    "outcome.own_purse": "Rimborsato a tue spese",
    "outcome.no_evidence": "Concluso senza prove",
    "outcome.claim_refused": "Reclamo respinto",
    "outcome.not_intercepted": "Non è stato possibile fermarlo",
    "outcome.cannot_stop": "All’estero, non può essere fermato",
    "outcome.cancelled": "Annullato",
    "outcome.address_confirmed": "Indirizzo confermato",
    "outcome.address_corrected": "Indirizzo corretto",
    "letter.refunded": "Denaro rimborsato",
    "letter.invited": "Altro articolo proposto",
    "letter.reissued": "Merce inviata di nuovo",
    "letter.customs_held": "Fermo in dogana",
    "letter.customs_still_held": "Ancora fermo in dogana",
    "letter.customs_held_long": "Fermo in dogana da molto",
    "letter.customs_cleared": "Dogana superata",
    "letter.evidence_asked": "Richiesta di foto",
    "letter.evidence_reminded": "Foto, promemoria",
    "letter.evidence_last_call": "Foto, ultima richiesta",
    "letter.no_evidence": "Concluso senza foto",
    "letter.claim_sent": "Reclamo in verifica",
    "letter.claim_refused": "Reclamo respinto",
    "letter.cancelled": "Ordine annullato",
    "letter.not_intercepted": "Pacco non fermato",
    "letter.cannot_stop": "Pacco all’estero: né fermo né rimborso",
    "letter.address_asked": "Indirizzo da confermare",
    "letter.address_reminded": "Indirizzo, promemoria",
}
