"""The words by which a mail about customs is understood, and the numbers it names.

Mails are written for people. So only what is unmistakable counts: a mail that says two things, or
says them of a case that may never come ("if your parcel is held"), is left to a person. The table
is repeated in `docs/mail-webhooks.md`; a test keeps them alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

STATES: Mapping[str, tuple[str, ...]] = {
    "held": (
        "held by customs", "held at customs", "held in customs", "held up in customs",
        "stuck in customs", "detained by customs", "seized by customs", "stopped by customs",
        "customs hold", "unable to clear customs", "failed to clear customs",
        "could not clear customs", "customs clearance failed", "customs clearance delay",
        "海关扣留", "海关扣押", "海关查扣", "海关扣货", "海关暂扣", "扣关", "清关失败",
        "清关异常", "清关延误", "无法清关", "未能清关",
    ),
    "cleared": (
        "cleared customs", "cleared by customs", "released by customs", "released from customs",
        "customs cleared", "customs released", "customs clearance complete",
        "customs clearance completed", "customs clearance is complete",
        "customs clearance is completed", "customs clearance has been completed",
        "customs clearance successful", "已清关", "已通关", "清关完成", "清关已完成", "完成清关",
        "清关成功", "清关放行", "海关放行", "海关已放行", "通关放行",
    ),
    "returned": (
        "returned by customs", "returned from customs", "customs returned", "returned to sender",
        "return to sender", "海关退回", "海关退运", "退运", "退回发件人",
    ),
    "destroyed": ("destroyed by customs", "customs destroyed", "海关销毁"),
}  # fmt: skip
"""Words that say where a parcel stands with customs."""
REMINDERS = ("customs clearance", "清关", "通关")
"""Words that say customs want something: held, unless the mail says where the parcel stands."""
NOTHING = (
    "customs clearance in progress", "customs clearance is in progress",
    "customs clearance started", "customs clearance has started", "customs clearance processing",
    "清关中", "正在清关", "开始清关", "清关开始", "清关后", "通关中",
)  # fmt: skip
"""Words that hold some of the above and mean nothing yet: the usual way through customs."""
ABOUT = ("customs", "海关", "清关", "通关", "扣关")
"""One of these must be in a mail at all: a parcel can be returned without any customs."""

_CLAUSE = r"[^.,;:!?。，、；：！？\n]"
_PERHAPS = re.compile(
    rf"(?<![a-z])(?:if|once|until|unless|when|before|after|in case|as soon as|should|may|might|can"
    rf"|could(?! not)|will|would)(?![a-z]){_CLAUSE}*"
    rf"|(?:如果|如被|如遇|若|一旦|万一|除非|直到|可能|将){_CLAUSE}*"
)
"""A part of a sentence that speaks of what may be or will be."""
_NOT = re.compile(
    r"(?:(?<![a-z])(?:not|never|no|no longer|without|cannot|isn't|wasn't|hasn't|won't)(?![a-z])"
    rf"{_CLAUSE}{{0,12}}|[未没不非]{_CLAUSE}{{0,3}})\Z"
)
_NOT_REACHES = 30
_REFERENCE = re.compile(
    r"(?<![0-9A-Za-z])(?:[A-Za-z]{0,4}[0-9]{12,30}[A-Za-z]{0,3}|[A-Z]{2}[0-9]{9}[A-Z]{2})"
    r"(?![0-9A-Za-z])"
)
"""12 digits or more, as suppliers' orders and most trackings have; or a parcel's number of the
postal union (S10): two letters, nine digits, two letters."""
MOST_REFERENCES = 50


@dataclass(frozen=True)
class Said:
    """What a mail says of customs: the states, and the words that say so."""

    states: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def customs_in(subject: str, text: str) -> Said:
    """Every state the mail is certain of; none where it is about something else."""
    mail = _plain(f"{subject}\n\n{text}")
    if not any(word in mail for word in ABOUT):
        return Said()
    certain = _PERHAPS.sub(" ", mail)
    words = [match[0] for match in _WORDS.finditer(certain) if not _denied(certain, match.start())]
    plain = [word for word in words if word in _STATE_OF]
    reminding = [word for word in words if word in REMINDERS]
    if not plain and reminding:
        return Said(("held",), _once(reminding))
    return Said(_once(_STATE_OF[word] for word in plain), _once(plain))


def references_in(subject: str, text: str) -> tuple[str, ...]:
    """Numbers that may be a purchase's reference or a parcel's tracking number, in order."""
    mail = unicodedata.normalize("NFKC", f"{subject}\n{text}")
    return _once(match[0] for match in _REFERENCE.finditer(mail))[:MOST_REFERENCES]


def _plain(mail: str) -> str:
    """One line for each paragraph, without the differences that letters, quotes and dashes make."""
    folded = unicodedata.normalize("NFKC", mail).casefold().replace("’", "'")
    paragraphs = re.split(r"\n\s*\n", re.sub("[-‐–—_]", " ", folded))
    return "\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _denied(mail: str, start: int) -> bool:
    return _NOT.search(mail, max(0, start - _NOT_REACHES), start) is not None


def _once(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))


def _either(words: Iterable[str]) -> re.Pattern[str]:
    """Longer words first, so that one is not taken for another it begins with."""
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, longest_first))})(?![a-z])")


_STATE_OF = {word: state for state, words in STATES.items() for word in words}
_WORDS = _either((*_STATE_OF, *REMINDERS, *NOTHING))
