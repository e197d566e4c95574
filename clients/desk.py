"""The desk: where there is no API, a person writes. Here is what he could write.

Tmall has no way to urge a seller or to start a verification as a buyer, and most suppliers none
at all. These drafts are for a person to read, change and send. Nothing here sends, and no draft
says that anything was sent or done.
"""

from __future__ import annotations

from collections.abc import Sequence
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


def urge(
    *,
    supplier: str = "",
    reference: str = "",
    ordered_at: datetime | None = None,
    ship_by: datetime | None = None,
    amount: Money | None = None,
    goods: Goods = (),
    to: Addressee = "supplier",
) -> Draft:
    """Please ship what is overdue."""
    return _draft(
        to,
        ("Please ship our order", "催促发货"),
        _facts(reference, ordered_at, ship_by, amount, goods),
        supplier,
        zh="此订单至今未见发货。烦请尽快安排发货，并告知预计发货日期和快递单号。如已缺货，也请直接告知。",
        en=(
            "We see no shipment for this order yet. Could you please ship it soon and tell us the "
            "expected date and the tracking number? If it is out of stock, please tell us so."
        ),
    )


def question(
    *,
    question_zh: str,
    question_en: str,
    supplier: str = "",
    reference: str = "",
    ordered_at: datetime | None = None,
    ship_by: datetime | None = None,
    amount: Money | None = None,
    goods: Goods = (),
    to: Addressee = "desk",
) -> Draft:
    """A question about an order, in the words given."""
    return _draft(
        to,
        ("A question about our order", "订单咨询"),
        _facts(reference, ordered_at, ship_by, amount, goods),
        supplier,
        zh=question_zh,
        en=question_en,
    )


def recover(
    *,
    supplier: str = "",
    reference: str = "",
    ordered_at: datetime | None = None,
    ship_by: datetime | None = None,
    amount: Money | None = None,
    goods: Goods = (),
    to: Addressee = "supplier",
) -> Draft:
    """Please pay back a purchase that was not shipped."""
    return _draft(
        to,
        ("Please refund our order", "申请退款"),
        _facts(reference, ordered_at, ship_by, amount, goods),
        supplier,
        zh="此订单未按时发货，我们申请退款，请勿再发货。烦请确认是否同意以及预计到账日期。",
        en=(
            "This order was not shipped in time. We ask for a refund; please do not ship it any "
            "more. Could you please confirm whether you agree, and when the money will arrive?"
        ),
    )


def chase(
    *,
    supplier: str = "",
    reference: str = "",
    ordered_at: datetime | None = None,
    ship_by: datetime | None = None,
    amount: Money | None = None,
    goods: Goods = (),
    to: Addressee = "supplier",
) -> Draft:
    """Please tell what has become of a refund that was asked for."""
    return _draft(
        to,
        ("Our refund is still open", "退款跟进"),
        _facts(reference, ordered_at, ship_by, amount, goods),
        supplier,
        zh="此订单的退款我们尚未收到。烦请告知目前的处理进度和预计到账日期。",
        en=(
            "We have not received the refund for this order yet. Could you please tell us where "
            "it stands, and when the money will arrive?"
        ),
    )


def _draft(
    to: Addressee,
    titles: tuple[str, str],
    facts: list[tuple[str, str, str, str]],
    supplier: str,
    *,
    zh: str,
    en: str,
) -> Draft:
    title_en, title_zh = titles
    reference = next((fact[3] for fact in facts if fact[2] == "Order"), "")
    lines_zh = [f"{supplier}，您好！" if supplier else "您好！", "", zh, ""]
    lines_zh += [f"{label}：{value}" for label, value, _, _ in facts]
    lines_en = [f"Hello {supplier}," if supplier else "Hello,", "", en, ""]
    lines_en += [f"{label}: {value}" for _, _, label, value in facts]
    subject = f"{title_zh} / {title_en}"
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
