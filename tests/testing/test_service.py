"""A stand-in for a service, seen from a client that would keep its connection."""

from __future__ import annotations

from http.client import HTTPConnection, RemoteDisconnected
from urllib.parse import urlsplit

import pytest

from scaffold.testing.service import Answer, Service


def test_every_answer_ends_its_connection_and_says_so() -> None:
    service = Service()
    service.answer("POST", "/charges", {"id": "ch_1"})
    service.once("POST", "/charges", Answer(drop=True))
    client = HTTPConnection(urlsplit(service.url).netloc, timeout=10)

    client.request("POST", "/charges", body=b"{}")
    with pytest.raises(RemoteDisconnected):
        client.getresponse()
    client.request("POST", "/charges", body=b"{}")
    answer = client.getresponse()

    assert (answer.status, answer.read(), answer.getheader("Connection")) == (200, b'{"id": "ch_1"}', "close")
    assert answer.will_close
    assert [call.path for call in service.calls] == ["/charges", "/charges"]
    client.close()
    service.close()
