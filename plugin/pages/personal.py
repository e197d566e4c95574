"""Which pages and calls show customers' data, and which kinds: each view of one is written down.

A test opens every page and call with a mark in each kind of data; one that shows a mark and is not
here, or not with that kind, fails it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NAME, EMAIL, PHONE, ADDRESS = "name", "email", "phone", "address"
WORDS = "words"
"""What customers, carriers and people of the desk wrote."""
FILES = "files"
"""Pictures and videos."""
KINDS = (NAME, EMAIL, PHONE, ADDRESS, WORDS, FILES)


@dataclass(frozen=True)
class Shows:
    """What an address shows."""

    what: str
    kinds: tuple[str, ...]
    leaves: bool = False
    """As a file: it is written down first, and where that fails nothing is handed out."""

    @property
    def data(self) -> str:
        """The kinds as the log has them."""
        return " ".join(self.kinds)


LIST = Shows("list", (NAME,))
CASE = Shows("case", (NAME, WORDS))
TIMELINE = Shows("timeline", (WORDS,))
ORDER_FORM = Shows("order_form", (NAME, EMAIL, PHONE, ADDRESS))
LETTER = Shows("letter", (NAME,))

SHOWS: Mapping[str, Shows] = {
    **dict.fromkeys(("desk.cases", "desk.bulk", "desk.carry_out"), LIST),
    "desk.export_cases": Shows("list_file", (NAME,), leaves=True),
    **dict.fromkeys(("desk.case", "desk.click", "desk.upload"), CASE),
    **dict.fromkeys(("desk.case_at", "api.get_timeline"), TIMELINE),
    **dict.fromkeys(("desk.audit_page", "api.list_deeds"), Shows("audit", (WORDS,))),
    "api.list_case_letters": Shows("letter", (NAME, WORDS)),
    "api.list_evidence": Shows("evidence", (WORDS,)),
    **dict.fromkeys(("desk.claim", "api.get_claim"), Shows("claim", (WORDS,))),
    **dict.fromkeys(
        ("desk.claim_zip", "api.get_claim_file"),
        Shows("claim_pack", (WORDS, FILES), leaves=True),
    ),
    **dict.fromkeys(("desk.evidence", "api.get_picture"), Shows("picture", (FILES,))),
    **dict.fromkeys(("desk.video", "api.get_video"), Shows("video", (FILES,), leaves=True)),
    **dict.fromkeys(("desk.order_file", "api.get_order_form"), ORDER_FORM),
    **dict.fromkeys(
        ("desk.make_order_file", "api.make_order_file"),
        Shows("order_file", ORDER_FORM.kinds, leaves=True),
    ),
    **dict.fromkeys(("desk.letter_page", "desk.keep_letter"), LETTER),
    **dict.fromkeys(("api.get_letter", "api.preview_letter"), LETTER),
    **dict.fromkeys(
        ("desk.export_all", "api.export_everything"),
        Shows("everything", KINDS, leaves=True),
    ),
    "desk.case_history": Shows("history_file", (WORDS,), leaves=True),
}
"""By endpoint, of the desk and of the API."""
WHATS = tuple(dict.fromkeys(one.what for one in SHOWS.values()))
