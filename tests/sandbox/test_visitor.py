"""People who open the app's own pages, against pages that are only pretended."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from PIL import Image
from werkzeug.formparser import parse_form_data
from werkzeug.test import EnvironBuilder

from plugin import business_days
from plugin.sandbox import mailbox
from plugin.sandbox.app import World, create_world
from plugin.sandbox.outside import Seen
from plugin.sandbox.visitor import CASE
from tests.sandbox.worlds import NOON, PretendApp, line_ids, order, settings

TOKEN = "/report/" + "a" * 43
ANOTHER = "/report/" + "b" * 43
CASE_ID = "5f0c1a52-6f0e-5b5e-9d0a-7b1d2c1f4a10"
DAY = timedelta(days=1)


@dataclass
class PretendPages:
    """Shows what it is told to, and keeps every form."""

    shown: dict[str, str] = field(default_factory=dict)
    answers: list[int] = field(default_factory=list)
    sent: list[tuple[str, bytes, str]] = field(default_factory=list)
    there: bool = True

    def look(self, path: str) -> Seen | None:
        if not self.there:
            return None
        return Seen(200, self.shown[path]) if path in self.shown else Seen(404, "")

    def send(self, path: str, body: bytes, content_type: str) -> Seen | None:
        if not self.there:
            return None
        self.sent.append((path, body, content_type))
        return Seen(self.answers.pop(0) if self.answers else 303, "")

    def form(self, nth: int = -1) -> dict[str, str]:
        _, body, kind = self.sent[nth]
        if "urlencoded" in kind:
            return {name: values[0] for name, values in parse_qs(body.decode()).items()}
        return dict(self._parsed(nth)[0].items())

    def files(self, nth: int = -1) -> dict[str, bytes]:
        return {name: file.read() for name, file in self._parsed(nth)[1].items()}

    def _parsed(self, nth: int) -> tuple[Any, Any]:
        _, body, kind = self.sent[nth]
        whole = EnvironBuilder(method="POST", input_stream=io.BytesIO(body), content_type=kind)
        _, form, files = parse_form_data(whole.get_environ())
        return form, files


@pytest.fixture
def pages() -> PretendPages:
    return PretendPages()


@pytest.fixture
def visited(tmp_path: Path, pages: PretendPages) -> Iterator[World]:
    made = settings(tmp_path)
    made.clock.turn_to(NOON)
    world = create_world(made, outside=PretendApp(made.clock), visitors_see=pages)
    yield world
    world.close()


def opened(world: World, pages: PretendPages, *forms: str) -> int:
    """An order the app knows, with a case; `forms` are the addresses its case page sends to."""
    order_id = order(world)
    pages.shown = {
        f"/orders/{order_id}": f'<input value="http://app{TOKEN}"> <a href="/cases/{CASE_ID}">',
        f"/cases/{CASE_ID}": " ".join(f'<form action="/cases/{CASE_ID}/{f}">' for f in forms),
        TOKEN: f'<form action="{TOKEN}/stop"> <form action="{TOKEN}/address">',
    }
    return order_id


def test_a_customer_reports_with_pictures_of_the_shot_list(
    visited: World, pages: PretendPages
) -> None:
    order_id = opened(visited, pages)
    visited.happen("report", order_id=order_id, situation="damaged", pictures=2, wish="reissue")
    assert visited.deliver_due()

    ((path, _, _),) = pages.sent
    form, files = pages.form(), pages.files()
    assert path == f"{TOKEN}/problem"
    assert (form["situation"], form["wish"]) == ("damaged", "reissue")
    first, second = line_ids(visited, order_id)
    assert form[f"units_{first}"] == "3"
    assert f"units_{second}" not in form
    assert "rotto" in form["words"], "in the customer's language"
    assert list(files) == ["shot_parcel", "shot_label"]
    for data in files.values():
        assert Image.open(io.BytesIO(data)).format == "JPEG"
    assert len(set(files.values())) == 2
    assert visited.ledger()["visits"] == {"delivered": 1}
    assert visited.ledger()["webhooks"].keys() == {"delivered"}


def test_the_link_of_the_last_letter_is_the_one_that_is_opened(
    visited: World, pages: PretendPages
) -> None:
    order_id = opened(visited, pages)
    name = visited.ledger()["orders"][0]["name"]
    visited.ground.ledger.add(
        "mails",
        message_id="<1@x>",
        received_at=NOON.isoformat(),
        sender="",
        recipients=["alice@example.com"],
        subject=f"Your order {name}",
        text=f"Here: http://app{ANOTHER} .",
        html="",
        headers=[],
    )
    assert len(mailbox.messages(visited.ground)) == 1
    visited.happen("report", order_id=order_id, situation="wrong_items")
    visited.deliver_due()
    assert pages.sent[0][0] == f"{ANOTHER}/problem"
    assert pages.sent[0][2].startswith("application/x-www-form-urlencoded"), "nothing to upload"


@pytest.mark.parametrize(
    ("situation", "form"), [("cancellation", "stop"), ("wrong_address", "address")]
)
def test_second_thoughts_go_where_the_page_takes_them(
    visited: World, pages: PretendPages, situation: str, form: str
) -> None:
    order_id = opened(visited, pages)
    visited.happen("report", order_id=order_id, situation=situation)
    visited.deliver_due()
    assert pages.sent[0][0] == f"{TOKEN}/{form}"
    if situation == "wrong_address":
        assert (pages.form()["city"], pages.form()["country_code"]) == ("Torino", "IT")


def test_where_the_page_offers_nothing_the_customer_writes_to_the_store(
    visited: World, pages: PretendPages
) -> None:
    order_id = opened(visited, pages)
    pages.shown[TOKEN] = "It is on its way abroad."
    visited.happen("report", order_id=order_id, situation="cancellation")
    visited.deliver_due()
    assert pages.sent[0][0] == f"/orders/{order_id}/report"
    assert pages.form()["situation"] == "cancellation"


def test_a_page_that_is_not_there_yet_is_tried_again(visited: World, pages: PretendPages) -> None:
    order_id = opened(visited, pages)
    shown, pages.shown = pages.shown, {}
    visited.happen("report", order_id=order_id, situation="damaged")
    visited.deliver_due()
    assert (pages.sent, visited.ledger()["visits"]) == ([], {"waiting": 1})
    pages.shown = shown
    visited.ground.settings.clock.turn_to(NOON + timedelta(minutes=2))
    visited.deliver_due()
    assert len(pages.sent) == 1


@pytest.mark.parametrize("status", [409, 413, 422])
def test_a_form_that_is_refused_is_not_sent_again(
    visited: World, pages: PretendPages, status: int
) -> None:
    order_id = opened(visited, pages)
    pages.answers = [status]
    visited.happen("report", order_id=order_id, situation="damaged")
    visited.deliver_due()
    visited.ground.settings.clock.turn_to(NOON + DAY)
    visited.deliver_due()
    assert (len(pages.sent), visited.ledger()["visits"]) == (1, {"refused": 1})


def test_while_the_app_is_away_a_visit_waits_and_then_it_is_the_same_form(
    visited: World, pages: PretendPages
) -> None:
    order_id = opened(visited, pages)
    pages.answers = [500]
    visited.happen("report", order_id=order_id, situation="damaged")
    pages.there = False
    assert not visited.deliver_due()
    pages.there = True
    visited.deliver_due()
    visited.ground.settings.clock.turn_to(NOON + timedelta(minutes=2))
    visited.deliver_due()
    assert len(pages.sent) == 2
    assert pages.form(0)["once"] == pages.form(1)["once"]


def test_a_doubt_is_answered_with_what_was_meant(visited: World, pages: PretendPages) -> None:
    order_id = opened(visited, pages)
    pages.shown[TOKEN] = f'<form action="{TOKEN}/cases/{CASE_ID}/address">'
    visited.happen("settle_address", order_id=order_id, how="confirmed")
    visited.happen("settle_address", order_id=order_id, how="corrected")
    visited.deliver_due()
    assert {path for path, _, _ in pages.sent} == {f"{TOKEN}/cases/{CASE_ID}/address"}
    assert pages.form(0)["answer"] == "right"
    assert pages.form(1)["address1"] == "Via dei Tigli 7"


def test_pictures_that_were_missing_go_to_the_case(visited: World, pages: PretendPages) -> None:
    order_id = opened(visited, pages)
    visited.happen("report", order_id=order_id, situation="wrong_items")
    pages.shown[TOKEN] = f'<form action="{TOKEN}/cases/{CASE_ID}/files">'
    visited.happen("more_pictures", order_id=order_id, pictures=3)
    visited.deliver_due()
    assert pages.sent[1][0] == f"{TOKEN}/cases/{CASE_ID}/files"
    assert list(pages.files()) == ["shot_parcel", "shot_label", "shot_content"]


def test_the_merchant_presses_a_button_and_what_follows_is_counted_from_there(
    visited: World, pages: PretendPages
) -> None:
    order_id = opened(visited, pages)
    key = "intercept:A&amp;B/4001"
    pages.shown[f"/cases/{CASE_ID}"] = f'<input type="hidden" name="key" value="{key}">'
    later = {"days": 2, "kind": "cancel_order", "doc": {"order_id": order_id}}
    visited.happen("press", order_id=order_id, verb="sent", key="intercept:", then=[later])
    visited.deliver_due()
    assert pages.sent[0][0] == f"/cases/{CASE_ID}/sent"
    assert pages.form()["key"] == "intercept:A&B/4001"
    visited.turn(NOON + 3 * DAY)
    assert visited.ledger()["orders"][0]["cancelled_at"] == (NOON + 2 * DAY).isoformat()


def test_the_desk_answers_nobody_who_has_not_asked(visited: World, pages: PretendPages) -> None:
    order_id = opened(visited, pages)
    visited.happen("record_purchase", reference="4001", order_id=order_id)
    visited.happen("report", order_id=order_id, situation="cancellation")
    visited.turn(NOON + 10 * DAY)
    assert "stopped" not in visited.ledger()["purchases"][0]

    pages.shown[f"/cases/{CASE_ID}"] = f'<form action="/cases/{CASE_ID}/interception">'
    visited.turn(NOON + 12 * DAY)
    assert visited.ledger()["purchases"][0]["stopped"] in {"succeeded", "failed"}


def test_a_claim_is_answered_12_to_25_business_days_after_it_was_handed_in(
    visited: World, pages: PretendPages
) -> None:
    order_id = opened(visited, pages, "verification")
    visited.happen("record_purchase", reference="4001", order_id=order_id)
    visited.happen("ship", reference="4001", delivered_after=5)
    visited.happen("report", order_id=order_id, situation="damaged", pictures=1)
    visited.turn(NOON + 50 * DAY)
    (judged,) = visited.ground.ledger.rows("SELECT * FROM happenings WHERE kind = 'claim_result'")
    due, asked = datetime.fromisoformat(judged["due"]), NOON + DAY
    assert business_days.after(asked, 11).due < due < business_days.after(asked, 25).due
    assert visited.ledger()["purchases"][0]["claim"] == judged["result"]


def test_without_pages_nobody_opens_any(world: World) -> None:
    world.happen("report", order_id=order(world), situation="damaged")
    assert world.deliver_due()
    assert world.ledger()["visits"] == {"struck off": 1}


def test_nobody_reports_what_is_no_situation_of_customers(world: World) -> None:
    with pytest.raises(LookupError):
        world.happen("report", order_id=order(world), situation="late_shipment")


def test_case_ids_are_found_wherever_a_page_names_them() -> None:
    assert CASE.findall(f"/cases/{CASE_ID}/sent /cases/none") == [CASE_ID]
