"""Drafts for a person: bilingual, with the facts that are known, and no claims."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from clients import desk
from clients.money import Money

FACTS = {
    "supplier": "杭州小店",
    "reference": "4207654321",
    "ordered_at": datetime(2026, 11, 20, 17, tzinfo=UTC),
    "ship_by": datetime(2026, 11, 23, 15, 59, tzinfo=UTC),
    "amount": Money(1234, "CNY"),
    "goods": [("Cup", 2), ("Saucer", 1)],
}
QUESTION = {"question_zh": "能发货吗？", "question_en": "Can it ship?"}
DRAFTS = {
    "question": (desk.question, QUESTION),
    **{what: (desk.draft, {"what": what}) for what in desk.WORDINGS},
}
every = pytest.mark.parametrize(("write", "extra"), DRAFTS.values(), ids=DRAFTS)


@every
def test_a_draft_holds_every_fact_in_both_languages(write, extra):
    draft = write(**FACTS, **extra)

    for text in (draft.text_zh, draft.text_en):
        assert "杭州小店" in text
        assert "4207654321" in text
        assert "CNY 12.34" in text
        assert "Cup × 2" in text
        assert "Saucer × 1" in text
    assert "4207654321" in draft.subject
    assert "2026年11月21日" in draft.text_zh, "the day as it was in China"
    assert "November 21, 2026" in draft.text_en
    assert "2026年11月23日" in draft.text_zh
    assert "November 23, 2026" in draft.text_en


@every
def test_a_draft_leaves_out_what_is_not_known(write, extra):
    draft = write(**extra)

    assert not any(word in draft.text_en for word in ("None", "Order:", "Amount", "Goods"))
    assert draft.text_zh.startswith("您好！")
    assert draft.text_en.startswith("Hello,")


@every
def test_a_draft_is_polite(write, extra):
    draft = write(**extra)

    assert "谢谢" in draft.text_zh
    assert "Thank you" in draft.text_en


@every
def test_a_draft_never_says_that_something_was_sent_or_done(write, extra):
    draft = write(**FACTS, **extra)

    claims = ("we have sent", "was sent", "we sent", "refunded you", "has been", "已发送", "已申请")
    assert not any(claim in f"{draft.text_en.lower()}{draft.text_zh}" for claim in claims)


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        ("urge", "尽快安排发货", "ship it soon"),
        ("question", "能发货吗？", "Can it ship?"),
        ("recover", "申请退款", "ask for a refund"),
        ("chase", "尚未收到", "not received the refund"),
        ("recover_stopped", "不需要此订单", "does not want this order"),
        ("recover_lost", "海关", "Customs did not let"),
        ("recover_claim", "退款或补发", "refund it or send the goods again"),
        ("verify", "联系天猫核实", "ask Tmall to verify"),
        ("chase_verify", "超过30个工作日", "More than 30 business days"),
        ("intercept", "烦请拦截", "please stop it"),
        ("chase_intercept", "是否拦截成功", "whether that worked"),
    ],
)
def test_a_draft_says_what_it_is_for(name, zh, en):
    write, extra = DRAFTS[name]
    draft = write(**FACTS, **extra)

    assert zh in draft.text_zh
    assert en in draft.text_en


DESK = {"question", "verify", "chase_verify", "intercept", "chase_intercept"}


@pytest.mark.parametrize("name", DRAFTS)
def test_what_only_the_desk_can_do_goes_to_the_desk_and_all_else_to_the_supplier(name):
    write, extra = DRAFTS[name]

    assert write(**extra).to == ("desk" if name in DESK else "supplier")
    assert write(**extra, to="desk").to == "desk"


def test_a_date_without_a_zone_is_not_guessed():
    with pytest.raises(ValueError, match="zone"):
        desk.draft("urge", ordered_at=datetime(2026, 11, 20))  # noqa: DTZ001 - refused
