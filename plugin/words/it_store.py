"""Italiano: ciò che un ordine dice dei suoi casi nel negozio stesso."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "flag.stands": "{number} {situation}: {where}",
    "flag.ended": "chiuso, {outcome}",
    "flag.asked": "{number}: aspetta te per: {what}",
    "flag.waits": "{number}: {waiting}",
    "flag.field.status": "Postvendita",
    "flag.field.next_step": "Postvendita: prossimo passo",
    "flag.field.deadline": "Postvendita: prossima scadenza",
    "flag.field.case": "Caso postvendita",
    "flag.about.status": "A che punto sono i casi di Postvendita di questo ordine.",
    "flag.about.next_step": "Che cosa si aspetta, e che cosa succede poi.",
    "flag.about.deadline": "Quando scade il prossimo termine di questo ordine.",
    "flag.about.case": "Apre il caso in Postvendita.",
    "kind.flag_order": "scrivere sull’ordine a che punto è",
    "action.flag_order": "Scrivi sull’ordine nel negozio a che punto sono i suoi casi",
    "cause.flags": "L’ordine nel negozio non dice ancora ciò che c’è da dire adesso.",
    "event.return_requested": "Il cliente ha chiesto un reso al negozio.",
    "kind.mirror_return": "aprire un reso nel negozio",
    "kind.close_return": "chiudere il reso nel negozio",
    "kind.read_return": "leggere il reso chiesto dal cliente",
    "action.mirror_return": "Apri un reso nel negozio per la merce del reclamo",
    "action.close_return": "Chiudi il reso nel negozio",
    "action.read_return": "Leggi il reso che il cliente ha chiesto al negozio",
    "button.mirror_return": "Apri il reso",
    "by_hand.mirror_return": "Ho aperto il reso",
    "by_hand.close_return": "Ho chiuso il reso",
    "cause.return_asked": "Il cliente ha chiesto un reso al negozio.",
    "why.return_there": "Il negozio ha già un reso per questa merce.",
    "why.return_over": "Il reso non è più aperto.",
    "why.return_unknown": (
        "Nessuna regola della guida lo riguarda: il reso lo decidi tu nel negozio."
    ),
    "why.nothing_to_return": "Il negozio non ha nulla di tutto ciò che possa tornare.",
    "why.no_scope": "Il negozio non lascia vedere i resi all’app.",
    "button.close_return": "Chiudi il reso",
    "button.read_return": "Leggi il reso",
    "by_hand.read_return": "Ho letto il reso",
    "button.flag_order": "Scrivi sull’ordine",
    "by_hand.flag_order": "Ho scritto sull’ordine",
}
