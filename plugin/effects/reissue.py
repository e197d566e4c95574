"""Sending goods once more, at no charge: a draft order with nothing to pay, placed once.

The draft carries our mark: after a lost answer it is looked for before another is made, and a
draft that is placed already is only read.
"""

from __future__ import annotations

from clients.errors import OutcomeUnknown
from clients.shopify import records as store
from clients.shopify.addresses import PostalAddress
from clients.shopify.drafts import COMPLETED, Draft, DraftWanted
from plugin import timeline as t
from plugin.actions import ReissueGoods
from plugin.customer import Customer
from plugin.effects.errand import Errand
from plugin.effects.supplier import too_early
from plugin.facts import events_from
from plugin.ports import Storefront
from plugin.store import timelines


def choose_remedy(errand: Errand) -> None:
    """The choice is in the timeline; what follows from it is planned there."""
    errand.done()


def reissue_goods(errand: Errand) -> None:
    """Carry out one `reissue_goods` row."""
    action = t.structured(errand.row.body, ReissueGoods)
    storefront = errand.connections.storefront(errand.row.shop)
    read = storefront.order(errand.row.order_id)
    if read is None:
        errand.hand_over_unseen(certain=errand.row.state != "unknown")
        return
    errand.tell(events_from(read), by="store", cause="read")
    found = storefront.find_draft(errand.row.mark)
    if found is None and too_early(errand):
        return
    unwanted = _why_not(errand, action)
    if unwanted and (found is None or found.status != COMPLETED):
        errand.refused(unwanted)
    elif found is None:
        _make(errand, storefront, action, read)
    else:
        _place(errand, storefront, found)


def _why_not(errand: Errand, action: ReissueGoods) -> str:
    """Money went out, or is about to, for the same units: then goods need a person's reason."""
    order = errand.order()
    both = {unit for line, unit in order.both_allowed if line == action.line_id}
    spoken_for = {*order.spoken_for(action.line_id), *order.gone_elsewhere(action.line_id)}
    spoken_for |= {
        unit
        for p in order.planned.values()
        if isinstance(p.action, ReissueGoods)
        and p.action.line_id == action.line_id
        and p.key != errand.row.key
        and p.counts
        and p.state != "waiting"
        for unit in p.action.units
    }
    if action.line_id not in order.lines:
        return "line_not_found"
    return "repaid_elsewhere" if (set(action.units) & spoken_for) - both else ""


def _make(errand: Errand, storefront: Storefront, action: ReissueGoods, read: store.Order) -> None:
    with errand.db.read() as tx:
        customer = timelines.customer_of(tx, errand.row.shop, errand.row.order_id)
    line = next((one for one in read.lines if one.id == action.line_id), None)
    address = read.shipping_address or _kept(customer)
    if line is None or address is None:
        errand.hand_over("no_address")
        return
    order = errand.order()
    record = order.cases.get(errand.row.case_id)
    number = record.opened.number if record else ""
    wanted = DraftWanted(
        email=customer.email if customer else "",
        customer_id=customer.customer_id if customer else None,
        lines=((line.variant_id, line.title, len(action.units)),),
        address=address,
        currency=read.shop_currency,
        note=f"Sent again for {read.name}, Postvendita case {number}",
        tags=("postvendita",),
        mark=errand.row.mark,
    )
    if not errand.sending():
        return
    try:
        made = storefront.create_draft(wanted)
    except OutcomeUnknown as error:
        errand.lost(error.what)
    else:
        _place(errand, storefront, made)


def _place(errand: Errand, storefront: Storefront, draft: Draft) -> None:
    if draft.status == COMPLETED:
        errand.done(remote_id=str(draft.order_id or draft.id), by="store")
        return
    if not errand.sending():
        return
    try:
        order_id = storefront.complete_draft(draft.id)
    except OutcomeUnknown as error:
        errand.lost(error.what)
    else:
        errand.done(remote_id=str(order_id), by="store")


def _kept(customer: Customer | None) -> PostalAddress | None:
    """The address we were told of, where the store does not show it any more."""
    if customer is None or not customer.address:
        return None
    first, _, last = customer.name.partition(" ")
    known = dict(customer.address)
    return PostalAddress(
        first_name=first,
        last_name=last or first,
        address1=known.get("address1", ""),
        address2=known.get("address2", ""),
        city=known.get("city", ""),
        province_code=known.get("province_code", ""),
        country_code=customer.country,
        zip=known.get("zip", ""),
        phone=customer.phone,
    )
