"""The desk: where there is no API, a person writes. Here is what he could write.

Tmall has no way to urge a seller or to start a verification as a buyer, and most suppliers none
at all. These drafts are for a person to read, change and send. Nothing here sends, and no draft
says that anything was sent or done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Literal

from babel.dates import format_date

from clients.money import Money

CHINA = timezone(timedelta(hours=8))
"""Whoever reads a draft counts his days in China."""

Addressee = Literal["supplier", "desk"]
Goods = Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Draft:
    """A letter for a person to send: to the supplier, or to the agent's desk (DSers)."""

    to: Addressee
    subject: str
    text_zh: str
    text_en: str


@dataclass(frozen=True)
class Wording:
    """What one kind of draft says, and to whom it goes unless somebody says otherwise."""

    title_en: str
    title_zh: str
    en: str
    zh: str
    to: Addressee = "supplier"


WORDINGS: Mapping[str, Wording] = {
    "urge": Wording(
        "Please ship our order",
        "催促发货",
        en="We see no shipment for this order yet. Could you please ship it soon and tell us the "
        "expected date and the tracking number? If it is out of stock, please tell us so.",
        zh="此订单至今未见发货。烦请尽快安排发货，并告知预计发货日期和快递单号。"
        "如已缺货，也请直接告知。",
    ),
    "recover": Wording(
        "Please refund our order",
        "申请退款",
        en="This order was not shipped in time. We ask for a refund; please do not ship it any "
        "more. Could you please confirm whether you agree, and when the money will arrive?",
        zh="此订单未按时发货，我们申请退款，请勿再发货。烦请确认是否同意以及预计到账日期。",
    ),
    "recover_stopped": Wording(
        "Please refund our order",
        "申请退款",
        en="The customer does not want this order any more. If it has not reached him, we ask for "
        "a refund. Could you please confirm whether you agree, and when the money will arrive?",
        zh="客户已不需要此订单。如包裹未送达客户，我们申请退款。烦请确认是否同意以及预计到账日期。",
    ),
    "recover_lost": Wording(
        "Please refund our order",
        "申请退款",
        en="Customs did not let this parcel through to the customer. We ask for a refund. Could "
        "you please confirm whether you agree, and when the money will arrive?",
        zh="此包裹未能通过海关送达客户，我们申请退款。烦请确认是否同意以及预计到账日期。",
    ),
    "recover_claim": Wording(
        "Please settle our verified claim",
        "核实后的处理",
        en="The problem with this order was verified. Please either refund it or send the goods "
        "again. Could you please tell us which, and by which day?",
        zh="此订单的问题已经核实。烦请退款或补发商品，并告知选择哪一种以及完成日期。",
    ),
    "chase": Wording(
        "Our refund is still open",
        "退款跟进",
        en="We have not received the refund for this order yet. Could you please tell us where it "
        "stands, and when the money will arrive?",
        zh="此订单的退款我们尚未收到。烦请告知目前的处理进度和预计到账日期。",
    ),
    "verify": Wording(
        "Please have this claim verified",
        "申请售后核实",
        en="The customer received goods that are not as they should be. The claim with the order's "
        "facts and the numbered evidence is attached. Could you please ask Tmall to verify it, "
        "and tell us the result?",
        zh="客户收到的商品存在问题。随附订单信息和已编号的凭证。烦请联系天猫核实，并告知核实结果。",
        to="desk",
    ),
    "chase_verify": Wording(
        "Our claim is still being verified",
        "核实进度跟进",
        en="More than 30 business days have passed since this claim was handed in. Could you "
        "please tell us the result, or by which day we will have it?",
        zh="此售后申请提交已超过30个工作日。烦请告知核实结果，或预计何时有结果。",
        to="desk",
    ),
    "intercept": Wording(
        "Please stop this parcel",
        "申请拦截包裹",
        en="This parcel must not go to the customer any more. Could you please stop it while it "
        "is still inside China, or cancel the order if it has not left, and tell us whether "
        "that worked?",
        zh="此包裹不再需要寄给客户。如仍在国内，烦请拦截；如尚未发出，烦请取消订单，"
        "并告知是否成功。",
        to="desk",
    ),
    "chase_intercept": Wording(
        "Was this parcel stopped?",
        "拦截结果跟进",
        en="We asked for this parcel to be stopped. Could you please tell us whether that worked? "
        "The customer is waiting for the answer.",
        zh="我们曾申请拦截此包裹。烦请告知是否拦截成功，客户正在等待答复。",
        to="desk",
    ),
}


def draft(
    what: str,
    *,
    supplier: str = "",
    reference: str = "",
    ordered_at: datetime | None = None,
    ship_by: datetime | None = None,
    amount: Money | None = None,
    goods: Goods = (),
    to: Addressee | None = None,
) -> Draft:
    """A draft of one kind of `WORDINGS`, with the facts that are known. KeyError for no such."""
    wording = WORDINGS[what]
    facts = _facts(reference, ordered_at, ship_by, amount, goods)
    return _draft(to or wording.to, wording, facts, supplier)


def question(
    question_zh: str,
    question_en: str,
    *,
    supplier: str = "",
    reference: str = "",
    ordered_at: datetime | None = None,
    ship_by: datetime | None = None,
    amount: Money | None = None,
    goods: Goods = (),
    to: Addressee = "desk",
) -> Draft:
    """A question about an order, in the words given."""
    wording = Wording("A question about our order", "订单咨询", en=question_en, zh=question_zh)
    facts = _facts(reference, ordered_at, ship_by, amount, goods)
    return _draft(to, wording, facts, supplier)


def _draft(
    to: Addressee, wording: Wording, facts: list[tuple[str, str, str, str]], supplier: str
) -> Draft:
    reference = next((fact[3] for fact in facts if fact[2] == "Order"), "")
    lines_zh = [f"{supplier}，您好！" if supplier else "您好！", "", wording.zh, ""]
    lines_zh += [f"{label}：{value}" for label, value, _, _ in facts]
    lines_en = [f"Hello {supplier}," if supplier else "Hello,", "", wording.en, ""]
    lines_en += [f"{label}: {value}" for _, _, label, value in facts]
    subject = f"{wording.title_zh} / {wording.title_en}"
    return Draft(
        to=to,
        subject=f"{subject} {reference}" if reference else subject,
        text_zh="\n".join([*lines_zh, "", "谢谢！", ""]),
        text_en="\n".join([*lines_en, "", "Thank you and kind regards", ""]),
    )


def _facts(
    reference: str,
    ordered_at: datetime | None,
    ship_by: datetime | None,
    amount: Money | None,
    goods: Goods,
) -> list[tuple[str, str, str, str]]:
    """(Chinese label, value, English label, value) of what is known; the rest is left out."""
    found = []
    if reference:
        found.append(("订单号", reference, "Order", reference))
    if ordered_at is not None:
        found.append(("下单日期", _date(ordered_at, "zh"), "Ordered on", _date(ordered_at, "en")))
    if ship_by is not None:
        found.append(("约定发货日期", _date(ship_by, "zh"), "To ship by", _date(ship_by, "en")))
    if amount is not None:
        found.append(("金额", _money(amount), "Amount", _money(amount)))
    for title, units in goods:
        found.append(("商品", f"{title} × {units}", "Goods", f"{title} × {units}"))
    return found


def _date(moment: datetime, language: str) -> str:
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return format_date(moment.astimezone(CHINA).date(), "long", locale=language)


def _money(amount: Money) -> str:
    """The code before the number: the same in both languages, and never a guess at a symbol."""
    return f"{amount.currency} {amount.decimal()}"
