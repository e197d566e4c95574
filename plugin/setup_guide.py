"""The four steps of the beginning, each of which may be left out; and how far the app may go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from plugin.terms import CHOSEN, MONEY, PERSONS, Autonomy, Cap, Clause, Situation, Terms

STEPS = ("connect", "sender", "policy", "levels")
DONE, SKIPPED, DISMISSED = "done", "skipped", "dismissed"
PRESETS = ("suggest", "words", "all")


def settled(setup: Mapping[str, Any] | None) -> int:
    """How many steps were done or left out."""
    return sum((setup or {}).get(step) in {DONE, SKIPPED} for step in STEPS)


def preset(terms: Terms, name: str, cap: Cap | None) -> Terms:
    """The terms with one of three ways of going on, by clause and not by situation.

    `suggest`: nothing by itself. `words`: words go out, money asks; the default. `all`: money too,
    up to the cap, without which none moves.
    """
    if name == "words":
        return replace(terms, autonomy={}, cap=terms.cap)
    chosen = {
        f"{situation}.{clause}": level
        for situation in Situation
        for clause in Clause
        if clause not in PERSONS and (level := _level(name, clause)) is not None
    }
    return replace(terms, autonomy=chosen, cap=cap if name == "all" else terms.cap)


def _level(name: str, clause: Clause) -> Autonomy | None:
    if clause is Clause.TELL or clause in CHOSEN or clause is Clause.FLAG:
        return None  # lines to the merchant himself, and what a shop has to choose
    if name == "suggest":
        return Autonomy.ASK
    return Autonomy.AUTO if clause in MONEY else None
