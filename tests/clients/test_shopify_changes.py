"""A new address, and the end of an order: what is sent, and what the answers mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused, Retriable
from clients.shopify.addresses import PostalAddress
from tests.clients.shop import order

ORDER = 9007199254740993
JOB = "gid://shopify/OrderCancelJobResult/0b6c"
BEGUN = {"orderCancel": {"jobResult": {"id": JOB}, "orderCancelUserErrors": []}}
TORINO = PostalAddress(
    first_name="Alice",
    last_name="Rossi",
    address1="Via dei Tigli 7",
    city="Torino",
    province_code="TO",
    country_code="IT",
    zip="10123",
)


def cancel(admin, **changes):
    given = {"reason": "CUSTOMER", "note": "case 7", "restock": False, **changes}
    return admin.cancel_order(ORDER, **given)


# --- the address ---------------------------------------------------------------------------------


def test_the_whole_address_is_sent_and_an_empty_part_is_taken_off(shop, admin):
    shop.root = {"orderUpdate": {"order": order(), "userErrors": []}}

    admin.update_address(ORDER, TORINO)

    sent = shop.asked[0][1]
    assert sent["id"] == f"gid://shopify/Order/{ORDER}"
    assert sent["address"] == {
        "firstName": "Alice",
        "lastName": "Rossi",
        "company": None,
        "address1": "Via dei Tigli 7",
        "address2": None,
        "city": "Torino",
        "provinceCode": "TO",
        "countryCode": "IT",
        "zip": "10123",
        "phone": None,
    }


def test_nothing_but_the_address_is_changed(shop, admin):
    taken = []

    def update(info, **given):
        taken.append(given["input"])
        return {"order": order(), "userErrors": []}

    shop.root = {"orderUpdate": update}
    admin.update_address(ORDER, TORINO)

    assert {"id", "shippingAddress"} == set(taken[0])


@pytest.mark.parametrize("country", ["", "it", "ITA", "I1"])
def test_an_address_needs_a_country_of_two_letters(shop, admin, country):
    with pytest.raises(ValueError, match="country"):
        admin.update_address(ORDER, replace(TORINO, country_code=country))

    assert shop.asked == []


def test_an_address_shopify_does_not_take_is_refused(shop, admin):
    wrong = {"field": ["shippingAddress", "zip"], "message": "Zip is not valid"}
    shop.root = {"orderUpdate": {"order": None, "userErrors": [wrong]}}

    with pytest.raises(Refused, match="Zip is not valid"):
        admin.update_address(ORDER, TORINO)


def test_a_country_that_does_not_exist_is_refused(shop, admin):
    with pytest.raises(Refused):
        admin.update_address(ORDER, replace(TORINO, country_code="XQ"))


def test_an_address_lost_on_the_way_is_unknown(shop, admin):
    shop.fails(502)

    with pytest.raises(OutcomeUnknown):
        admin.update_address(ORDER, TORINO)


def test_an_address_does_not_show_in_logs():
    assert "Tigli" not in repr(TORINO)
    assert PostalAddress(address1="Via dei Tigli 7") != PostalAddress()


# --- reading it back -----------------------------------------------------------------------------


def test_an_order_tells_where_it_goes_in_which_language_and_what_it_weighs(shop, admin):
    node = order(
        test=True,
        customerLocale="it-CH",
        shippingAddress={
            "id": "gid://shopify/MailingAddress/1",
            "firstName": "Alice",
            "lastName": "Rossi",
            "company": None,
            "address1": "Via dei Tigli 7",
            "address2": None,
            "city": "Torino",
            "provinceCode": "TO",
            "countryCodeV2": "IT",
            "zip": "10123",
            "phone": None,
        },
    )
    node["lineItems"]["nodes"][0]["weight"] = {"value": 0.3, "unit": "KILOGRAMS"}
    shop.root = {"order": node}

    found = admin.order(ORDER)

    assert (found.country, found.test, found.locale) == ("IT", True, "it-CH")
    assert found.shipping_address == TORINO
    assert found.lines[0].grams == 300


def test_an_order_that_hides_where_it_goes_has_no_country(shop, admin):
    shop.root = {"order": order()}

    found = admin.order(ORDER)

    assert (found.country, found.test, found.locale) == ("", False, "")
    assert found.shipping_address is None
    assert found.lines[0].grams is None


# --- cancelling ----------------------------------------------------------------------------------


def test_a_cancellation_begins_and_gives_its_job(shop, admin):
    shop.root = BEGUN

    assert cancel(admin) == JOB
    assert shop.asked[0][1] == {
        "id": f"gid://shopify/Order/{ORDER}",
        "reason": "CUSTOMER",
        "restock": False,
        "note": "case 7",
    }


def test_a_cancellation_pays_nothing_back_and_writes_to_nobody(shop, admin):
    taken = []

    def take(info, **given):
        taken.append(given)
        return BEGUN["orderCancel"]

    shop.root = {"orderCancel": take}
    cancel(admin)

    assert taken[0]["refundMethod"] == {"originalPaymentMethodsRefund": False}
    assert taken[0]["notifyCustomer"] is False
    assert "refund" not in taken[0]


def test_an_order_that_cannot_be_cancelled_is_refused_with_shopifys_code(shop, admin):
    error = {"field": ["orderId"], "message": "Order is cancelled already", "code": "INVALID"}
    shop.root = {"orderCancel": {"jobResult": None, "orderCancelUserErrors": [error]}}

    with pytest.raises(Refused, match="cancelled already") as caught:
        cancel(admin)

    assert caught.value.code == "INVALID"


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({"jobResult": None, "orderCancelUserErrors": []}, id="neither"),
        pytest.param(
            {"jobResult": {"id": JOB}, "orderCancelUserErrors": [{"message": "no"}]}, id="both"
        ),
        pytest.param({"jobResult": {}, "orderCancelUserErrors": []}, id="a job without an id"),
        pytest.param({"jobResult": {"id": JOB}, "orderCancelUserErrors": "no"}, id="not a list"),
    ],
)
def test_an_unclear_cancellation_is_unknown(shop, admin, payload):
    shop.answers({"data": {"orderCancel": payload}})

    with pytest.raises((OutcomeUnknown, Refused)) as caught:
        cancel(admin)

    assert caught.type is OutcomeUnknown


def test_a_cancellation_lost_on_the_way_is_unknown(shop, admin):
    shop.fails(504)

    with pytest.raises(OutcomeUnknown):
        cancel(admin)


def test_a_reason_shopify_does_not_know_is_refused(shop, admin):
    with pytest.raises(Refused):
        cancel(admin, reason="BOREDOM")


def test_a_note_too_long_for_shopify_is_not_sent(shop, admin):
    with pytest.raises(ValueError, match="255"):
        cancel(admin, note="x" * 256)

    assert shop.asked == []


def job(status, done, *errors):
    return {
        "node": {
            "__typename": "OrderCancelJobResult",
            "id": JOB,
            "done": done,
            "status": status,
            "errors": list(errors),
        }
    }


@pytest.mark.parametrize(
    ("status", "done"), [("STARTED", False), ("SUCCEEDED", True)], ids=["on its way", "done"]
)
def test_a_job_says_how_far_it_is(shop, admin, status, done):
    shop.root = job(status, done)

    assert done == admin.job_done(JOB)
    assert shop.asked[0][1] == {"id": JOB}


@pytest.mark.parametrize(
    ("errors", "code", "says"),
    [
        ([{"message": "A return is open", "code": "INVALID"}], "INVALID", "A return is open"),
        ([], "failed", "was not cancelled"),
    ],
)
def test_a_job_that_failed_is_refused_with_the_reason(shop, admin, errors, code, says):
    shop.root = job("FAILED", True, *errors)

    with pytest.raises(Refused, match=says) as caught:
        admin.job_done(JOB)

    assert code == caught.value.code


def test_a_job_nobody_knows_any_more_is_refused(shop, admin):
    shop.root = {"node": None}

    with pytest.raises(Refused) as caught:
        admin.job_done(JOB)

    assert caught.value.code == "not_found"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"data": {"node": {}}}, Retriable),
        (
            {
                "data": {"node": None},
                "errors": [{"message": "no", "extensions": {"code": "ACCESS_DENIED"}}],
            },
            NeedsAuthorisation,
        ),
    ],
    ids=["something else by that id", "not allowed to see it"],
)
def test_a_job_that_does_not_show_is_not_done(shop, admin, body, kind):
    shop.answers(body)

    with pytest.raises(kind):
        admin.job_done(JOB)
