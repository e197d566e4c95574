"""A store gave the app more to do, or took something away."""

from __future__ import annotations

from webhooks.meaning.outcome import ScopesWord, Translation
from webhooks.meaning.values import Node
from webhooks.schemas.fields import loaded
from webhooks.schemas.scopes import UPDATE

TOPIC = "app/scopes_update"


def updated(body: Node) -> Translation:
    """What is allowed from now on; the names that hold a comma are none."""
    told = loaded(UPDATE, body)
    names = tuple(name for name in told["current"] if name and "," not in name)
    return Translation(None, (), scopes=ScopesWord(names, told["updated_at"]))
