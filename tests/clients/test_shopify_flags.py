"""Tags and fields of ours on an order: read, written over what was read, taken away, shown."""

from __future__ import annotations

import pytest

from clients.errors import OutcomeUnknown, Refused, Retriable
from clients.shopify.flags import Field, Kept, OrderFlags

ORDER = 9007199254740993
STATUS = {"key": "status", "value": "late", "compareDigest": "d1"}
SET = {"metafieldsSet": {"metafields": [{"id": "x", "key": "status"}], "userErrors": []}}


def complaint(code: str) -> dict[str, str | list[str]]:
    return {"field": ["metafields"], "message": "no", "code": code}


def test_everybodys_tags_and_our_fields_alone_are_read(shop, admin):
    kept = {"status": STATUS}
    shop.root = {"order": {"id": "x", "tags": ["vip"], "metafield": lambda _, key: kept.get(key)}}

    assert admin.flags(ORDER) == OrderFlags(("vip",), {"status": Kept("late", "d1")})
    assert shop.asked == [("OrderFlags", {"id": f"gid://shopify/Order/{ORDER}"})]


def test_an_order_the_shop_does_not_show_has_no_flags(shop, admin):
    shop.root = {"order": None}

    assert admin.flags(ORDER) is None


def test_a_field_is_written_over_what_was_read_and_a_new_one_over_nothing(shop, admin):
    shop.root = SET
    read = OrderFlags(fields={"status": Kept("late", "d1")})
    values = {
        "status": ("multi_line_text_field", "settled"),
        "case": ("url", "https://desk.example/1"),
    }

    admin.write_fields(ORDER, values, read)

    first, second = shop.asked[0][1]["fields"]
    assert (first["key"], first["compareDigest"], first["value"]) == ("status", "d1", "settled")
    assert (second["key"], second["compareDigest"], second["type"]) == ("case", None, "url")
    assert "namespace" not in first, "left out, it is the one reserved for the app"


@pytest.mark.parametrize("code", ["STALE_OBJECT", "INVALID_COMPARE_DIGEST"])
def test_whoever_was_faster_wins_and_we_read_again(shop, admin, code):
    shop.root = {"metafieldsSet": {"metafields": None, "userErrors": [complaint(code)]}}

    with pytest.raises(Retriable) as raised:
        admin.write_fields(ORDER, {"status": ("url", "x")}, OrderFlags())

    assert raised.value.code == code


def test_a_value_the_store_does_not_take_is_refused(shop, admin):
    shop.root = {"metafieldsSet": {"metafields": None, "userErrors": [complaint("INVALID_VALUE")]}}

    with pytest.raises(Refused):
        admin.write_fields(ORDER, {"case": ("url", "x")}, OrderFlags())


def test_a_lost_answer_is_not_taken_for_either(shop, admin):
    shop.fails(502)

    with pytest.raises(OutcomeUnknown):
        admin.write_fields(ORDER, {"case": ("url", "x")}, OrderFlags())


def test_fields_are_taken_away_and_one_that_is_not_there_is_no_error(shop, admin):
    shop.root = {"metafieldsDelete": {"deletedMetafields": [None], "userErrors": []}}

    admin.clear_fields(ORDER, ["deadline"])

    owner = f"gid://shopify/Order/{ORDER}"
    wanted = {"ownerId": owner, "namespace": "$app", "key": "deadline"}
    assert shop.asked == [("MetafieldsDelete", {"fields": [wanted]})]


DEADLINE = Field("deadline", "date_time", "Deadline", "Until when")


def test_a_field_is_shown_to_the_merchant_who_reads_it_and_does_not_write_it(shop, admin):
    made = {"createdDefinition": {"id": "x", "key": "deadline"}, "userErrors": []}
    shop.root = {"metafieldDefinitionCreate": made}

    admin.show_field(DEADLINE)

    sent = shop.asked[0][1]["definition"]
    assert (sent["key"], sent["ownerType"], sent["pin"]) == ("deadline", "ORDER", True)
    assert sent["access"] == {"admin": "MERCHANT_READ"}


def test_a_field_that_is_shown_already_is_no_error(shop, admin):
    taken = {"createdDefinition": None, "userErrors": [complaint("TAKEN")]}
    shop.root = {"metafieldDefinitionCreate": taken}

    admin.show_field(DEADLINE)

    full = {"createdDefinition": None, "userErrors": [complaint("PINNED_LIMIT_REACHED")]}
    shop.root = {"metafieldDefinitionCreate": full}
    with pytest.raises(Refused):
        admin.show_field(DEADLINE)


def test_which_fields_are_shown_is_asked_for_ours_alone(shop, admin):
    nodes = [{"id": "x", "key": "status"}]
    shop.root = {"metafieldDefinitions": {"nodes": nodes}}

    assert admin.fields_shown() == {"status"}
    assert shop.asked == [("MetafieldDefinitions", {"namespace": "$app"})]
