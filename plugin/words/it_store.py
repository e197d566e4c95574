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
}
