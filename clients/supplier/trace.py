"""Reading customs off the lines of a parcel's way.

The platforms publish no list of their words: this table is what carriers write, and unverified. A
line nobody recognises says nothing; nothing is guessed from it.
"""

from __future__ import annotations

from collections.abc import Sequence

from clients.supplier.records import TraceStep

RETURNED = ("退运", "退回", "清关失败", "customs_failed", "returned to sender", "return to sender")
CLEARED = ("清关完成", "清关成功", "海关放行", "已放行", "customs cleared", "customs_cleared",
           "clearance completed", "released by customs", "import clearance success")  # fmt: skip
HELD = ("海关扣", "扣关", "查验", "海关检查", "清关异常", "waiting_customs", "held by customs",
        "customs hold", "customs inspection", "clearance delay", "awaiting clearance")  # fmt: skip
WORDS = (("returned", RETURNED), ("cleared", CLEARED), ("held", HELD))


def customs_state(steps: Sequence[TraceStep]) -> str:
    """`held`, `cleared`, `returned`, or nothing: what the last line that speaks of customs says."""
    for step in reversed(steps):
        said = f"{step.code} {step.text} {step.exception}".casefold()
        for state, words in WORDS:
            if any(word.casefold() in said for word in words):
                return state
    return ""
