"""@names in notes: a member of the shop's desk that is spoken to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from plugin.store import members

MOST = 50


@dataclass(frozen=True)
class Piece:
    """A piece of a text; a mention names a member."""

    text: str
    mention: bool = False


def names_of(tx: Connection, shop: str) -> list[str]:
    """What the members of a shop may be called: name, first name, address or what is before @."""
    found: dict[str, None] = {}
    for member in members.of_shop(tx, shop)[:MOST]:
        called = (member.name, *member.name.split()[:1], member.email, handle(member.email))
        found |= dict.fromkeys(name for name in called if name)
    return list(found)


def handle(email: str) -> str:
    """The short name to write after an @."""
    return email.partition("@")[0]


def handles_of(tx: Connection, shop: str) -> list[str]:
    """Whom a note can speak to, for the line below its field."""
    return [handle(member.email) for member in members.of_shop(tx, shop)[:MOST]]


def pieces(text: str, names: Iterable[str]) -> Sequence[Piece]:
    """A text in pieces; the longest name wins where one begins like another."""
    longest_first = sorted(set(names), key=len, reverse=True)
    if not longest_first:
        return (Piece(text),)
    either = "|".join(re.escape(name) for name in longest_first)
    found, end = [], 0
    for hit in re.finditer(rf"(?<![\w.])@(?:{either})(?!\w)", text, re.IGNORECASE):
        found += [Piece(text[end : hit.start()]), Piece(hit[0], mention=True)]
        end = hit.end()
    return [piece for piece in (*found, Piece(text[end:])) if piece.text]
