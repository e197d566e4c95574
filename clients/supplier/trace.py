"""Reading customs off the lines of a parcel's way.

The platforms publish no list of their words: these tables are what carriers write, and
unverified. A line nobody recognises, or that says two things, says nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from clients.supplier.records import TraceStep

STATES: Mapping[str, tuple[str, ...]] = {
    "destroyed": ("销毁", "destroyed"),
    "returned": ("退运", "退回", "退件", "returned", "return to sender"),
    "cleared": (
        "放行", "已清关", "已通关", "完成清关", "清关完成", "清关已完成", "清关成功", "清关结束",
        "通关完成", "通关成功", "查验完成", "查验完毕", "查验放行", "cleared", "released",
        "clearance complete", "clearance completed", "clearance is complete",
        "clearance is completed", "clearance has been completed", "clearance success",
        "clearance successful", "hold released", "released from hold", "inspection completed",
    ),
    "held": (
        "扣留", "扣押", "扣货", "扣关", "扣件", "查扣", "暂扣", "海关扣", "查验", "海关检查",
        "清关失败", "清关异常", "清关延误", "清关受阻", "无法清关", "未能清关", "held", "hold",
        "detained", "seized", "inspection", "waiting customs", "awaiting clearance",
        "clearance delay", "clearance delayed", "clearance failed", "clearance failure",
        "customs failed", "unable to clear", "failed to clear",
    ),
}  # fmt: skip
"""Unverified. Words of a line about customs, and where the parcel stands by them."""

NOTHING = (
    "未放行", "未被放行", "待放行", "等待放行", "未清关", "未完成清关", "清关未完成", "放行前",
    "not cleared", "not yet cleared", "not been cleared", "not released", "not yet released",
    "not been released", "awaiting release",
)  # fmt: skip
"""Unverified. Words that hold some of the above and do not mean it."""

ABOUT = ("customs", "clearance", "海关", "清关", "报关", "通关", "扣关")
"""Unverified. Words of a line that is about customs."""

BEYOND = (
    "派送", "派件", "投递", "妥投", "签收", "out for delivery", "delivered", "delivery attempt",
)  # fmt: skip
"""Unverified. Words of a line that comes only after customs."""


def customs_state(steps: Sequence[TraceStep]) -> str:
    """`held`, `cleared`, `returned`, `destroyed`, or nothing where no line spoke of customs.

    An exception in a line about customs is a hold, unless its words say what else it is. A parcel
    that was held and is being delivered has been cleared; one that was held and goes back was
    returned by customs, while any other return is none of theirs.
    """
    state = ""
    for step in sorted(steps, key=lambda each: each.at):
        state = _after(state, step)
    return state


def _after(state: str, step: TraceStep) -> str:
    words, trouble = _plain(f"{step.code} {step.text}"), _plain(step.exception)
    if _ABOUT.search(f"{words} {trouble}"):
        return (_said(trouble) or "held") if trouble else (_said(words) or state)
    if state != "held":
        return state
    said = _said(f"{words} {trouble}")
    return "cleared" if not said and _BEYOND.search(words) else said or state


def _said(words: str) -> str:
    """What cannot be undone counts before what can; of the two that can, only one alone."""
    found = {_STATE_OF.get(match[0], "") for match in _WORDS.finditer(words)} - {""}
    for final in ("destroyed", "returned"):
        if final in found:
            return final
    return found.pop() if len(found) == 1 else ""


def _plain(text: str) -> str:
    """Without the differences that letters, dashes and spaces make."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub("[-‐–—_]", " ", folded).split())


def _either(words: Iterable[str]) -> re.Pattern[str]:
    """Longer words first, so that one is not taken for another inside it."""
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, longest_first))})(?![a-z])")


_STATE_OF = {word: state for state, words in STATES.items() for word in words}
_WORDS = _either((*_STATE_OF, *NOTHING))
_ABOUT, _BEYOND = _either(ABOUT), _either(BEYOND)
