"""The claim pack: a letter in Chinese and English, the facts, and the numbered evidence.

It is what a person at the desk reads and passes on, so it says only what is known and where each
piece of proof can be checked by its SHA-256.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date, format_datetime

from clients import desk
from clients.money import Money
from plugin.business_days import CHINA
from plugin.case import Case
from plugin.evidence.keep import Keep
from plugin.store.reports import Evidence, Words
from plugin.terms import Situation

SAYS: Mapping[Situation, tuple[str, str]] = {
    Situation.WRONG_ITEMS: (
        "收到的商品与订单不符或有缺失",
        "What arrived is not what was ordered, or not all of it",
    ),
    Situation.DAMAGED: ("收到的商品已损坏", "What arrived is damaged"),
}
LABELS = {
    "order": ("店铺订单", "Store order"),
    "case": ("售后编号", "Case"),
    "supplier": ("卖家", "Seller"),
    "reference": ("采购订单号", "Purchase"),
    "ordered_at": ("采购日期", "Bought on"),
    "paid": ("采购金额", "Paid"),
    "shipped_at": ("发货日期", "Shipped on"),
    "tracking": ("物流单号", "Tracking"),
    "delivered_at": ("签收日期", "Delivered on"),
    "reported_at": ("客户反馈日期", "Reported on"),
    "wish": ("期望处理方式", "Asked for"),
}
WISHES = {"refund": ("退款", "Refund"), "reissue": ("补发", "Send again")}
ROOT = "claim"


@dataclass(frozen=True)
class Fact:
    """One line of facts, in both languages."""

    label_zh: str
    label_en: str
    value: str


@dataclass(frozen=True)
class Piece:
    """One numbered piece of proof."""

    number: int
    evidence_id: str
    media: str
    shot: str
    received_at: str
    """In China, to the minute."""
    checked: bool
    file: str
    """Its name in the zip."""


@dataclass(frozen=True)
class Pack:
    """Everything the desk needs."""

    subject: str
    letter_zh: str
    letter_en: str
    problem_zh: str
    problem_en: str
    facts: tuple[Fact, ...]
    goods: tuple[tuple[str, str, int], ...]
    """(title, SKU, how many)"""
    words: tuple[str, ...]
    """The customer's own."""
    pieces: tuple[Piece, ...]
    hashes: str
    """`sha256sum`'s own format, for whoever wants to check."""


def prepare(case: Case, evidence: Sequence[Evidence], words: Sequence[Words]) -> Pack:
    """The pack as the facts stand now."""
    purchase = case.purchase
    draft = desk.draft(
        "verify",
        supplier=purchase.supplier,
        reference=purchase.reference,
        ordered_at=purchase.ordered_at,
        amount=_paid(case),
        goods=[
            (case.order.lines[line_id].facts.title, len(units))
            for line_id, units in case.units.items()
        ],
    )
    pieces = tuple(_piece(one) for one in evidence)
    problem_zh, problem_en = SAYS.get(case.situation, ("", ""))
    report_ids = {report.id for report in case.reports}
    return Pack(
        subject=draft.subject,
        letter_zh=draft.text_zh,
        letter_en=draft.text_en,
        problem_zh=problem_zh,
        problem_en=problem_en,
        facts=tuple(_facts(case)),
        goods=tuple(
            (facts.title, facts.sku, len(units))
            for line_id, units in case.units.items()
            if (facts := case.order.lines[line_id].facts)
        ),
        words=tuple(w.words for w in words if w.report_id in report_ids and w.words),
        pieces=pieces,
        hashes="".join(f"{p.evidence_id}  {p.file}\n" for p in pieces),
    )


def zipped(pack: Pack, keep: Keep, now: datetime, history: str = "") -> bytes:
    """The pack as one file: letters, facts, evidence as it came, and the list of its hashes.

    With it the hashes of the order's history, so that it can be compared one day.

    A file that is gone from the folder is named in the list and left out; nothing is made up.
    """
    out = io.BytesIO()
    stamp = now.astimezone(CHINA).timetuple()[:6]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:

        def put(name: str, content: bytes) -> None:
            info = zipfile.ZipInfo(f"{ROOT}/{name}", stamp)
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)

        put("letter-zh.txt", f"{pack.subject}\n\n{pack.letter_zh}".encode())
        put("letter-en.txt", f"{pack.subject}\n\n{pack.letter_en}".encode())
        put("facts.txt", _facts_text(pack).encode())
        put("SHA256SUMS", pack.hashes.encode())
        if history:
            put("history.txt", history.encode())
        for piece in pack.pieces:
            path = forwarded(keep, piece)
            if path is not None:
                put(piece.file, path)
    return out.getvalue()


def forwarded(keep: Keep, piece: Piece) -> bytes | None:
    """What may leave: of a picture the copy without the camera's notes, of a video its file."""
    names = ("picture.jpg",) if piece.media == "picture" else ()
    for name in names:
        copy = keep.derived(piece.evidence_id, name)
        if copy.is_file():
            return copy.read_bytes()
    if piece.media == "video":
        path = keep.path(piece.evidence_id)
        return path.read_bytes() if path.is_file() else None
    return None


def _facts(case: Case) -> list[Fact]:
    purchase, order = case.purchase, case.order
    tracking = [
        " ".join(filter(None, (f.tracking_company, f.tracking_number)))
        for f in order.fulfilments.values()
        if f.good and any(line_id in case.units for line_id, _ in f.lines)
    ]
    paid = _paid(case)
    wish = WISHES.get(case.wish)
    said = {
        "order": order.seen.name if order.seen else "",
        "case": case.record.opened.number if case.record else "",
        "supplier": purchase.supplier,
        "reference": purchase.reference,
        "ordered_at": _day(purchase.ordered_at),
        "paid": f"{paid.currency} {paid.decimal()}" if paid else "",
        "shipped_at": _day(purchase.shipped_at),
        "tracking": ", ".join(filter(None, tracking)),
        "delivered_at": _day(case.delivered_at),
        "reported_at": _day(case.reported_at),
        "wish": " / ".join(wish) if wish else "",
    }
    return [Fact(*LABELS[name], value) for name, value in said.items() if value]


def _facts_text(pack: Pack) -> str:
    lines = [f"{pack.problem_zh}\n{pack.problem_en}\n"]
    lines += [f"{fact.label_zh} / {fact.label_en}: {fact.value}" for fact in pack.facts]
    lines += [f"商品 / Goods: {title} ({sku}) × {count}" for title, sku, count in pack.goods]
    lines += [f"客户原话 / In the customer's words: {words}" for words in pack.words]
    lines += [
        f"凭证 / Evidence {piece.number}: {piece.file}, {piece.received_at} (Asia/Shanghai)"
        for piece in pack.pieces
    ]
    return "\n".join(lines) + "\n"


def _piece(one: Evidence) -> Piece:
    ending = "jpg" if one.media == "picture" else one.mime.rpartition("/")[2] or "bin"
    ending = {"quicktime": "mov"}.get(ending, ending)
    shot = f"-{one.shot}" if one.shot.replace("_", "").isalnum() else ""
    return Piece(
        number=one.number,
        evidence_id=one.evidence_id,
        media=one.media,
        shot=one.shot,
        received_at=format_datetime(one.received_at, "yyyy-MM-dd HH:mm", tzinfo=CHINA, locale="en"),
        checked=one.checked,
        file=f"evidence-{one.number:02}{shot}.{ending}",
    )


def _paid(case: Case) -> Money | None:
    purchase = case.purchase
    whole = dict(case.units) == dict(purchase.units)
    if not whole or not purchase.cost_currency or not purchase.cost_minor:
        return None
    return Money(purchase.cost_minor, purchase.cost_currency)


def _day(moment: datetime | None) -> str:
    if moment is None:
        return ""
    return str(format_date(moment.astimezone(CHINA).date(), "yyyy-MM-dd", locale="en"))
