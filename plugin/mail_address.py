"""What a mail address is here: one, whole, in ASCII."""

from __future__ import annotations

import re

ADDRESS = re.compile(r"[^\s@,;<>\"'()\[\]\\]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
LONGEST = 320


def is_address(text: str) -> bool:
    """One mail address and nothing else."""
    return len(text) <= LONGEST and text.isascii() and bool(ADDRESS.fullmatch(text))
