"""Just enough of a WebSocket client to speak the sync protocol, or a browser's, by hand."""

from __future__ import annotations

import base64
import json
import os
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator


class Connection:
    """Sends and receives JSON in text frames; pings of the protocol are passed over."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream = stream

    def send(self, message: Any) -> None:
        """Send a message, masked as clients must."""
        data = message if isinstance(message, bytes) else json.dumps(message).encode()
        mask = os.urandom(4)
        length = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2, "big")
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))
        self._stream.sendall(b"\x81" + length + mask + masked)

    def receive(self) -> Any:
        """The next message that is no ping; None when the server has closed."""
        while True:
            kind, length = self._exactly(2)
            if kind & 0x0F == 8:
                return None
            if length == 126:
                length = int.from_bytes(self._exactly(2), "big")
            elif length == 127:
                length = int.from_bytes(self._exactly(8), "big")
            message = json.loads(self._exactly(length))
            if message.get("type") != "Ping":
                return message

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            part = self._stream.recv(count - len(data))
            if not part:
                raise ConnectionError
            data += part
        return data


@contextmanager
def connect(url: str, path: str = "/api/sync") -> Iterator[Connection]:
    """A connection, of the sync protocol if nothing else is said."""
    address = urlsplit(url)
    assert address.hostname
    assert address.port
    key = base64.b64encode(os.urandom(16)).decode()
    with socket.create_connection((address.hostname, address.port), timeout=10) as stream:
        stream.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: Upgrade\r\n"
            f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += stream.recv(1)
        assert head.startswith(b"HTTP/1.1 101")
        yield Connection(stream)
