"""People who open the app's own pages: customers through their link, the merchant at his desk.

A visit is written down when it is decided (`happenings.py`) and made when the postman gets to it.
What came of it is the status of the app's answer: 404 for a page that is not there yet.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlencode

from urllib3.filepost import encode_multipart_formdata

from plugin.evidence.shots import SHOTS
from plugin.sandbox import desk, moments, pictures
from plugin.sandbox.accounts import demand
from plugin.sandbox.ground import Ground
from plugin.sandbox.outside import Pages, Seen
from plugin.sandbox.store import Row
from plugin.terms import Situation

NOT_THERE = Seen(404, "")
LINK = re.compile(r"/report/[\w-]{20,}")
CASE = re.compile(r"/cases/([0-9a-f-]{36})")
SUBMITS = {"cancellation": "stop", "wrong_address": "address"}
"""Where on the customer's page a situation is told of; the others are problems with the goods."""

Form = Mapping[str, str]
Files = Sequence[tuple[str, bytes]]
"""(the form's field, a JPEG)"""


class Away(Exception):
    """The app does not answer."""


class Visitor:
    """Makes visits, one at a time."""

    def __init__(self, ground: Ground, pages: Pages) -> None:
        self._ground = ground
        self._pages = pages
        self._kinds: Mapping[str, Callable[[Row, Row], Seen]] = {
            "report": self._report,
            "more_pictures": self._more_pictures,
            "settle_address": self._settle_address,
            "press": self._press,
            "ask_supplier": self._ask_supplier,
            "look": self._look_whether_asked,
        }

    def visit(self, row: Row) -> int | None:
        """The status of the app's answer, or None when it does not answer."""
        what = json.loads(row["body"])
        try:
            seen = self._kinds[row["topic"]](what, row)
        except Away:
            return None
        if seen.status < 400:
            for one in what.get("then", ()):
                due = moments.moment(row["due"]) + timedelta(days=one["days"])
                self._ground.schedule(due, one["kind"], **one["doc"])
        return seen.status

    # --- the customer ---------------------------------------------------------------------------

    def _report(self, what: Row, row: Row) -> Seen:
        link, situation = self._link(what["order_id"]), str(what["situation"])
        if not link:
            return NOT_THERE
        form = {"once": row["id"], "words": what.get("words", ""), "wish": what.get("wish", "")}
        lines = demand(self._ground.ledger, what["order_id"]).lines
        named = lines if situation in SUBMITS else lines[:1]
        form |= {f"units_{line['id']}": str(line["quantity"]) for line in named}
        if situation in SUBMITS:
            submit = f"{link}/{SUBMITS[situation]}"
            if submit in self._see(link).text:
                return self._submit(submit, form | what.get("address", {}))
            # The page has no such form any more: the customer writes to the store instead.
            said = form | {"situation": situation}
            return self._submit(f"/orders/{what['order_id']}/report", said)
        sent = self._photographs(row["id"], situation, what.get("pictures", 0))
        return self._submit(f"{link}/problem", form | {"situation": situation}, sent)

    def _more_pictures(self, what: Row, row: Row) -> Seen:
        link = self._link(what["order_id"])
        cases = CASE.findall(self._see(link).text) if link else []
        if not cases:
            return NOT_THERE
        sent = self._photographs(row["id"], what["situation"], what["pictures"])
        return self._submit(f"{link}/cases/{cases[0]}/files", {"once": row["id"]}, sent)

    def _settle_address(self, what: Row, row: Row) -> Seen:
        link = self._link(what["order_id"])
        found = re.search(rf"{CASE.pattern}/address", self._see(link).text) if link else None
        if not found:
            return NOT_THERE
        answer = what.get("address") or {"answer": "right"}
        return self._submit(f"{link}/cases/{found[1]}/address", {"once": row["id"], **answer})

    def _link(self, order_id: int) -> str:
        """From the last letter about the order; before there is one, the merchant gives it."""
        name = demand(self._ground.ledger, order_id).order["name"]
        for mail in self._ground.ledger.rows("SELECT * FROM mails ORDER BY id DESC"):
            found = LINK.search(mail["text"])
            if found and name in f"{mail['subject']} {mail['text']}":
                return found[0]
        found = LINK.search(self._see(f"/orders/{order_id}").text)
        return found[0] if found else ""

    def _photographs(self, mark: str, situation: str, count: int) -> Files:
        """One for each of the list the page shows, as far as `count` goes."""
        shots = SHOTS[Situation(situation)][:count]
        return [
            (f"shot_{shot}", pictures.picture(self._ground.dice, f"{mark} {shot}"))
            for shot in shots
        ]

    # --- the merchant ---------------------------------------------------------------------------

    def _press(self, what: Row, row: Row) -> Seen:
        """A button on a case: `verb`, on the step whose key begins with `key`."""
        wanted = re.compile(rf'name="key" value="({re.escape(what["key"])}[^"]*)"')
        for case_id, page in self._cases(what["order_id"]):
            found = wanted.search(page)
            if found:
                form = {"key": html.unescape(found[1]), "choice": what.get("choice", "")}
                return self._submit(f"/cases/{case_id}/{what['verb']}", form)
        return NOT_THERE

    def _ask_supplier(self, what: Row, row: Row) -> Seen:
        for case_id, _ in self._cases(what["order_id"]):
            return self._submit(f"/cases/{case_id}/asked", {"message": what["message"]})
        return NOT_THERE

    def _look_whether_asked(self, what: Row, row: Row) -> Seen:
        """The desk answers nobody who has not asked: until then it is looked for each day."""
        order_id, about, due = what["order_id"], str(what["about"]), moments.moment(row["due"])
        if any(f"/cases/{case}/{about}" in page for case, page in self._cases(order_id)):
            desk.answer(self._ground, order_id, about, due)
        else:
            desk.look_later(self._ground, order_id, about, due, int(what["times"]) - 1)
        return Seen(200, "")

    def _cases(self, order_id: int) -> Iterator[tuple[str, str]]:
        """(case id, its page) of an order, as the merchant sees them."""
        page = self._see(f"/orders/{order_id}").text
        for case_id in dict.fromkeys(CASE.findall(page)):
            yield case_id, self._see(f"/cases/{case_id}").text

    # --- a browser ------------------------------------------------------------------------------

    def _see(self, path: str) -> Seen:
        seen = self._pages.look(path)
        if seen is None:
            raise Away
        return seen if seen.status == 200 else NOT_THERE

    def _submit(self, path: str, form: Form, files: Files = ()) -> Seen:
        if files:
            parts: list[tuple[str, str | tuple[str, bytes, str]]] = [*form.items()]
            parts += [(name, (f"{name}.jpg", data, "image/jpeg")) for name, data in files]
            body, kind = encode_multipart_formdata(parts)
        else:
            body, kind = urlencode(form).encode(), "application/x-www-form-urlencoded"
        seen = self._pages.send(path, body, kind)
        if seen is None:
            raise Away
        return seen
