"""Italiano: avvisi al commerciante."""

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
    "merchant.recovery_shuts.subject": "Il termine per riavere il denaro per {purchase} sta per "
    "scadere",
    "merchant.recovery_shuts.next": "Chiedilo tu adesso, o fai salire di livello il reclamo: "
    "dopo, il fornitore potrebbe non accettarlo più. Poi registra nel caso com’è finita.",
    "merchant.customs_held.subject": "Il pacco per {purchase} è fermo in dogana",
    "merchant.customs_held.next": "Chiedi al corriere che cosa vuole la dogana: documenti o dazi. "
    "Un messaggio al cliente parte insieme a questo avviso, o è pronto da inviare. Ricevi "
    "promemoria finché non ha superato la dogana.",
    "merchant.customs_still_held.subject": "Il pacco per {purchase} è ancora fermo in dogana",
    "merchant.customs_still_held.next": "Se sono stati chiesti documenti o dazi, fai in modo che "
    "arrivino. Il corriere potrebbe rispondere solo al cliente.",
    "merchant.customs_held_long.subject": "Il pacco per {purchase} è fermo in dogana da molto",
    "merchant.customs_held_long.next": "Questo è l’ultimo promemoria. Se la dogana rimanda "
    "indietro o distrugge il pacco, registralo nel caso: allora decidi tu che cosa riceve il "
    "cliente.",
    "merchant.customs_cleared.subject": "Il pacco per {purchase} ha superato la dogana",
    "merchant.customs_cleared.next": "È di nuovo in viaggio. Non devi fare nulla.",
    "merchant.customs_returned.subject": "Il pacco per {purchase} non ha superato la dogana",
    "merchant.customs_returned.next": "Decidi nel caso se il cliente riceve il denaro, di nuovo "
    "la merce, o nessuno dei due.",
    "merchant.problem_reported.subject": "È segnalato un problema con la merce: {purchase}",
    "merchant.problem_reported.next": "Se mancano, si chiedono foto. Quando ci sono, il reclamo "
    "viene preparato per la verifica. Il caso mostra le parole del cliente e il prossimo passo.",
    "merchant.no_evidence.subject": "Nessuna prova per il reclamo: {purchase}",
    "merchant.no_evidence.next": "Al cliente sono state chieste foto. Decidi nel caso se "
    "rimborsare a tue spese o lasciare così.",
    "merchant.verification_overdue.subject": "L’esito del reclamo per {purchase} è in ritardo",
    "merchant.verification_overdue.next": "L’esito viene chiesto di nuovo, per quanto le tue "
    "regole lo permettono all’app. Registralo nel caso quando arriva.",
    "merchant.remedy_overdue.subject": "Quanto segue al reclamo per {purchase} è in ritardo",
    "merchant.remedy_overdue.next": "Il caso mostra che cosa è ancora aperto: la tua decisione, "
    "ciò che riceve il cliente, o il denaro che deve tornare a te.",
    "merchant.route_wanted.subject": "Dove si trova il pacco per {purchase}",
    "merchant.route_wanted.next": "Registra nel caso se è ancora in Cina. In Cina si può fermare; "
    "se nessuno lo dice, vale come all’estero e al cliente si dice che non può essere fermato né "
    "rimborsato.",
    "merchant.interception_quiet.subject": "Nessuno risponde sul fermo del pacco per {purchase}",
    "merchant.interception_quiet.next": "Chiedi tu, poi registra nel caso se il pacco è stato "
    "fermato. Fino ad allora non esce denaro.",
    "merchant.address_doubtful.subject": "Indirizzo dubbio per {the_order}",
    "merchant.address_doubtful.next": "L’ordine viene trattenuto e si chiede al cliente, per "
    "quanto le tue regole lo permettono all’app. Non comprare nulla finché l’indirizzo non è "
    "chiarito: all’estero non si può più correggere.",
    "merchant.address_quiet.subject": "Nessuno ha confermato l’indirizzo: {the_order}",
    "merchant.address_quiet.next": "Al cliente è stato chiesto e ricordato. Conferma o correggi "
    "l’indirizzo nel caso, o chiedi al cliente in altro modo; fino ad allora tutto resta fermo.",
    "merchant.mail_bounced.subject": "Lettera non arrivata per {the_order}",
    "merchant.mail_bounced.next": "A questo indirizzo non si invia altro. Raggiungi il cliente in "
    "altro modo e correggi l’indirizzo e-mail nel negozio se è errato.",
    "merchant.refund_failed.subject": "Rimborso non arrivato al cliente per {the_order}",
    "merchant.refund_failed.next": "Il negozio ha il rimborso, ma il pagamento non è riuscito. "
    "Rimborsa il cliente in altro modo o riprova nel negozio: da qui non si paga due volte.",
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
    "merchant.digest.subject": "{cases} in attesa di te",
    "merchant.digest.cases": "In attesa della tua decisione: {cases}.",
    "merchant.digest.risk": "A rischio se non si fa nulla: {amount}.",
    "merchant.digest.soon": "Entro una settimana: {deadlines}.",
    "count.cases.one": "1 caso",
    "count.cases.many": "{n} casi",
    "count.deadlines.one": "1 scadenza",
    "count.deadlines.many": "{n} scadenze",
    "count.steps.one": "1 passo in scadenza",
    "count.steps.many": "{n} passi in scadenza",
    # To the customer; the letters themselves are in `letter_texts/`.
    "customer.order": "Suo ordine {order}",
    "customer.order.none": "Suo ordine",
    "customer.line": "- {title} × {count}",
    "customer.more": "- e altro",
}
