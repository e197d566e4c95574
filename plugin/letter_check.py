"""A shop's own text of a letter, tried before it is kept: pure."""

from __future__ import annotations

from plugin import letters
from plugin.actions import Letter

LONGEST_SUBJECT, LONGEST = 500, 10_000


def problems(letter: Letter, subject: str, body: str) -> dict[str, list[str]]:
    """What is wrong, by field, as codes: each is tried with our own text in the other's place."""
    our_subject, our_body = letters.default_text(letter, "en")
    found = {
        "subject": letters.problems(letter, subject, our_body),
        "body": letters.problems(letter, our_subject, body),
    }
    bad = {name: list(codes) for name, codes in found.items() if codes}
    if not bad and (together := letters.problems(letter, subject, body)):
        bad["body"] = list(together)
    return bad
