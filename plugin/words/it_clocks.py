"""Italiano: le scadenze."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "waiting.news_settles": "In attesa: il {when} le sue notizie dovrebbero essere complete.",
    "waiting.urge_supplier": "In attesa: il {when} si sollecita il fornitore se non ha spedito.",
    "waiting.treat_as_no_stock": "In attesa: il {when} inizia la procedura per merce non "
    "disponibile se non è stato spedito.",
    "waiting.supplier_silent": "In attesa: il {when} inizia la procedura per merce non disponibile "
    "se il fornitore non ha risposto.",
    "waiting.resource_within": "In attesa: il {when} segue il rimborso se non è stato scelto un "
    "altro fornitore.",
    "waiting.chase_recovery": "In attesa: il {when} si chiede di nuovo il denaro se non è "
    "arrivato.",
    "waiting.told": "In attesa: il {when} ricevi un avviso se non è stato spedito.",
    "waiting.other": "In attesa fino al {when}.",
    "waiting.recovery_shuts": "In attesa: il {when} ricevi un avviso che il termine del fornitore "
    "sta per scadere, se il denaro non è arrivato.",
    "waiting.customs_allowed": "In attesa: il {when} la sosta in dogana vale come fermo, se dura "
    "ancora.",
    "waiting.customs_second": "In attesa: il {when} parte un secondo promemoria se il pacco non "
    "ha superato la dogana.",
    "waiting.customs_third": "In attesa: il {when} parte il terzo e ultimo promemoria se il pacco "
    "non ha superato la dogana.",
    "waiting.evidence_second": "In attesa: il {when} si ricorda al cliente la foto, se non è "
    "arrivata.",
    "waiting.evidence_third": "In attesa: il {when} si ricorda al cliente la foto per l’ultima "
    "volta, se non è arrivata.",
    "waiting.evidence_closes": "In attesa: il {when} decidi tu, se non è arrivata nessuna foto.",
    "waiting.evidence_settles": "In attesa: il {when} il reclamo è pronto da presentare; fino ad "
    "allora possono arrivare altre foto.",
    "waiting.claim_by": "In attesa: fino al {when} il reclamo si può presentare, per quanto è "
    "noto.",
    "waiting.verification_earliest": "In attesa: il reclamo è in verifica; prima del {when} non "
    "si chiede l’esito.",
    "waiting.verification_overdue": "In attesa: il {when} si chiede l’esito del reclamo, se non è "
    "arrivato.",
    "waiting.chase_verification": "In attesa: il {when} si chiede di nuovo l’esito del reclamo, "
    "se non è arrivato.",
    "waiting.remedy_within": "In attesa: il {when} ricevi un avviso se quanto segue al reclamo "
    "non è concluso.",
    "waiting.intercept_within": "In attesa: il {when} si chiede se il pacco è stato fermato, se "
    "nessuno l’ha detto.",
    "waiting.route_within": "In attesa: il {when} il pacco vale come all’estero, se nessuno ha "
    "detto dove si trova.",
    "waiting.address_reminded": "In attesa: il {when} si ricorda al cliente l’indirizzo, se non è "
    "confermato.",
    "waiting.address_decides": "In attesa: il {when} l’indirizzo spetta a te, se nessuno l’ha "
    "confermato.",
    "waiting.provisional": "La data è una stima: le festività cinesi di quel periodo non sono "
    "ancora annunciate.",
    "says.news_settles": (
        "La guida tace: un ordine di cui si viene a sapere quando è già in ritardo ha "
        "{count} perché arrivi il resto delle notizie."
    ),
    "says.urge_supplier": "{count} di ritardo: sollecitare il fornitore, subito e una volta sola; "
    "avvisare il commerciante.",
    "says.treat_as_no_stock": "{count} di ritardo: procedura per merce non disponibile, altro "
    "fornitore compreso.",
    "says.supplier_silent": "La guida non dice quanto: nessuna risposta entro {count} da un "
    "sollecito o da una domanda.",
    "says.resource_within": "La guida non lo dice: dove viene prima la merce, un’alternativa va "
    "scelta entro {count}.",
    "says.chase_recovery": "La guida non lo dice: il denaro richiesto si chiede di nuovo ogni "
    "{count}, fino a 4 volte.",
    "says.recovery_shuts": "La guida non lo dice: denaro ancora aperto {count} dopo l'acquisto, "
    "il commerciante viene avvisato: si presume che il termine del fornitore scada 3 giorni dopo.",
    "says.customs_allowed": "La guida non lo dice: una sosta in dogana letta dal tracciamento è "
    "un fermo dopo {count}.",
    "says.customs_second": "La guida non lo dice: ancora fermo in dogana dopo {count}, un secondo "
    "promemoria.",
    "says.customs_third": "La guida non lo dice: ancora fermo in dogana dopo {count}, un terzo e "
    "ultimo promemoria.",
    "says.evidence_second": "La guida non lo dice: nessuna foto dopo {count}, si ricorda al "
    "cliente.",
    "says.evidence_third": "La guida non lo dice: nessuna foto dopo {count}, si ricorda al "
    "cliente per l’ultima volta.",
    "says.evidence_closes": "La guida non lo dice: nulla dopo {count}, decide il commerciante.",
    "says.evidence_settles": "La guida non lo dice: il reclamo si presenta {count} dopo l’ultima "
    "foto, perché le altre possano ancora arrivare.",
    "says.claim_by": "La guida non lo dice: per merce arrivata male si presume un reclamo entro "
    "{count} dalla consegna.",
    "says.verification_earliest": "La verifica richiede da {n} a 30 giorni lavorativi: nessun "
    "sollecito prima di {n}.",
    "says.verification_overdue": "La verifica richiede da 10 a {n} giorni lavorativi: in ritardo "
    "dopo {n}.",
    "says.chase_verification": "La guida non lo dice: un esito in ritardo si chiede di nuovo ogni "
    "{count}, fino a 4 volte.",
    "says.remedy_within": "Nuovo invio o rimborso, da concludere entro altri {n} giorni "
    "lavorativi, contati dalla verifica.",
    "says.intercept_within": "La guida non lo dice: l’esito del fermo di un pacco si chiede dopo "
    "{count}, fino a 3 volte.",
    "says.route_within": "La guida non lo dice: se entro {count} nessuno dice dove si trova un "
    "pacco, vale come all’estero.",
    "says.address_reminded": "La guida non lo dice: indirizzo dubbio non confermato dopo {count}, "
    "si ricorda al cliente.",
    "says.address_decides": "La guida non lo dice: indirizzo dubbio non confermato dopo {count}, "
    "decide il commerciante.",
    # The clocks' names, within a sentence.
    "clock.news_settles": "notizie complete",
    "clock.urge_supplier": "sollecito al fornitore",
    "clock.treat_as_no_stock": "procedura per merce non disponibile",
    "clock.supplier_silent": "risposta del fornitore",
    "clock.resource_within": "scelta di un altro fornitore",
    "clock.chase_recovery": "nuova richiesta del denaro",
    "clock.recovery_shuts": "termine del fornitore in scadenza",
    "clock.customs_allowed": "sosta in dogana vale come fermo",
    "clock.customs_second": "secondo promemoria dogana",
    "clock.customs_third": "terzo promemoria dogana",
    "clock.evidence_second": "primo promemoria per le foto",
    "clock.evidence_third": "ultimo promemoria per le foto",
    "clock.evidence_closes": "decisione senza foto",
    "clock.evidence_settles": "reclamo presentato",
    "clock.claim_by": "ultimo giorno per il reclamo",
    "clock.verification_earliest": "primo giorno per chiedere l’esito",
    "clock.verification_overdue": "esito del reclamo in ritardo",
    "clock.chase_verification": "nuova richiesta dell’esito",
    "clock.remedy_within": "rimborso o nuovo invio concluso",
    "clock.intercept_within": "risposta sul pacco",
    "clock.route_within": "notizia su dove si trova il pacco",
    "clock.address_reminded": "promemoria per l’indirizzo",
    "clock.address_decides": "indirizzo da chiarire da parte tua",
}
