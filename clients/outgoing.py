"""Posting to an address that somebody typed: only where it can do no harm.

The name is looked up here, every address it has is judged, and the connection goes to one that
was judged, so that a name which changes between the two leads nowhere. No redirects.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

import urllib3

CONNECT_SECONDS, READ_SECONDS = 5.0, 10.0
LONGEST = 2000
Resolve = Callable[[str, int], list[str]]


class NotAllowed(ValueError):
    """The address is one we do not post to; the message is one word for why."""


def parts_of(url: str, *, near: bool = False) -> SplitResult:
    """The address taken apart. `near` lets this very machine in, for the sandbox.

    Raises NotAllowed unless it is https on the usual port, without a password in it.
    """
    if len(url) > LONGEST or not url.isascii() or any(ord(c) < 33 for c in url):
        raise NotAllowed("malformed")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotAllowed("malformed") from None
    host = parts.hostname or ""
    if near and parts.scheme == "http" and host == "127.0.0.1":
        return parts
    if parts.scheme != "https" or not host or parts.username or parts.password or "\\" in url:
        raise NotAllowed("not https")
    if port not in {None, 443}:
        raise NotAllowed("port")
    if not any(c.isalpha() for c in host.rpartition(".")[2]):
        raise NotAllowed("number")  # 127.1, 0x7f.1 and the like are read differently by each
    return parts


def looked_up(host: str, port: int) -> list[str]:
    """Every address of a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    near: bool = False,
    resolve: Resolve = looked_up,
) -> int:
    """Post, and give the status of the answer.

    Raises NotAllowed for an address that is not for us, OSError when there is no answer.
    """
    parts = parts_of(url, near=near)
    host = str(parts.hostname)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    addresses = ["127.0.0.1"] if near and host == "127.0.0.1" else resolve(host, port)
    if not addresses or not (near or all(_public(one) for one in addresses)):
        raise NotAllowed("not public")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _sent(parts.scheme, host, addresses[0], port, path, body, headers)


def _sent(
    scheme: str,
    host: str,
    address: str,
    port: int,
    path: str,
    body: bytes,
    headers: Mapping[str, str],
) -> int:
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    pool: urllib3.HTTPConnectionPool
    if scheme == "https":
        pool = urllib3.HTTPSConnectionPool(
            address,
            port,
            timeout=timeout,
            retries=False,
            server_hostname=host,
            assert_hostname=host,
        )
    else:
        pool = urllib3.HTTPConnectionPool(address, port, timeout=timeout, retries=False)
    name = host if port in {80, 443} else f"{host}:{port}"
    try:
        answer = pool.request(
            "POST",
            path,
            body=body,
            headers={**headers, "Host": name},
            redirect=False,
            preload_content=False,
        )
        answer.release_conn()
        return int(answer.status)
    except urllib3.exceptions.HTTPError as error:
        raise OSError(type(error).__name__) from None
    finally:
        pool.close()


def _public(address: str) -> bool:
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_global and not (mapped or found).is_multicast
