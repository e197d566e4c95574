"""简体中文：订单在店铺后台显示的案件进展。"""

from __future__ import annotations

WORDS: dict[str, str] = {
    "flag.stands": "{number} {situation}：{where}",
    "flag.ended": "已结案，{outcome}",
    "flag.asked": "{number}：等待您{what}",
    "flag.waits": "{number}：{waiting}",
    "flag.field.status": "售后",
    "flag.field.next_step": "售后：下一步",
    "flag.field.deadline": "售后：最近期限",
    "flag.field.case": "售后案件",
    "flag.about.status": "此订单在 Postvendita 中各案件的进展。",
    "flag.about.next_step": "正在等待什么，之后会发生什么。",
    "flag.about.deadline": "此订单最近一个时限的到期时间。",
    "flag.about.case": "在 Postvendita 中打开案件。",
    "kind.flag_order": "在订单上写明进展",
    "action.flag_order": "在店铺订单上写明其案件的进展",
    "cause.flags": "店铺订单上显示的内容与当前情况不一致。",
}
