"""The forms that stand on a shop's pages, as its people see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

Fields = tuple[tuple[str, str], ...]


@dataclass
class Form:
    """Where it is sent, and what with; each of its buttons sends it."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    """(address of its own, name, value)"""

    def sendings(self) -> list[tuple[str, Fields]]:
        """(address, fields), once for each button."""
        buttons = self.buttons or [("", "", "")]
        return [
            (action or self.action, (*self.fields, *([(name, value)] if name else [])))
            for action, name, value in buttons
        ]


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.forms: dict[str, Form] = {}
        self.now = ""
        self.area = self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.now = a.get("id") or f"form-{len(self.forms)}"
            if a.get("method", "").lower() == "post":
                self.forms.setdefault(self.now, Form("")).action = a.get("action") or self.path
        key = a.get("form") or self.now
        if tag not in {"input", "button", "textarea", "select", "option"} or not key:
            return
        form = self.forms.setdefault(key, Form(""))
        self._field(tag, a, form)

    def _field(self, tag: str, a: dict[str, str], form: Form) -> None:
        name, value, kind = a.get("name", ""), a.get("value", ""), a.get("type", "")
        match tag:
            case "button":
                form.buttons.append((a.get("formaction", ""), name, value))
            case "input" if name and kind != "file":
                form.fields.append((name, value))
            case "textarea":
                self.area = name
                form.fields.append((name, ""))
            case "select":
                self.select = name
            case "option" if self.select:
                form.fields.append((self.select, value))
                self.select = ""

    def handle_data(self, data: str) -> None:
        if self.area and self.now in self.forms:
            self.forms[self.now].fields.append((self.area, data))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.now = ""
        if tag == "textarea":
            self.area = ""


def forms_on(path: str, page: str) -> list[tuple[str, Fields]]:
    """Every way of sending a form of a page."""
    reader = _Reader(path)
    reader.feed(page)
    return [one for form in reader.forms.values() if form.action for one in form.sendings()]
