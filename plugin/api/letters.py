"""The shop's own texts of the letters, and what its products measure."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy.engine import Connection

from plugin import letter_check, letters
from plugin.actions import Letter
from plugin.api import rows
from plugin.api.door import Door
from plugin.api.operation import Asked, Operation
from plugin.api.shapes import COUNT, WORD, YES_NO, number, or_null, record, text, things
from plugin.imports import MEASURE_COLUMNS, Row, import_measures
from plugin.letter_check import LONGEST, LONGEST_SUBJECT
from plugin.pages import letter_preview
from plugin.pages.letter_preview import sample_of
from plugin.pages.noting import concerns
from plugin.pages.roles import Right
from plugin.sentences import LANGUAGES
from plugin.store import mail, measures, timelines

SIZES = MEASURE_COLUMNS[1:]


def list_letters(door: Door, _asked: Asked) -> Any:
    with door.db.read() as tx:
        own = mail.own_texts(tx, g.shop.shop)
    return {
        "letters": [
            {
                "letter": str(letter),
                "own": [tongue for tongue in LANGUAGES if (str(letter), tongue) in own],
                "variables": list(letters.VARIABLES[letter]),
            }
            for letter in Letter
        ]
    }


def get_letter(door: Door, asked: Asked) -> Any:
    with door.db.read() as tx:
        return _letter(tx, door, asked, asked.get("order", ""))


def keep_letter(door: Door, asked: Asked) -> Any:
    letter, text_ = Letter(asked["letter"]), _text(asked)
    now = door.clock.now()
    with door.desk.act("letter_kept", f"{asked['letter']} {asked['tongue']}") as tx:
        shop, tongue = g.shop.shop, asked["tongue"]
        mail.keep_text(tx, shop, letter, tongue, text_, now, author=g.person)
        return _letter(tx, door, asked, "")


def drop_letter(door: Door, asked: Asked) -> Any:
    with door.desk.act("letter_dropped", f"{asked['letter']} {asked['tongue']}") as tx:
        mail.drop_text(tx, g.shop.shop, asked["letter"], asked["tongue"])
        return _letter(tx, door, asked, "")


def preview_letter(door: Door, asked: Asked) -> Any:
    text_ = _text(asked)
    with door.db.read() as tx:
        return _tried(tx, door, asked, asked["body"].get("order", ""), text_)


def _letter(tx: Connection, door: Door, asked: Asked, order: str) -> dict[str, Any]:
    letter, tongue = Letter(asked["letter"]), asked["tongue"]
    own = mail.own_text(tx, g.shop.shop, letter, tongue)
    chosen = own or letters.default_text(letter, tongue)
    return {
        "subject": chosen[0],
        "body": chosen[1],
        "own": own is not None,
        "preview": _tried(tx, door, asked, order, chosen),
    }


def _tried(
    tx: Connection, door: Door, asked: Asked, order: str, text_: tuple[str, str]
) -> dict[str, str]:
    order_id = timelines.order_named(tx, g.shop.shop, order) if order else 0
    if order_id is None:
        raise rows.unusable(order="is not known")
    if order_id:
        concerns([order_id])
    sample = sample_of(tx, g.shop, order_id, None, door.settings.base_url)
    letter, now = Letter(asked["letter"]), door.clock.now()
    found = letter_preview.tried(sample, letter, asked["tongue"], text_, now)
    return {"subject": found.subject, "text": found.body}


def _text(asked: Asked) -> tuple[str, str]:
    """A subject and a body that work. Raises Problem with the codes of what does not."""
    subject, body = asked["body"]["subject"].strip(), asked["body"]["body"].strip()
    wrong = letter_check.problems(Letter(asked["letter"]), subject, body)
    if wrong:
        raise rows.unusable(**{name: "; ".join(codes) for name, codes in wrong.items()})
    return subject, body


def get_measure(door: Door, asked: Asked) -> Any:
    with door.db.read() as tx:
        found = measures.of_skus(tx, g.shop.shop, [asked["sku"]]).get(asked["sku"])
    if found is None:
        raise rows.not_found("Nobody has told us what it measures")
    return vars(found)


def keep_measures(door: Door, asked: Asked) -> Any:
    told = [
        Row(n, {name: "" if one.get(name) is None else str(one[name]) for name in MEASURE_COLUMNS})
        for n, one in enumerate(asked["body"]["rows"])
    ]
    found = list(import_measures(door.db, door.clock, g.shop.shop, told))
    return {
        "kept": found.count(None),
        "rejected": [{"row": one.number, "why": one.why} for one in found if one is not None],
    }


PREVIEW = record({"subject": WORD, "text": WORD})
LETTER = record({"subject": WORD, "body": WORD, "own": YES_NO, "preview": PREVIEW})
TEXT = {"subject": text(LONGEST_SUBJECT, 1), "body": text(LONGEST, 1)}
ONE = "/letters/{letter}/{tongue}"

OPERATIONS = (
    Operation(
        "list_letters",
        "GET",
        "/letters",
        "Every letter to customers, in which languages the shop has a text of its own, and what "
        "may be filled in",
        Right.VIEW,
        list_letters,
        record(
            {
                "letters": things(
                    record({"letter": WORD, "own": things(WORD), "variables": things(WORD)})
                )
            }
        ),
        pages=("desk.letters_page",),
    ),
    Operation(
        "get_letter",
        "GET",
        ONE,
        "A letter's text in a language, and how it reads for an order (`#1001`) or an example",
        Right.VIEW,
        get_letter,
        LETTER,
        query={"order": text(100, 1)},
        pages=("desk.letter_page",),
    ),
    Operation(
        "keep_letter",
        "PUT",
        ONE,
        "The shop's own text from now on; what does not work is refused at its field",
        Right.SETTINGS,
        keep_letter,
        LETTER,
        body=record(TEXT),
        pages=("desk.keep_letter",),
    ),
    Operation(
        "drop_letter",
        "DELETE",
        ONE,
        "Back to our text",
        Right.SETTINGS,
        drop_letter,
        LETTER,
        pages=("desk.keep_letter",),
    ),
    Operation(
        "preview_letter",
        "POST",
        f"{ONE}/preview",
        "How a text would read; nothing is kept",
        Right.SETTINGS,
        preview_letter,
        PREVIEW,
        body=record(TEXT, {"order": text(100, 1)}),
        pages=("desk.keep_letter",),
    ),
    Operation(
        "get_measure",
        "GET",
        "/measures",
        "What one product (`sku`) weighs and measures; null for what nobody measured",
        Right.VIEW,
        get_measure,
        record({"sku": WORD, **{name: or_null(COUNT) for name in SIZES}}),
        query={"sku": text(200, 1)},
        needs=("sku",),
        also=(404,),
        pages=("desk.measures_page",),
    ),
    Operation(
        "keep_measures",
        "PUT",
        "/measures",
        "Add products' measures, or bring them up to date, in grams and millimetres. Row by row: "
        "one that is rejected leaves the others kept",
        Right.SETTINGS,
        keep_measures,
        record({"kept": COUNT, "rejected": things(record({"row": COUNT, "why": WORD}))}),
        body=record(
            {
                "rows": things(
                    record(
                        {"sku": text(200, 1)},
                        {name: or_null(number(1, 99_999)) for name in SIZES},
                    ),
                    1000,
                    1,
                )
            }
        ),
        pages=("desk.keep_measures",),
    ),
)
