"""The customer's page in words: `texts.txt` has a line each, its name and three languages.

The language is the one switched to, else the order's, else the browser's first that we speak.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from flask import g, has_request_context, request

from plugin.words.speech import LANGUAGES

FILE = Path(__file__).with_name("texts.txt")


def text(name: str, language: str, **values: object) -> str:
    """A text; its own name where there is none, so that nothing breaks and a test notices."""
    found = table().get(name)
    if found is None:
        return name
    chosen = found[LANGUAGES.index(language)]
    for key, value in values.items():
        chosen = chosen.replace("{" + key + "}", str(value))
    return chosen


def say(name: str, **values: Any) -> str:
    """A text in the language of the page."""
    return text(name, language(), **values)


def known(name: str) -> bool:
    """There is such a text."""
    return name in table()


def language() -> str:
    """The language of the page at hand."""
    return str(g.get("language", "en")) if has_request_context() else "en"


def chosen(order_language: str = "") -> str:
    """Which of our languages the page is in."""
    switched = request.args.get("lang", "")
    if switched in LANGUAGES:
        return switched
    wanted = [order_language, *request.accept_languages.values()]
    spoken = (code.strip().lower().replace("_", "-").partition("-")[0] for code in wanted)
    return next((code for code in spoken if code in LANGUAGES), "en")


@cache
def table() -> dict[str, tuple[str, ...]]:
    """Every text: its name, and what it is in each language."""
    rows = [line.split("\t") for line in FILE.read_text("utf-8").splitlines() if line.strip()]
    return {row[0]: tuple(row[1:]) for row in rows}
