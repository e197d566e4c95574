"""Alice's browser: asks at any address, and what came back is looked through to the last file."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Any
from urllib.parse import quote, quote_plus, unquote

from flask import Flask, Request
from flask.testing import FlaskClient
from werkzeug.datastructures import CombinedMultiDict, ImmutableMultiDict
from werkzeug.routing import Rule
from werkzeug.test import TestResponse
from werkzeug.utils import cached_property

from plugin.pages import login_link
from scheduler.web import make_app
from tests.isolation.counting import probed
from tests.isolation.town import Town, Who

OWN = {"Sec-Fetch-Site": "same-origin"}
IN_ADDRESS: set[str] = set()
IN_FORM: set[str] = set()
"""Names the last request was asked for."""


class _Address(ImmutableMultiDict[str, str]):
    def get(self, key: str, *rest: Any, **more: Any) -> Any:
        IN_ADDRESS.add(key)
        return super().get(key, *rest, **more)


class _Form(ImmutableMultiDict[str, str]):
    def get(self, key: str, *rest: Any, **more: Any) -> Any:
        IN_FORM.add(key)
        return super().get(key, *rest, **more)

    def getlist(self, key: str, *rest: Any, **more: Any) -> Any:
        IN_FORM.add(key)
        return super().getlist(key, *rest, **more)


class _Either(CombinedMultiDict[str, str]):
    def get(self, key: str, *rest: Any, **more: Any) -> Any:
        IN_ADDRESS.add(key)
        IN_FORM.add(key)
        return super().get(key, *rest, **more)


class NotingRequest(Request):
    """Remembers which parameters and fields somebody wanted to know."""

    parameter_storage_class = _Form

    @cached_property
    def args(self) -> _Address:
        return _Address(super().args)

    @cached_property
    def values(self) -> _Either:
        return _Either([self.args, self.form])


@dataclass(frozen=True)
class Answer:
    """What came back, unpacked."""

    status: int
    text: str
    parameters: frozenset[str]
    fields: frozenset[str]
    """Names the page asked the address and the form for."""


@dataclass
class Asker:
    """A browser or a program of one shop."""

    client: FlaskClient
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def app(self) -> Flask:
        return self.client.application

    def ask(self, method: str, path: str, **more: Any) -> Answer:
        IN_ADDRESS.clear()
        IN_FORM.clear()
        headers = {**OWN, **self.headers, **more.pop("headers", {})}
        with self.client.open(path, method=method, headers=headers, **more) as answer:
            names = frozenset(IN_ADDRESS), frozenset(IN_FORM)
            return Answer(answer.status_code, unpacked(answer), *names)


def browser(town: Town, who: Who | None = None) -> Asker:
    """The owner's."""
    app = make_app(town.runtime)
    app.request_class = NotingRequest
    client = app.test_client()
    shop = (who or town.alice).shop
    assert client.get(login_link(town.runtime.settings, shop, "somebody")).status_code == 302
    return Asker(client)


def unpacked(answer: TestResponse) -> str:
    """Headers and body as text; archives by what is in them."""
    body = answer.get_data()
    parts = [str(answer.headers)]
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            for name in packed.namelist():
                parts += [name, packed.read(name).decode("utf-8", "replace")]
    else:
        parts.append(body.decode("utf-8", "replace"))
    if answer.is_json:
        parts.append(json.dumps(answer.get_json(), ensure_ascii=False))
    return "\n".join(parts)


def leaks(bob: Who, text: str, said: Iterable[str] = ()) -> list[str]:
    """What of Bob's stands in an answer, beside what the asker said himself. A probe."""
    probed()
    return standing_in(bob, text, said)


def standing_in(bob: Who, text: str, said: Iterable[str] = ()) -> list[str]:
    """What of Bob's stands in any text, in whatever coding."""
    for one in sorted(set(said), key=len, reverse=True):
        for written in (one, escape(one), quote(one), quote(one, safe=""), quote_plus(one)):
            text = text.replace(written, "…") if len(one) > 5 else text
    return bob.seen_in(unescape(unquote(text)))


def rules(app: Flask, method: str, *blueprints: str) -> Iterator[Rule]:
    """Every address of these parts that takes the method."""
    for rule in app.url_map.iter_rules():
        part, _, name = rule.endpoint.partition(".")
        if part in blueprints and name != "static" and method in (rule.methods or ()):
            yield rule


def built(rule: Rule, places: Mapping[str, Any]) -> str:
    found = rule.build(dict(places))
    assert found is not None, (rule, places)
    return found[1]
