"""What stands before several web processes: each new connection goes to the next that answers."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Iterable


class Balancer:
    """Listens on one port and passes connections on, byte for byte."""

    def __init__(self, port: int, behind: Iterable[int]) -> None:
        self.behind = list(behind)
        """Ports of the web processes; may be changed while it runs."""
        self._turn = itertools.count()
        self._listener = socket.create_server(("127.0.0.1", port), backlog=128)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(near,), daemon=True).start()

    def _pass_on(self, near: socket.socket) -> None:
        far = self._reached()
        if far is None:
            near.close()
            return
        other = threading.Thread(target=_copy, args=(far, near), daemon=True)
        other.start()
        _copy(near, far)
        other.join()
        near.close()
        far.close()

    def _reached(self) -> socket.socket | None:
        behind = list(self.behind)
        first = next(self._turn)
        for offset in range(len(behind)):
            port = behind[(first + offset) % len(behind)]
            try:
                found = socket.create_connection(("127.0.0.1", port), timeout=2)
            except OSError:
                continue
            found.settimeout(None)
            return found
        return None


def _copy(source: socket.socket, target: socket.socket) -> None:
    """Until one side ends; then the other is told."""
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return
