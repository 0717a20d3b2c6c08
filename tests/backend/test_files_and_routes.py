"""File storage and HTTP actions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support.backends import Backend


def test_a_file_is_uploaded_and_downloaded(chat: Backend) -> None:
    upload = chat.value("mutation", "files:uploadUrl")
    _, text = chat.request("POST", upload, b"\x89PNG pixels", {"content-type": "image/png"})
    chat.value("mutation", "files:keep", {"file": json.loads(text)["storageId"]})

    (picture,) = chat.value("query", "files:pictures")
    assert (picture["type"], picture["size"]) == ("image/png", 11)
    assert picture["url"].startswith(f"{chat.url}/api/storage/")

    import urllib.request  # noqa: PLC0415

    with urllib.request.urlopen(picture["url"]) as response:  # noqa: S310
        assert (response.headers["content-type"], response.read()) == ("image/png", b"\x89PNG pixels")


def test_a_file_that_is_deleted_is_gone(chat: Backend) -> None:
    made = chat.value("action", "files:make", {"text": "hello"})
    assert chat.request("GET", f"/api/storage/{made['id']}") == (200, "hello")

    chat.value("mutation", "files:drop", {"file": made["id"]})

    status, text = chat.request("GET", f"/api/storage/{made['id']}")
    assert (status, json.loads(text)["code"]) == (404, "FileNotFound")


def test_an_upload_needs_a_token_of_the_server(chat: Backend) -> None:
    status, text = chat.request("POST", "/api/storage/upload?token=x", b"data")

    assert (status, json.loads(text)["code"]) == (400, "StorageTokenInvalid")


def test_a_route_gets_the_request_as_it_came(chat: Backend) -> None:
    import urllib.request  # noqa: PLC0415

    token = chat.server.control.token("ada")
    sent = {"authorization": f"Bearer {token}", "content-type": "text/plain"}
    request = urllib.request.Request(f"{chat.url}/echo?a=1", b"body", sent, method="POST")  # noqa: S310
    with urllib.request.urlopen(request) as response:  # noqa: S310
        assert response.status == 201
        assert response.headers["x-method"] == "POST"
        assert response.headers.get_all("set-cookie") == ["a=1", "b=2"]
        assert json.load(response) == {"url": f"{chat.url}/echo?a=1", "text": "body", "who": "ada"}


def test_routes_lie_below_http_too(chat: Backend) -> None:
    body = json.dumps({"author": "ada", "body": "by route"}).encode()

    assert chat.request("POST", "/http/send", body) == (204, "")
    assert chat.request("GET", "/count/all") == (200, "1")


def test_a_path_without_a_route(chat: Backend) -> None:
    assert chat.request("GET", "/nowhere") == (404, "No matching routes found")
    assert chat.request("GET", "/echo") == (404, "No matching routes found")


def test_a_route_that_fails(chat: Backend) -> None:
    status, text = chat.request("GET", "/fail")

    answer = json.loads(text)
    assert (status, sorted(answer)) == (500, ["code", "data", "trace"])
    assert answer["data"] == {"code": "TEAPOT"}
    assert "Server Error: " in answer["code"]
