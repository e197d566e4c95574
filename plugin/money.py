"""Sharing money out exactly: the parts always add up to the whole."""

from __future__ import annotations

from collections.abc import Sequence

from clients.money import Money

__all__ = ["Money", "share_out"]


def share_out(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` minor units in proportion to `weights`, by largest remainder.

    Earlier parts win ties. All weights zero counts as all equal. Raises ValueError on a negative
    total or weight, and when there is a total but nothing to share it among.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("money is shared out in amounts of zero or more")
    if not weights:
        if total:
            raise ValueError("nothing to share the money among")
        return []
    shares = list(weights) if any(weights) else [1] * len(weights)
    whole = sum(shares)
    parts = [total * share // whole for share in shares]
    remainders = [total * share % whole for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda i: (-remainders[i], i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts
