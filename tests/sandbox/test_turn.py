"""Turning the clock: in order, at the app's pace, through its absences."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path

from plugin.sandbox.app import World
from plugin.sandbox.outside import Readiness
from tests.sandbox.worlds import NOON, PretendApp, build, order


def test_things_happen_in_the_order_of_their_days(world: World, app: PretendApp) -> None:
    order_id = order(world)
    for reference in ("41", "42"):
        world.happen("record_purchase", reference=reference, order_id=order_id, lines=[])
    for days, kind, reference in ((3, "ship", "41"), (1, "no_stock", "42"), (2, "answer", "41")):
        world.ground.schedule(NOON + timedelta(days=days), kind, reference=reference)
    world.turn(NOON + timedelta(days=4))
    pushed = [json.loads(body)["type"] for path, body, _ in app.taken if path.endswith("supplier")]
    assert pushed == [
        "purchase.recorded",
        "purchase.recorded",
        "purchase.out_of_stock",
        "purchase.answered",
        "purchase.shipped",
    ]
    assert world.ground.now() >= NOON + timedelta(days=4)
    assert not world.turner.progress()["running"]


def test_no_step_is_longer_than_three_hours(world: World) -> None:
    world.turn(NOON + timedelta(hours=10))
    assert world.turner.progress()["steps"] >= 4


def test_what_cannot_happen_does_not_stop_the_rest(world: World) -> None:
    world.ground.schedule(NOON + timedelta(hours=1), "ship", reference="nobody's")
    world.ground.schedule(NOON + timedelta(hours=2), "place_order", mark="a customer")
    world.turn(NOON + timedelta(hours=3))
    assert len(world.ledger()["orders"]) == 1


class AwayForAWhile(PretendApp):
    """Does not answer the first times it is asked."""

    asked = 0

    def ready(self) -> Readiness | None:
        self.asked += 1
        return None if self.asked < 5 else super().ready()

    def post(self, path: str, body: bytes, headers: object) -> int | None:
        return None if self.asked < 5 else super().post(path, body, headers)  # type: ignore[arg-type]  # as given


def test_an_app_that_was_killed_is_waited_for(tmp_path: Path) -> None:
    world, app = build(tmp_path)
    away = AwayForAWhile(app.clock)
    world.postman._outside = world.turner._outside = away
    order(world)
    world.turn(NOON + timedelta(hours=1))
    assert len(away.taken) == 2
    assert away.asked >= 5
    world.close()


def test_a_turn_that_was_cut_off_goes_on_after_a_restart(tmp_path: Path) -> None:
    first, _ = build(tmp_path)
    target = NOON + timedelta(days=1)
    first.ground.ledger.write("turning", to=target.isoformat())
    first.close()
    second, _ = build(tmp_path)
    assert second.turner.resume()
    second.turner.wait()
    assert second.ground.now() >= target
    assert not second.ground.ledger.note("turning")
    second.close()


def test_two_turns_do_not_run_at_once(world: World, app: PretendApp) -> None:
    app.status = lambda nth: None
    turning = threading.Thread(target=world.turn, args=(NOON + timedelta(hours=1),))
    turning.start()
    while not world.turner.progress()["running"]:
        turning.join(0.01)
    client = world.wsgi.test_client()
    assert client.post("/control/turn", json={"hours": 1}).status_code == 409
    assert client.get("/control/turning").get_json()["running"]
    app.status = lambda nth: 200
    turning.join(10)
    assert not turning.is_alive()


def test_a_button_turns_in_the_background(world: World) -> None:
    answer = world.wsgi.test_client().post("/control/turn", json={"hours": 6})
    assert answer.status_code == 202
    world.turner.wait()
    assert world.ground.now() >= NOON + timedelta(hours=6)
