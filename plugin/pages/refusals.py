"""Why a click cannot be, in words."""

from __future__ import annotations

from plugin import merchant, sentences
from plugin.pages.case_timeline import named
from plugin.pages.desk import language, when


def too_late(error: merchant.NotPossible) -> str:
    """Why it cannot be, and who came before."""
    told = sentences.held(error.why, language=language())
    if error.last is None:
        return told
    return f"{told} {named(error.last.by)}, {when(error.last.at)}."
