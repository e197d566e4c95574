"""简体中文：给商家的通知。"""

from __future__ import annotations

WORDS: dict[str, str] = {
    # To the merchant.
    "merchant.subject": "订单 {order}：{about}",
    "merchant.rest": "{seen}\n\n{next}\n\n{rule}",
    "merchant.link": "打开：{link}",
    "merchant.late.subject": "{purchase}已逾期",
    "merchant.late.next": "在您的规则允许的范围内，应用会催促供应商发货。除非案件中另有请求，您无"
    "须操作。",
    "merchant.late_abroad.subject": "{purchase}已逾期",
    "merchant.late_abroad.next": "应用不会自动催促，也不会自动退款。您可以自行询问供应商，或登记"
    "包裹所在位置。",
    "merchant.still_late_abroad.subject": "{purchase}仍未发货",
    "merchant.still_late_abroad.next": "这是关于此事的最后一次通知，应用不会再自动处理：等待还是"
    "退款，由您决定。",
    "merchant.no_stock_route.subject": "{purchase}转入缺货流程",
    "merchant.no_stock_route.next": "该流程包括向顾客退款或提供其他商品，并要求退回采购款，均以您"
    "的规则所允许的范围为限。案件中列有每个步骤，以及等待您决定的事项。",
    "merchant.shipped_after_refund.subject": "{purchase}在退款后发货",
    "merchant.shipped_after_refund.next": "顾客现在可能既收到退款又收到商品。您可以尝试拦截包裹，"
    "也可以不再处理。",
    "merchant.recovery_stalled.subject": "{purchase}的退款无人答复",
    "merchant.recovery_stalled.next": ("已要求并多次催促。请您亲自联系，并在案件中登记结果。"),
    "merchant.shipped_after_recovery.subject": "{purchase}在要求退回货款后发货",
    "merchant.shipped_after_recovery.next": "您可以撤回退款要求，也可以坚持要求，并与供应商商定包"
    "裹的处理。",
    "merchant.recovery_shuts.subject": "{purchase}的退款时限即将届满",
    "merchant.recovery_shuts.next": "请您现在亲自要求退款，或申请介入处理：逾期后供应商可能不再受"
    "理。之后请在案件中登记结果。",
    "merchant.customs_held.subject": "{purchase}的包裹被海关扣留",
    "merchant.customs_held.next": "请向承运商了解海关需要什么：文件或税费。给顾客的信件会随此通知"
    "发出，或已备好待您发送。通关前会再次提醒您。",
    "merchant.customs_still_held.subject": "{purchase}的包裹仍被海关扣留",
    "merchant.customs_still_held.next": "如需补交文件或税费，请确保已办理。承运商可能只答复收件人"
    "本人。",
    "merchant.customs_held_long.subject": "{purchase}的包裹被海关长时间扣留",
    "merchant.customs_held_long.next": "这是最后一次提醒。如海关退回或销毁包裹，请在案件中登记，届"
    "时由您决定给顾客的处理方式。",
    "merchant.customs_cleared.subject": "{purchase}的包裹已通关",
    "merchant.customs_cleared.next": "包裹已继续运输，您无须操作。",
    "merchant.customs_returned.subject": "{purchase}的包裹未能通关",
    "merchant.customs_returned.next": "请在案件中决定：向顾客退款、补发，或都不予。",
    "merchant.problem_reported.subject": "{purchase}的商品有问题反映",
    "merchant.problem_reported.next": "如尚无照片，会请顾客提供。收到后将准备提交核实。案件中可见"
    "顾客原话和后续步骤。",
    "merchant.no_evidence.subject": "{purchase}的售后申请未收到凭证",
    "merchant.no_evidence.next": "已请顾客提供照片。请在案件中决定：自行承担退款，或不再处理。",
    "merchant.verification_overdue.subject": "{purchase}的核实结果已逾期",
    "merchant.verification_overdue.next": "在您的规则允许的范围内，应用会再次询问结果。收到后请在"
    "案件中登记。",
    "merchant.remedy_overdue.subject": "{purchase}核实后的处理已逾期",
    "merchant.remedy_overdue.next": "案件中列有未完成的事项：您的决定、给顾客的处理，或应退回给您"
    "的款项。",
    "merchant.route_wanted.subject": "{purchase}的包裹在何处",
    "merchant.route_wanted.next": "请在案件中登记包裹是否仍在中国境内。在境内可以拦截；如无人告知"
    "，将视为已在境外，并告知顾客既不能拦截也不能退款。",
    "merchant.interception_quiet.subject": "{purchase}的拦截无人答复",
    "merchant.interception_quiet.next": "请您亲自询问，并在案件中登记是否拦截成功。在此之前不会退"
    "款。",
    "merchant.address_doubtful.subject": "{the_order}的地址存疑",
    "merchant.address_doubtful.next": "在您的规则允许的范围内，订单会被暂停并向顾客确认。地址确认"
    "前请勿采购：发往境外后无法更改。",
    "merchant.address_quiet.subject": "{the_order}的地址无人确认",
    "merchant.address_quiet.next": "已询问并提醒顾客。请在案件中确认或更正地址，或以其他方式联系顾"
    "客；在此之前不会继续。",
    "merchant.mail_bounced.subject": "关于{the_order}的信件未送达",
    "merchant.mail_bounced.next": "不再向该地址发送。请以其他方式联系顾客；如邮箱有误，请在店铺中"
    "更正。",
    "merchant.refund_failed.subject": "{the_order}的退款未到达顾客",
    "merchant.refund_failed.next": "店铺已登记退款，但付款失败。请以其他方式付款给顾客，"
    "或在店铺中重试；本应用不会再次付款。",
    "merchant.missed_clocks.subject": "应用未运行期间有 {steps}到期",
    "merchant.missed_clocks.rest": "{from} 至 {until} 应用未运行，期间有 {steps}到期。每个步骤现"
    "已各补办一次，并标记为延迟。等待您决定的事项见案件。",
    "merchant.missed_clocks.undated": "应用曾有一段时间未运行，期间有 {steps}到期。每个步骤现已各"
    "补办一次，并标记为延迟。等待您决定的事项见案件。",
    "merchant.other.subject": "新消息",
    "merchant.other.next": "可以采取的步骤见案件。",
    "merchant.missed_clocks.needs_you": "等待您的决定：{count}。",
    "merchant.digest.subject": "{cases}等待您处理",
    "merchant.digest.cases": "等待您的决定：{cases}。",
    "merchant.digest.risk": "若不处理，风险金额：{amount}。",
    "merchant.digest.soon": "一周内：{deadlines}。",
    "count.cases.one": "1 个案件",
    "count.cases.many": "{n} 个案件",
    "count.deadlines.one": "1 个期限",
    "count.deadlines.many": "{n} 个期限",
    "count.steps.one": "1 个步骤",
    "count.steps.many": "{n} 个步骤",
    # To the customer; the letters themselves are in `letter_texts/`.
    "customer.order": "订单 {order}",
    "customer.order.none": "您的订单",
    "customer.line": "- {title} × {count}",
    "customer.more": "- 以及其他商品",
}
