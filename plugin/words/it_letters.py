"""Italiano: avvisi al commerciante e lettere al cliente."""

from __future__ import annotations

WORDS: dict[str, str] = {
    # To the merchant.
    "merchant.subject": "Ordine {order}: {about}",
    "merchant.rest": "{seen}\n\n{next}\n\n{rule}",
    "merchant.link": "Apri: {link}",
    "merchant.late.subject": "{purchase} è in ritardo",
    "merchant.late.next": "Il fornitore viene sollecitato a spedire, per quanto le tue regole lo "
    "permettono all’app. Non devi fare nulla, a meno che il caso non te lo chieda.",
    "merchant.late_abroad.subject": "{purchase} è in ritardo",
    "merchant.late_abroad.next": "Nulla viene sollecitato o rimborsato da solo. Puoi chiedere tu "
    "al fornitore, o registrare dove si trova il pacco.",
    "merchant.still_late_abroad.subject": "{purchase} è ancora in ritardo",
    "merchant.still_late_abroad.next": "Questo è l’ultimo avviso e da solo non accade altro: "
    "decidi tu se aspettare o rimborsare.",
    "merchant.no_stock_route.subject": "{purchase} passa alla procedura per merce non disponibile",
    "merchant.no_stock_route.next": "La procedura prevede denaro o altra merce per il cliente e la "
    "richiesta di restituzione del costo dell’acquisto, per quanto le tue regole lo permettono "
    "all’app. Il caso mostra ogni passo e che cosa attende la tua decisione.",
    "merchant.shipped_after_refund.subject": "{purchase} è stato spedito dopo il rimborso",
    "merchant.shipped_after_refund.next": "Il cliente potrebbe ora ricevere la merce oltre al "
    "denaro. Puoi provare a far fermare il pacco, o lasciare così.",
    "merchant.recovery_stalled.subject": "Nessuno risponde sul denaro di {purchase}",
    "merchant.recovery_stalled.next": (
        "È stato chiesto e sollecitato. Scrivi o chiama tu, poi registra nel caso com’è finita."
    ),
    "merchant.shipped_after_recovery.subject": "{purchase} è stato spedito dopo la richiesta del "
    "denaro",
    "merchant.shipped_after_recovery.next": "Puoi ritirare la richiesta del denaro, oppure "
    "mantenerla e accordarti con il fornitore sul pacco.",
    "merchant.missed_clocks.subject": "Mentre l’app non era in funzione: {steps}",
    "merchant.missed_clocks.rest": "Dal {from} al {until} l’app non era in funzione; nel "
    "frattempo: {steps}. Ogni passo è stato ripreso una volta sola, ora, e segnato in ritardo. I "
    "casi mostrano che cosa attende la tua decisione.",
    "merchant.missed_clocks.undated": "Per un certo tempo l’app non era in funzione; nel "
    "frattempo: {steps}. Ogni passo è stato ripreso una volta sola, ora, e segnato in ritardo. I "
    "casi mostrano che cosa attende la tua decisione.",
    "merchant.other.subject": "novità",
    "merchant.other.next": "Il caso mostra che cosa si può fare.",
    "merchant.missed_clocks.needs_you": "In attesa della tua decisione: {count}.",
    "count.steps.one": "1 passo in scadenza",
    "count.steps.many": "{n} passi in scadenza",
    # To the customer.
    "customer.hello": "Buongiorno {name},",
    "customer.hello.nobody": "Buongiorno,",
    "customer.order": "Suo ordine {order}",
    "customer.order.none": "Suo ordine",
    "customer.line": "- {title} × {count}",
    "customer.refunded.subject": "Rimborso per il {order}",
    "customer.refunded.subject.amount": "Rimborso di {amount} per il {order}",
    "customer.refunded.about": "ci dispiace: non possiamo inviarLe questi articoli del {order}:",
    "customer.refunded.about.order": "ci dispiace: non possiamo inviarLe alcuni articoli del "
    "{order}.",
    "customer.refunded.money": "Abbiamo rimborsato {amount} sul mezzo di pagamento che ha usato. "
    "A seconda della banca possono passare alcuni giorni prima che lo veda.",
    "customer.refunded.money.unknown": "Abbiamo rimborsato quanto ha pagato per questi articoli "
    "sul mezzo di pagamento che ha usato. A seconda della banca possono passare alcuni giorni "
    "prima che lo veda.",
    "customer.refunded.end": "Non deve fare nulla.",
    "customer.invited.subject": "Per il {order}: un altro articolo",
    "customer.invited.about": "ci dispiace: non riusciamo ad avere questi articoli del {order}:",
    "customer.invited.about.order": "ci dispiace: non riusciamo ad avere alcuni articoli del "
    "{order}.",
    "customer.invited.offer": "In alternativa potrebbe avere:",
    "customer.invited.offer.unnamed": "In alternativa potrebbe avere un articolo simile.",
    "customer.invited.price": "Prezzo: {price}",
    "customer.invited.end": "Se Le interessa, risponda a questa e-mail. Senza la Sua conferma non "
    "ordiniamo e non addebitiamo nulla.",
    "customer.goodbye": "Cordiali saluti\n{store}",
    "customer.goodbye.nobody": "Cordiali saluti",
}
