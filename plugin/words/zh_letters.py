"""简体中文：给商家的通知和给顾客的信。"""

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
    "merchant.missed_clocks.subject": "应用未运行期间有 {steps}到期",
    "merchant.missed_clocks.rest": "{from} 至 {until} 应用未运行，期间有 {steps}到期。每个步骤现"
    "已各补办一次，并标记为延迟。等待您决定的事项见案件。",
    "merchant.missed_clocks.undated": "应用曾有一段时间未运行，期间有 {steps}到期。每个步骤现已各"
    "补办一次，并标记为延迟。等待您决定的事项见案件。",
    "merchant.other.subject": "新消息",
    "merchant.other.next": "可以采取的步骤见案件。",
    "merchant.missed_clocks.needs_you": "等待您的决定：{count}。",
    "count.steps.one": "1 个步骤",
    "count.steps.many": "{n} 个步骤",
    # To the customer.
    "customer.hello": "{name}，您好：",
    "customer.hello.nobody": "您好：",
    "customer.order": "订单 {order}",
    "customer.order.none": "您的订单",
    "customer.line": "- {title} × {count}",
    "customer.refunded.subject": "{order}已退款",
    "customer.refunded.subject.amount": "{order}已退款 {amount}",
    "customer.refunded.about": "非常抱歉，我们无法寄出{order}中的以下商品：",
    "customer.refunded.about.order": "非常抱歉，我们无法寄出{order}中的部分商品。",
    "customer.refunded.money": "我们已将 {amount} 退回您付款时使用的支付方式。视银行而定，可能需"
    "要几天才能到账。",
    "customer.refunded.money.unknown": "我们已将这些商品的付款退回您付款时使用的支付方式。视银行"
    "而定，可能需要几天才能到账。",
    "customer.refunded.end": "您无须进行任何操作。",
    "customer.invited.subject": "{order}：可改选另一件商品",
    "customer.invited.about": "非常抱歉，我们无法采购到{order}中的以下商品：",
    "customer.invited.about.order": "非常抱歉，我们无法采购到{order}中的部分商品。",
    "customer.invited.offer": "您可以改选以下商品：",
    "customer.invited.offer.unnamed": "您可以改选一件类似的商品。",
    "customer.invited.price": "价格：{price}",
    "customer.invited.end": "如果您需要，请回复本邮件。未经您确认，我们不会为其下单或收费。",
    "customer.goodbye": "祝好\n{store}",
    "customer.goodbye.nobody": "祝好",
}
