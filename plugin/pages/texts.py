"""The pages' own texts, in three languages: `texts.txt` has a line each, name and languages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "it", "zh")
FILE = Path(__file__).with_name("texts.txt")


def text(name: str, language: str, **values: Any) -> str:
    """A text; its own name where there is none, so that nothing breaks and a test notices."""
    found = _table().get(name)
    if found is None:
        return name
    chosen = found[LANGUAGES.index(language) if language in LANGUAGES else 0]
    for key, value in values.items():
        chosen = chosen.replace("{" + key + "}", str(value))
    return chosen


def known(name: str) -> bool:
    """There is such a text."""
    return name in _table()


@cache
def _table() -> dict[str, tuple[str, ...]]:
    rows = [line.split("\t") for line in FILE.read_text("utf-8").splitlines() if line.strip()]
    return {row[0]: tuple(row[1:]) for row in rows}
