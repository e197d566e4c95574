"""Charts drawn on the server: bars, with every number beside them in a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, BAR, GAP, LABEL = 480, 22, 8, 185


@dataclass(frozen=True)
class Bar:
    """One bar."""

    label: str
    value: float
    said: str
    """The value as people read it."""
    more: float = 0
    """What is not sure yet, drawn faded behind it."""


def bars(title: str, rows: Sequence[Bar]) -> Markup:
    """A bar for each row, as SVG without a style of its own: the page's colours apply."""
    most = max((row.value + row.more for row in rows), default=0) or 1
    height = len(rows) * (BAR + GAP)
    placed = f'viewBox="0 0 {WIDTH} {height}" preserveAspectRatio="xMinYMid meet"'
    drawn = [f'<svg class="chart" {placed} role="img" aria-label="{escape(title)}">']
    for place, row in enumerate(rows):
        top = place * (BAR + GAP)
        long, more = _long(row.value, most), _long(row.more, most)
        size = f'y="{top}" height="{BAR}" rx="4"'
        end = LABEL + long + more + 8
        drawn.append(
            f'<text x="0" y="{top + 16}">{escape(_short(row.label))}</text>'
            f'<rect class="bar" x="{LABEL}" width="{long}" {size}/>'
            + (f'<rect class="soft" x="{LABEL + long}" width="{more}" {size}/>' if more else "")
            + f'<text class="said" x="{end}" y="{top + 16}">{escape(row.said)}</text>'
        )
    return Markup("".join([*drawn, "</svg>"]))  # noqa: S704 - every text in it was escaped


def _long(value: float, most: float) -> int:
    return max(2, round((WIDTH - LABEL - 100) * value / most)) if value else 0


def _short(label: str) -> str:
    return label if len(label) <= 24 else f"{label[:23]}…"
