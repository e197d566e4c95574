"""The pages' own texts, in three languages: `page_texts/` has a file per page and a line per text,
with its name and the languages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "it", "zh")
FILES = sorted((Path(__file__).parent / "page_texts").glob("*.txt"))


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
    rows = [line.split("\t") for file in FILES for line in lines_of(file)]
    return {row[0]: tuple(row[1:]) for row in rows}


def lines_of(file: Path) -> list[str]:
    """The lines of one file, empty ones left out."""
    return [line for line in file.read_text("utf-8").splitlines() if line.strip()]
