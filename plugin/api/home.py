"""The first page: what needs somebody, how the app is, the steps of the beginning, the switch."""

from __future__ import annotations

from typing import Any

from flask import g

from plugin import setup_guide, watching
from plugin.api import rows
from plugin.api.door import Door
from plugin.api.operation import Asked, Operation
from plugin.api.shapes import (
    AMOUNT,
    CASE,
    COUNT,
    CURRENCY,
    MOMENT,
    OK,
    SUMS,
    WORD,
    YES_NO,
    by_name,
    one_of,
    or_null,
    record,
    things,
)
from plugin.pages import home_reading
from plugin.pages.roles import Right
from plugin.setup_guide import DISMISSED, DONE, PRESETS, SKIPPED, STEPS
from plugin.store import backfills, home_figures, listing
from plugin.store.backfills import Backfill
from plugin.store.home_figures import COUNTED_TO, Away
from plugin.store.narrowing import Wanted
from plugin.terms import Cap

A_FEW = 5


def get_home(door: Door, _asked: Asked) -> Any:
    now, shop = door.clock.now(), g.shop.shop
    with door.db.read() as tx:
        figures = home_figures.figures(tx, shop, now)
        worst = listing.listed(tx, shop, Wanted(status="needs_you"), now, limit=A_FEW)
        coming = home_figures.coming(tx, shop, now, limit=A_FEW)
        away = home_reading.away(tx, shop, now)
        backfill = home_reading.backfill(tx, shop, now)
        would_go = watching.would_go(tx, shop) if g.shop.watching else {}
    return {
        "needs_you": min(figures.needs_you, COUNTED_TO),
        "due_soon": min(figures.soon, COUNTED_TO),
        "at_risk": dict(figures.at_risk),
        "owed": dict(figures.owed),
        "worst": [rows.case(row) for row in worst],
        "deadlines": [rows.case(row) for row in coming],
        "away": _away(away) if away else None,
        "backfill": _backfill(backfill) if backfill else None,
        "watching": g.shop.watching,
        "would_go": would_go,
        "setup": _setup(),
    }


def _away(found: Away) -> dict[str, Any]:
    return {
        "count": found.count,
        "by_end": dict(found.by_end),
        "steps": [vars(step) for step in found.steps],
    }


def _backfill(found: Backfill) -> dict[str, Any]:
    same = ("state", "done", "total", "problem")
    moments = ("since", "started_at", "finished_at")
    told = {name: getattr(found, name) for name in same}
    return {**told, **{name: rows.moment(getattr(found, name)) for name in moments}}


def _setup() -> dict[str, Any]:
    setup = g.shop.setup or {}
    return {
        "steps": {step: str(setup.get(step, "")) for step in STEPS},
        "settled": setup_guide.settled(setup),
        "dismissed": bool(setup.get(DISMISSED)),
    }


def get_backfill(door: Door, _asked: Asked) -> Any:
    with door.db.read() as tx:
        found = backfills.of_shop(tx, g.shop.shop)
    return {"backfill": _backfill(found) if found else None}


def get_status(door: Door, _asked: Asked) -> Any:
    found = door.desk.tick(door.clock.now())
    return {
        "running": found["running"],
        "last_tick": rows.moment(found["last"]),
        "missed": found["missed"],
        "silent": [
            {
                "service": one.service,
                "since": rows.moment(one.since),
                "failures": one.failures,
                "next_try": rows.moment(one.next_try),
            }
            for one in found["silent"]
        ],
        "reopen_at": door.desk.reopen_at(),
        "state": g.shop.state,
        "watching": g.shop.watching,
    }


def switch(door: Door, asked: Asked) -> Any:
    if asked["body"]["watching"]:
        with door.desk.act("watched") as tx:
            watching.watch(tx, g.shop.shop)
        return {"watching": True, "held": 0}
    held = watching.switch_on(door.db, g.shop.shop, door.clock.now(), by=g.person)
    return {"watching": False, "held": held}


def settle_step(door: Door, asked: Asked) -> Any:
    with door.db.write() as tx:
        home_reading.settle_step(tx, g.shop, asked["step"], asked["body"]["state"])
    return {"ok": True}


def dismiss_setup(door: Door, asked: Asked) -> Any:
    with door.db.write() as tx:
        home_reading.dismiss(tx, g.shop, gone=asked["body"]["dismissed"])
    return {"ok": True}


def choose_levels(door: Door, asked: Asked) -> Any:
    body, cap, now = asked["body"], None, door.clock.now()
    if body["preset"] == "all":
        if "cap" not in body:
            raise rows.unusable(cap="is needed: money by itself has a limit")
        rows.money(body["cap"], "per_refund", "currency")
        cap = Cap(**body["cap"])
    with door.db.write() as tx:
        version = home_reading.choose_levels(tx, g.shop, body["preset"], cap, now, by=g.person)
    return {"version": version}


BACKFILL = record(
    {
        "state": WORD,
        "done": COUNT,
        "total": or_null(COUNT),
        "problem": WORD,
        "since": MOMENT,
        "started_at": MOMENT,
        "finished_at": MOMENT,
    }
)
LATE = record({"case_id": WORD, "number": WORD, "action": WORD, "became": WORD})

OPERATIONS = (
    Operation(
        "get_home",
        "GET",
        "/home",
        "What needs somebody, what is at risk and owed, the next deadlines, what was missed "
        "while away, how far the reading of the past and the setup guide are",
        Right.VIEW,
        get_home,
        record(
            {
                "needs_you": COUNT,
                "due_soon": COUNT,
                "at_risk": SUMS,
                "owed": SUMS,
                "worst": things(CASE),
                "deadlines": things(CASE),
                "away": or_null(
                    record({"count": COUNT, "by_end": by_name(COUNT), "steps": things(LATE)})
                ),
                "backfill": or_null(BACKFILL),
                "watching": YES_NO,
                "would_go": by_name(COUNT),
                "setup": record({"steps": by_name(WORD), "settled": COUNT, "dismissed": YES_NO}),
            }
        ),
        pages=("desk.home",),
    ),
    Operation(
        "get_backfill",
        "GET",
        "/home/backfill",
        "How far the reading of the shop's past has come",
        Right.VIEW,
        get_backfill,
        record({"backfill": or_null(BACKFILL)}),
        pages=("desk.backfill_line",),
    ),
    Operation(
        "get_status",
        "GET",
        "/status",
        "Is the clock running, what was missed, which services are silent; `reopen_at` is where "
        "the store has to let the app in again",
        Right.VIEW,
        get_status,
        record(
            {
                "running": YES_NO,
                "last_tick": MOMENT,
                "missed": COUNT,
                "silent": things(
                    record(
                        {"service": WORD, "since": MOMENT, "failures": COUNT, "next_try": MOMENT}
                    )
                ),
                "reopen_at": WORD,
                "state": one_of(["active", "paused"]),
                "watching": YES_NO,
            }
        ),
        pages=("desk.status_line",),
    ),
    Operation(
        "switch_watching",
        "PUT",
        "/watching",
        "Let things go out (`watching` false), or only watch; `held` is how many stale steps wait "
        "for a word first",
        Right.SETTINGS,
        switch,
        record({"watching": YES_NO, "held": COUNT}),
        body=record({"watching": YES_NO}),
        pages=("desk.switch",),
    ),
    Operation(
        "settle_setup_step",
        "PUT",
        "/setup/steps/{step}",
        "A step of the setup guide is done, skipped, or open again",
        Right.SETTINGS,
        settle_step,
        OK,
        body=record({"state": one_of([DONE, SKIPPED, ""])}),
        pages=("desk.setup_step",),
    ),
    Operation(
        "dismiss_setup",
        "PUT",
        "/setup/dismissed",
        "Put the setup guide away, or bring it back",
        Right.SETTINGS,
        dismiss_setup,
        OK,
        body=record({"dismissed": YES_NO}),
        pages=("desk.setup_step",),
    ),
    Operation(
        "choose_levels",
        "PUT",
        "/setup/levels",
        "Publish terms that go as far as one of three ways; `all` needs a `cap`",
        Right.SETTINGS,
        choose_levels,
        record({"version": COUNT}),
        body=record(
            {"preset": one_of(PRESETS)},
            {"cap": record({"per_refund": AMOUNT, "per_day": AMOUNT, "currency": CURRENCY})},
        ),
        pages=("desk.choose_levels",),
    ),
)
