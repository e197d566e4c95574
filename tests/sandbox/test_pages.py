"""The pages and the strings, for this machine only."""

from __future__ import annotations

import re

import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from plugin.sandbox.app import World
from tests.sandbox.worlds import order


def test_every_page_is_there(world: World) -> None:
    world.seed()
    client = world.wsgi.test_client()
    order_id = world.ground.ledger.row("SELECT id FROM orders") or {}
    for path in ("/", "/mailbox", "/storefront", f"/storefront/{order_id['id']}", "/supplier"):
        answer = client.get(path)
        assert answer.status_code == 200
        text = answer.get_data(as_text=True)
        assert "http://127.0.0.1:9" in text or "//" not in text.replace("://www.w3", "")
    assert client.get("/static/world.css").status_code == 200
    assert client.get("/storefront/1").status_code == 404
    assert client.get("/mailbox/1").status_code == 404


def test_mounted_under_a_prefix_its_links_keep_the_prefix(world: World) -> None:
    mounted = Client(DispatcherMiddleware(lambda environ, start: [], {"/world": world.wsgi}))
    text = mounted.get("/world/", environ_base={"REMOTE_ADDR": "127.0.0.1"}).get_data(as_text=True)
    assert 'href="/world/mailbox"' in text
    assert 'href="/world/static/world.css"' in text


@pytest.mark.parametrize("address", ["10.0.0.5", "8.8.8.8", ""])
@pytest.mark.parametrize("path", ["/", "/control/ledger"])
def test_strangers_are_refused(world: World, address: str, path: str) -> None:
    answer = world.wsgi.test_client().get(path, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == 403


def test_another_sites_form_is_refused(world: World) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = world.wsgi.test_client().post("/control/turn", data={"hours": "1"}, headers=headers)
    assert answer.status_code == 403


def test_a_button_of_the_supplier_ships_and_comes_back(world: World) -> None:
    world.happen("record_purchase", reference="4001", order_id=order(world))
    form = {"kind": "ship", "reference": "4001", "page": "pages.supplier"}
    answer = world.wsgi.test_client().post("/control/happen", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/supplier")
    assert world.ledger()["purchases"][0]["status"] == "waitbuyerreceive"


def labels(page: str) -> list[str]:
    return re.findall(r"<button>([^<]+)</button>", page)


def test_a_purchase_offers_only_what_can_happen_to_it_now(world: World) -> None:
    client = world.wsgi.test_client()
    order_id = order(world)
    world.happen("record_purchase", reference="4001", order_id=order_id)
    waiting = labels(client.get("/supplier").get_data(as_text=True))
    assert "Refuse: too large" in waiting
    assert not {"Hold at customs", "Stopped", "Claim verified"} & set(waiting)

    world.happen("ship", reference="4001")
    world.happen("report", order_id=order_id, situation="damaged")
    world.happen("report", order_id=order_id, situation="cancellation")
    shipped = labels(client.get("/supplier").get_data(as_text=True))
    assert {"Hold at customs", "Stopped", "Not stopped", "Claim refused"} <= set(shipped)
    assert "Ship now" not in shipped

    for kind, result in (
        ("customs", "held"),
        ("stop_parcel", "failed"),
        ("claim_result", "verified"),
    ):
        form = {"kind": kind, "reference": "4001", "result": result, "page": "pages.supplier"}
        assert client.post("/control/happen", data=form).status_code == 303
    page = client.get("/supplier").get_data(as_text=True)
    assert "customs: held" in page
    assert "claim verified" in page
    assert labels(page) == [
        "Send abroad",
        "Clear at customs",
        "Return at customs",
        "Destroy at customs",
        "Pay recovery",
    ]


def test_a_customers_buttons_stand_on_the_order_and_lead_back_to_it(world: World) -> None:
    client = world.wsgi.test_client()
    order_id = order(world)
    assert labels(client.get(f"/storefront/{order_id}").get_data(as_text=True)) == [
        "Cancel",
        "Wrong address",
    ]
    form = {"kind": "report", "situation": "cancellation", "order_id": str(order_id)}
    answer = client.post("/control/happen", data=form | {"page": "pages.order"})
    assert answer.headers["Location"] == f"/storefront/{order_id}"
    world.happen("record_purchase", reference="4001", order_id=order_id)
    world.happen("ship", reference="4001")
    world.happen("report", order_id=order_id, situation="damaged")
    offered = labels(client.get(f"/storefront/{order_id}").get_data(as_text=True))
    assert {"Wrong items", "Damaged", "Send pictures"} <= set(offered)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("happen", {"kind": "miracle"}),
        ("happen", {"kind": "ship", "reference": "none"}),
        ("happen", {"kind": "ship"}),
        ("faults", {"operation": "order", "kind": "miracle"}),
        ("faults", {}),
        ("clock", {"to": "soon"}),
        ("clock", {}),
        ("turn", {"hours": -1}),
        ("turn", {"to": "2026-11-02"}),
        ("turn", {}),
    ],
)
def test_nonsense_is_answered_with_400(world: World, path: str, body: dict[str, object]) -> None:
    answer = world.wsgi.test_client().post(f"/control/{path}", json=body)
    assert answer.status_code == 400
    assert answer.get_json()["error"]


def test_the_clock_is_set_without_anything_happening(world: World) -> None:
    client = world.wsgi.test_client()
    to = "2026-12-24T18:00:00+00:00"
    answer = client.post("/control/clock", json={"to": to, "stand": True})
    assert answer.get_json() == {"now": to}
    assert client.get("/control/ledger").get_json()["now"] == to


def test_faults_are_ordered_and_cleared(world: World) -> None:
    client = world.wsgi.test_client()
    client.post("/control/faults", json={"operation": "smtp", "kind": "refuse", "count": 3})
    assert client.get("/control/faults").get_json()["faults"][0]["remaining"] == 3
    client.post("/control/faults", json={"clear": True})
    assert client.get("/control/faults").get_json()["faults"] == []


def test_the_ledger_tells_of_a_refund_by_hand(world: World) -> None:
    order_id = order(world)
    client = world.wsgi.test_client()
    client.post("/control/happen", json={"kind": "refund", "order_id": order_id, "minor": 250})
    told = client.get("/control/ledger").get_json()["refunds"][0]
    assert (told["order_id"], told["minor"], told["currency"], told["key"]) == (
        order_id,
        250,
        "EUR",
        None,
    )
