"""Reading what a customer sent. Everything that decides is read off the order, never off the form:
which lines there are, how many, whose case it is. Whatever else a form holds is not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, request
from werkzeug.datastructures import FileStorage

from plugin import addresses
from plugin.customer_reports import LONGEST_WORDS, Told
from plugin.evidence.keep import FULL, NoSpace
from plugin.evidence.limits import LIMITS, MEGABYTE
from plugin.pages.customer.countries import province_code
from plugin.pages.customer.offers import Offers
from plugin.pages.customer.texts import say
from plugin.pages.forms import Fields, words
from plugin.terms import VERIFIED, Situation

FILES = "files"
LARGEST = LIMITS.video_bytes + LIMITS.files_per_case * LIMITS.picture_bytes + MEGABYTE
"""The largest form with files: a video, a case full of pictures, and the words."""
LONGEST_TEXT = 6 * MEGABYTE
"""Somebody who pastes a novel is heard; its beginning is kept."""
LONGEST_BOUNDARY = 200
"""RFC 2046, 5.1.1 allows 70; some clients know no limit."""
FIELD_OF = {"line1": "address1", "line2": "address2", "province_code": "province"}
"""The form's fields by the names `plugin.addresses` has for them."""


@dataclass(frozen=True)
class Sent:
    """A file of a form: for which of the shot list it was chosen, empty for none."""

    shot: str
    file: FileStorage


def with_files() -> None:
    """Let this request be as large as a form with files may be; before anything of it is read."""
    request.max_content_length = LARGEST
    request.max_form_memory_size = LONGEST_TEXT


def arrived() -> None:
    """Read the form. Aborts with 400 for one that did not come whole; raises NoSpace."""
    if request.mimetype == "multipart/form-data":
        boundary = request.mimetype_params.get("boundary", "")
        if not 0 < len(boundary) <= LONGEST_BOUNDARY:
            abort(400)
    try:
        whole = bool(request.form)
    except OSError as error:
        if error.errno in FULL:
            raise NoSpace from None
        raise
    if not whole:
        abort(400)  # each of our forms has fields; one whose end is missing is read as empty


def files() -> list[Sent]:
    """The files of the form; a field nobody chose a file for has none."""
    return [
        Sent(name.removeprefix("shot_") if name.startswith("shot_") else "", file)
        for name, file in request.files.items(multi=True)
        if (name == FILES or name.startswith("shot_")) and file.filename
    ]


def problem(offers: Offers) -> Told:
    """A report of goods that arrived badly. Raises BadForm naming each field with its fix."""
    fields = Fields()
    lines = _lines(fields, offers.reportable)
    situation = _one_of(fields, "situation", {str(s) for s in VERIFIED})
    wish = _one_of(fields, "wish", {"", "refund", "reissue"})
    fields.check()
    return Told(
        Situation(situation),
        tuple(lines.items()),
        wish=wish,
        words=words("words", LONGEST_WORDS),
        once=_once(),
    )


def cancellation(offers: Offers) -> Told | None:
    """What is wanted no more; None where all of it is being cancelled already. Raises BadForm."""
    fields = Fields()
    wanted = _lines(fields, {**offers.stoppable, **offers.asked_for})
    fields.check()
    lines = {line_id: count for line_id, count in wanted.items() if line_id in offers.stoppable}
    if not lines:
        return None
    # Everything is named by naming nothing, so that it is one case for what nobody bought yet.
    named = () if offers.is_everything(lines) else tuple(lines.items())
    return Told(Situation.CANCELLATION, named, words=words("words", LONGEST_WORDS), once=_once())


def wrong_address() -> Told:
    """The right address for all that can still be sent there. Raises BadForm."""
    return Told(Situation.WRONG_ADDRESS, address=address(), once=_once())


def address() -> Mapping[str, str]:
    """An address as the customer wrote it. Raises BadForm; what is only odd he may insist on."""
    country = words("country_code", 2).upper()
    written = {name: words(name, 300) for name in ("address1", "address2", "city", "zip")}
    province = province_code(country, words("province", 100))
    fields = Fields()
    for name in ("address1", "city"):
        if not written[name]:
            fields.wrong(name, say("fix.empty"))
    for doubt in _doubts(written, province, country):
        needed = doubt.field == "country"
        if needed or request.form.get("sure") != "yes":
            name = "country_code" if needed else FIELD_OF.get(doubt.field, doubt.field)
            fields.wrong(name, say(f"doubt.{doubt.code}"))
    fields.check()
    return {**written, "province_code": province, "country_code": country}


def _doubts(written: Mapping[str, str], province: str, country: str) -> tuple[addresses.Doubt, ...]:
    return addresses.check(
        {
            "country": country,
            "name": "as the order has it",
            "line1": written["address1"],
            "line2": written["address2"],
            "city": written["city"],
            "zip": written["zip"],
            "province_code": province,
        }
    )


def _lines(fields: Fields, most: Mapping[int, int]) -> dict[int, int]:
    """How many of each line that may be named; none at all is a mistake."""
    found: dict[int, int] = {}
    for line_id, limit in most.items():
        said = request.form.get(f"units_{line_id}", "0").strip() or "0"
        if said.isascii() and said.isdigit() and len(said) < 10 and int(said) <= limit:
            found[line_id] = int(said)
        else:
            fields.wrong("lines", say("fix.number"))
    named = {line_id: count for line_id, count in found.items() if count}
    if not named:
        fields.wrong("lines", say("fix.lines"))
    return named


def _one_of(fields: Fields, name: str, allowed: set[str]) -> str:
    said = request.form.get(name, "")
    if said not in allowed:
        fields.wrong(name, say("fix.choose"))
    return said


def _once() -> str:
    """Names the form, so that sending it twice is sending it once."""
    return words("once", 100)
