"""From 1688's two lists of a parcel's way to our steps.

1688: the leg inside China has words only, the one abroad nodes and exceptions. A part we cannot
do without and that is missing is a KeyError, TypeError or ValueError.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from clients.supplier.aop import moment
from clients.supplier.records import TraceStep

PARCELS, ABROAD = "logisticsTrace", "crossPackageFulfillmentDTO"
NOTHING_WRONG = frozenset({"", "0", "null"})
"""What stands for "no exception" in a step of the leg abroad. Unverified."""

_MILLISECONDS = re.compile(r"[0-9]{13}", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Node = Mapping[str, Any]


def steps(answer: Node) -> tuple[TraceStep, ...]:
    """The way of a purchase's parcels, oldest first.

    1688's documents have the leg abroad beside the parcels; inside one it is read as well.
    """
    if PARCELS not in answer and ABROAD not in answer:
        raise KeyError(PARCELS)
    parcels = _listed(answer, PARCELS)
    ways = [map(_inside, _listed(parcel, "logisticsSteps")) for parcel in parcels]
    for holder in (answer, *parcels):
        for leg in _listed(holder, ABROAD):
            ways.append(map(_abroad, _listed(leg, "crossPackageTraceDTOList")))
    return tuple(sorted((step for way in ways for step in _oldest_first(way)), key=_moment_of))


def _inside(step: Node) -> TraceStep | None:
    at = _at(step.get("acceptTime"))
    return TraceStep(at, "", str(step.get("remark") or "")) if at else None


def _abroad(step: Node) -> TraceStep | None:
    at = _at(step.get("nodeActionTime"))
    if at is None:
        return None
    node, trouble = step.get("traceNode") or {}, step.get("traceException") or {}
    words = dict.fromkeys((node.get("traceNodeName"), step.get("nodeDetail")))
    wrong = (str(trouble.get(name) or "") for name in ("exceptionCode", "exceptionDesc"))
    return TraceStep(
        at=at,
        code=str(node.get("traceNodeCode") or ""),
        text=" ".join(str(each) for each in words if each),
        exception=" ".join(each for each in wrong if each not in NOTHING_WRONG),
    )


def _oldest_first(found: Iterator[TraceStep | None]) -> list[TraceStep]:
    """Without the steps that have no time: they are still to come.

    A list that runs backwards is turned, so that steps of one second keep their order.
    """
    steps = [step for step in found if step is not None]
    return steps[::-1] if steps and steps[0].at > steps[-1].at else steps


def _moment_of(step: TraceStep) -> datetime:
    return step.at


def _listed(node: Node, name: str) -> list[Node]:
    """A list, an object in its place, or nothing."""
    found = node.get(name) or []
    if not isinstance(found, list | dict):
        raise TypeError(f"{name} is no list")
    return found if isinstance(found, list) else [found]


def _at(value: Any) -> datetime | None:
    """1688 publishes no form for the times of the leg abroad: each of its forms is read."""
    text = str(value or "").strip()
    if not text:
        return None
    if _MILLISECONDS.fullmatch(text):
        return _EPOCH + timedelta(milliseconds=int(text))
    return moment(text)
