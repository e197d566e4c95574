"""Forms, as people send them from the app's own pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from urllib3.filepost import encode_multipart_formdata

from tests.simulation import wsgi
from tests.simulation.founding import ADDRESS
from tests.simulation.lanes import Process

Files = Sequence[tuple[str, bytes]]


def press(process: Process, shop: str, person: str, path: str, form: Mapping[str, str]) -> int:
    """A button of the desk: the status of the answer."""
    sealed = process.web.session_interface.get_signing_serializer(process.web)
    cookie = f"postvendita={sealed.dumps({'shop': shop, 'person': person})}"
    return _send(process, path, form, (), {"Cookie": cookie})


def ask(process: Process, path: str, form: Mapping[str, str]) -> int:
    """A form that is open to strangers."""
    return _send(process, path, form, (), {})


def tell(
    process: Process, shop: str, order_id: int, path: str, form: Mapping[str, str], files: Files
) -> int:
    """A form of the customer's own page, opened by the link in a letter."""
    assert process.runtime is not None
    link = process.runtime.connections.customer_link(shop, order_id).removeprefix(ADDRESS)
    return _send(process, f"{link}{path}", form, files, {})


def _send(
    process: Process, path: str, form: Mapping[str, str], files: Files, headers: Mapping[str, str]
) -> int:
    if files:
        parts: list[tuple[str, str | tuple[str, bytes, str]]] = [*form.items()]
        parts += [(name, (f"{name}.jpg", data, "image/jpeg")) for name, data in files]
        # Each call makes up a boundary of its own, which nothing depends on.
        body, kind = encode_multipart_formdata(parts)
    else:
        body, kind = urlencode(form).encode(), "application/x-www-form-urlencoded"
    own = {"Content-Type": kind, "Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"}
    return wsgi.call(process.web, "POST", path, body, {**own, **headers}).status
