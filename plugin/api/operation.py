"""What an operation is: one method of one path, with what it takes, gives and needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Request

from plugin.actions import Letter
from plugin.api.checks import NotJson, faults, parsed
from plugin.api.door import Door, Problem
from plugin.api.shapes import ID, LARGEST_ID, Schema, number, one_of, text
from plugin.evidence.limits import LIMITS
from plugin.pages.connection_ways import TRIED
from plugin.pages.roles import Right
from plugin.sentences import LANGUAGES
from plugin.setup_guide import STEPS

Asked = Mapping[str, Any]
"""What was asked, by name: places of the path, the query, `body`, `if_match`."""
BIG_INT = f"int(max={LARGEST_ID})"
LARGEST_VERSION = 2**31 - 2
PLACES: Mapping[str, tuple[str, Schema]] = {
    "case_id": ("string", text(36, 1)),
    "order_id": (BIG_INT, ID),
    "evidence_id": ("string", text(64, 64, pattern="^[0-9a-f]{64}$")),
    "version": (f"int(max={LARGEST_VERSION})", number(1, LARGEST_VERSION)),
    "letter": ("string", one_of(Letter)),
    "tongue": ("string", one_of(LANGUAGES)),
    "way": ("string", one_of(TRIED)),
    "step": ("string", one_of(STEPS)),
    "view_id": ("string", text(36, 1)),
    "key_id": ("string", text(36, 1)),
    "hook_id": ("string", text(36, 1)),
    "sending_id": (BIG_INT, ID),
    "inbox_id": (BIG_INT, ID),
    "email": ("string", text(320, 1)),
}
"""What stands in a path: how Flask finds it, and what it has to be."""
JSON = "application/json"
ZIP, CSV, JPEG = "application/zip", "text/csv", "image/jpeg"
VIDEOS = ("video/mp4", "video/quicktime", "video/webm")
RAW = "application/octet-stream"


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    name: str
    method: str
    route: str
    says: str
    right: Right
    answer: Callable[[Door, Asked], Any]
    """Returns what `gives` describes, or a whole answer of its own."""
    gives: Schema = field(default_factory=dict)
    query: Mapping[str, Schema] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    """Names of the query that must be there."""
    body: Schema | None = None
    status: int = 200
    conflicts: bool = False
    """May answer 409: it comes too late, or asks for what must not be."""
    versioned: bool = False
    """Needs If-Match: 428 without, 412 where it is not the version in force."""
    files: tuple[str, ...] = ()
    """The media types it gives instead of JSON."""
    takes_file: bool = False
    """Its body is a file as it is."""
    also: tuple[int, ...] = ()
    """Further statuses it may answer with."""
    pages: tuple[str, ...] = ()
    """The endpoints of the desk that do the same."""

    @property
    def path(self) -> str:
        """As Flask writes it."""
        path = self.route
        for name in self.places:
            path = path.replace("{" + name + "}", f"<{PLACES[name][0]}:{name}>")
        return path

    @property
    def places(self) -> list[str]:
        """What stands in its path."""
        return [name for name in PLACES if "{" + name + "}" in self.route]

    @property
    def has_body(self) -> bool:
        """Something is to be sent with it."""
        return self.body is not None or self.takes_file

    def read(self, request: Request, places: Mapping[str, Any]) -> dict[str, Any]:
        """Everything that was asked, checked. Raises Problem naming each field that is wrong."""
        wrong: dict[str, str] = {}
        for name, value in places.items():
            wrong |= faults(PLACES[name][1], value, name)
        if wrong:
            raise Problem(404, "not_found", "Nothing is there by that name")
        found: dict[str, Any] = {**places, **self._query(request, wrong)}
        if self.versioned:
            found["if_match"] = _version_seen(request)
        if self.takes_file:
            request.max_content_length = LIMITS.video_bytes
        elif request.method != "GET":
            found["body"] = self._body(request, wrong)
        if wrong:
            raise Problem(422, "fields", "Some fields cannot be used", fields=wrong)
        return found

    def _query(self, request: Request, wrong: dict[str, str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in request.args:
            if name not in self.query:
                wrong[name] = "is not known"
            elif len(request.args.getlist(name)) > 1:
                wrong[name] = "is there twice"
        wrong |= {name: "is missing" for name in self.needs if name not in request.args}
        for name, schema in self.query.items():
            if name in request.args and name not in wrong:
                value: Any = request.args[name]
                if schema["type"] == "integer":
                    digits = value.removeprefix("-")
                    plain = digits.isascii() and digits.isdigit() and len(digits) < 20
                    value = int(value) if plain else value
                wrong |= faults(schema, value, name)
                found[name] = value
        return found

    def _body(self, request: Request, wrong: dict[str, str]) -> Any:
        raw = request.get_data()
        if self.body is None:
            if raw.strip() not in {b"", b"{}"}:
                wrong[""] = "takes no body"
            return None
        if not request.is_json:
            raise Problem(415, "not_json", f"Send the body as {JSON}")
        try:
            found = parsed(raw)
        except NotJson as error:
            wrong[error.field] = error.fix
            return None
        wrong |= faults(self.body, found)
        return found


def _version_seen(request: Request) -> Any:
    """The versions If-Match names. Raises Problem where it names none."""
    if "If-Match" not in request.headers or request.if_match.star_tag:
        raise Problem(428, "no_version", "Send If-Match with the ETag of what you have seen")
    return request.if_match
