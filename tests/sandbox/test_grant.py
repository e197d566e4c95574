"""The store's grant page, as the sandbox plays it."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from clients.shopify.query_hmac import is_signed
from plugin.sandbox.app import World
from tests.sandbox.worlds import NOON, SHOP

BACK = "http://127.0.0.1:9/auth/callback"
ASKED = {"client_id": "sandbox", "scope": "write_orders", "redirect_uri": BACK, "state": "s1"}
APP = {"client_id": "sandbox", "client_secret": "hush", "expiring": "1"}


def test_a_yes_brings_a_code_that_is_good_once(world: World) -> None:
    client = world.wsgi.test_client()
    page = f"/shopify/{SHOP}/admin/oauth/authorize?{urlencode(ASKED)}"
    assert "write_orders" in client.get(page).get_data(as_text=True)
    answer = client.post(page)
    pairs = parse_qsl(urlsplit(answer.location).query)
    assert answer.location.startswith(BACK)
    assert is_signed(pairs, ["hush"], NOON)
    told = dict(pairs)
    assert (told["state"], told["shop"]) == ("s1", SHOP)
    given = [
        client.post(f"/shopify/{SHOP}/admin/oauth/access_token", data={**APP, "code": told["code"]})
        for _ in range(2)
    ]
    assert [one.status_code for one in given] == [200, 400]
    assert given[0].get_json()["scope"] == "write_orders"


def test_a_used_refresh_token_can_be_tried_again_until_the_one_it_brought_is_used(
    world: World,
) -> None:
    client = world.wsgi.test_client()
    page = f"/shopify/{SHOP}/admin/oauth/authorize?{urlencode(ASKED)}"
    code = dict(parse_qsl(urlsplit(client.post(page).location).query))["code"]

    def given(**asked: str) -> tuple[int, str]:
        answer = client.post(f"/shopify/{SHOP}/admin/oauth/access_token", data={**APP, **asked})
        return answer.status_code, answer.get_json().get("refresh_token", "")

    def renewed(token: str) -> tuple[int, str]:
        return given(grant_type="refresh_token", refresh_token=token)

    _, first = given(code=code)
    tries = [renewed(first) for _ in range(5)]  # an outage: none of the answers arrived
    assert [status for status, _ in tries] == [200] * 5
    assert renewed(tries[-1][1])[0] == 200
    assert renewed(first)[0] == 400


def test_another_way_back_than_the_apps_is_refused(world: World) -> None:
    query = urlencode({**ASKED, "redirect_uri": "https://evil.example/"})
    answer = world.wsgi.test_client().get(f"/shopify/{SHOP}/admin/oauth/authorize?{query}")
    assert answer.status_code == 400
