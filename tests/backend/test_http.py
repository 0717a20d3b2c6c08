"""The documented HTTP API, with plain requests."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from support.backends import Backend

_JSON = {"content-type": "application/json"}
_REQUEST_ID = re.compile(r"\[Request ID: [0-9a-f]{16}\]")


def _query(chat: Backend, args: dict[str, Any], path: str = "values:typed") -> str:
    """The message of a query that fails, without its request's id."""
    answer = chat.call("query", path, args)
    assert answer["status"] == "error"
    assert _REQUEST_ID.match(answer["errorMessage"])
    return _REQUEST_ID.sub("[Request ID: @]", answer["errorMessage"])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            "json",
            '{"bytes":"AQL/","half":0.5,"infinity":"Infinity","int64":"9007199254740993","large":1e+21,'
            '"list":[1.0,[true,null]],"minusInfinity":"-Infinity","minusZero":-0.0,"nan":"NaN",'
            r'"text":"a \"quoted\" text","whole":17.0}',
        ),
        (
            "convex_encoded_json",
            '{"bytes":{"$bytes":"AQL/"},"half":0.5,"infinity":{"$float":"AAAAAAAA8H8="},'
            '"int64":{"$integer":"AQAAAAAAIAA="},"large":1e+21,"list":[1.0,[true,null]],'
            '"minusInfinity":{"$float":"AAAAAAAA8P8="},"minusZero":{"$float":"AAAAAAAAAIA="},'
            r'"nan":{"$float":"AAAAAAAA+H8="},"text":"a \"quoted\" text","whole":17.0}',
        ),
        (
            "export_json",
            '{"bytes":{"$bytes":"AQL/"},"half":0.5,"infinity":{"$float":"AAAAAAAA8H8="},'
            '"int64":9007199254740993,"large":1e+21,"list":[1.0,[true,null]],'
            '"minusInfinity":{"$float":"AAAAAAAA8P8="},"minusZero":-0.0,"nan":{"$float":"AAAAAAAA+H8="},'
            r'"text":"a \"quoted\" text","whole":17.0}',
        ),
    ],
)
def test_every_format_of_every_kind_of_value(chat: Backend, given: str, expected: str) -> None:
    body = json.dumps({"path": "values:all", "args": {}, "format": given}).encode()

    assert chat.request("POST", "/api/query", body, _JSON) == (
        200,
        f'{{"status":"success","value":{expected}}}',
    )


def test_json_is_the_format_when_none_is_given(chat: Backend) -> None:
    assert chat.value("query", "values:echo", {"value": {"$integer": "BQAAAAAAAAA="}}) == "5"


def test_arguments_are_read_as_encoded_json_in_every_format(chat: Backend) -> None:
    sent = {"value": [{"$integer": "BQAAAAAAAAA="}, {"$bytes": "AQL/"}, {"$float": "AAAAAAAA+H8="}, 1]}

    answer = chat.call("query", "values:echo", sent, format="convex_encoded_json")

    assert answer["value"] == [*sent["value"][:3], 1.0]


def test_a_mutation_is_seen_by_the_next_query(chat: Backend) -> None:
    answer = chat.call("mutation", "messages:send", {"author": "ada", "body": "hello"})

    assert answer["logLines"] == ["[LOG] 'sending' { to: 'all' } 1"]
    (message,) = chat.value("query", "messages:list")
    assert message["_id"] == answer["value"]
    assert (message["author"], message["body"]) == ("ada", "hello")


@pytest.mark.parametrize("endpoint", ["/api/function", "/api/query"])
def test_the_same_query_over_other_endpoints(chat: Backend, endpoint: str) -> None:
    assert chat.post(endpoint, {"path": "values", "args": {}}) == (
        200,
        {"status": "success", "value": "the default export"},
    )


def test_run_takes_the_path_from_the_url(chat: Backend) -> None:
    assert chat.post("/api/run/values/echo", {"args": {"value": "x"}})[1]["value"] == "x"


def test_a_query_may_be_a_get(chat: Backend) -> None:
    status, text = chat.request("GET", "/api/query?path=values:echo&args=%7B%22value%22%3A1%7D&format=json")

    assert (status, text) == (200, '{"status":"success","value":1.0}')


def test_several_queries_in_one_request(chat: Backend) -> None:
    queries = [{"path": "values:echo", "args": {"value": 1}}, {"path": "values:nope", "args": {}}]

    _, answer = chat.post("/api/query_batch", {"queries": queries})

    assert [result["status"] for result in answer["results"]] == ["success", "error"]


def test_arguments_in_a_list_as_old_clients_send_them(chat: Backend) -> None:
    assert chat.value("query", "values:echo", [{"value": "x"}]) == "x"


def test_an_internal_function_is_not_there(chat: Backend) -> None:
    assert (
        _query(chat, {}, "messages:count")
        == "[Request ID: @] Server Error\nCould not find public function for 'messages:count'."
    )


def test_a_function_is_not_run_as_another_type(chat: Backend) -> None:
    assert (
        _query(chat, {}, "messages:send") == "[Request ID: @] Server Error\n"
        "Trying to execute messages.js:send as Query, but it is defined as Mutation."
    )


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({"count": "x"}, 'Value does not match validator.\nPath: .count\nValue: "x"\nValidator: v.float64()'),
        ({"big": 1}, "Value does not match validator.\nPath: .big\nValue: 1.0\nValidator: v.int64()"),
        (
            {"nested": {"names": ["a", 1]}},
            "Value does not match validator.\nPath: .nested.names[1]\nValue: 1.0\nValidator: v.string()",
        ),
        (
            {"nested": {}},
            "Object is missing the required field `names`. Consider wrapping the field validator in "
            "`v.optional(...)` if this is expected.\nPath: .nested\nObject: {}\n"
            "Validator: v.object({names: v.array(v.string())})",
        ),
        (
            {"scores": {"a": None}},
            "Value does not match validator.\nPath: .scores.values()\nValue: null\nValidator: v.float64()",
        ),
        (
            {"kind": "c"},
            "Value does not match validator.\nPath: .kind\n"
            'Value: "c"\nValidator: v.union(v.literal("a"), v.literal("b"))',
        ),
        ({"only": "y"}, '`"y"` does not match literal validator `v.literal("x")`.Path: .only'),
        (
            {"id": "10000notes"},
            'Found ID "10000notes" from table `notes`, which does not match the table name in validator '
            '`v.id("messages")`.Path: .id',
        ),
    ],
)
def test_arguments_are_validated(chat: Backend, args: dict[str, Any], expected: str) -> None:
    assert _query(chat, args) == f"[Request ID: @] Server Error\nArgumentValidationError: {expected}"


def test_a_result_is_validated_before_anything_is_kept(chat: Backend) -> None:
    answer = chat.call("mutation", "messages:sendBadly", {"body": "x"})

    assert answer["errorMessage"].endswith(
        "ReturnsValidationError: Value does not match validator.\n\n"
        'Value: "no number"\nValidator: v.float64()'
    )
    assert chat.value("query", "messages:list") == []


def test_a_convex_error_brings_its_data_and_rolls_back(chat: Backend) -> None:
    answer = chat.call("mutation", "messages:refuse", format="convex_encoded_json")

    assert answer["errorData"] == {"code": "NO", "limit": 3.0, "big": {"$integer": "BwAAAAAAAAA="}}
    assert "Server Error\nUncaught ConvexError: " in answer["errorMessage"]
    assert chat.value("query", "messages:list") == []


def test_any_other_error_names_its_place(chat: Backend) -> None:
    assert (
        _query(chat, {}, "failing:throws")
        == "[Request ID: @] Server Error\nUncaught TypeError: no such thing\n"
        "    at handler (../convex/failing.ts:8:11)"
    )


def test_an_action_reads_page_after_page(chat: Backend) -> None:
    bodies = [str(number) for number in range(5)]
    chat.server.control.seed({"messages": [{"author": "a", "body": body} for body in bodies]})

    assert chat.value("action", "messages:collect") == bodies


def test_transactions_are_limited(chat: Backend) -> None:
    assert "Too many index ranges read" in _query(chat, {}, "failing:readsTooMuch")


def test_the_clock_stands_still_in_a_query(chat: Backend) -> None:
    clock = chat.value("query", "timing:clock")

    assert (clock["moved"], clock["agree"]) == (0, True)


@pytest.mark.parametrize(
    ("body", "headers", "code", "message"),
    [
        (b"{", _JSON, "BadJsonBody", "Failed to parse the request body as JSON: "),
        (b"[]", _JSON, "BadJsonBody", "Failed to deserialize the JSON body into the target type: "),
        (b'{"args": {}}', _JSON, "BadJsonBody", "missing field `path`"),
        (b'{"path": "values"}', _JSON, "BadJsonBody", "missing field `args`"),
        (b'{"path": "values", "args": 1}', _JSON, "BadJsonBody", "args: invalid type"),
        (b'{"path": "values", "args": {}}', {}, "BadJsonBody", "Expected request with `Content-Type"),
        (
            b'{"path": "../x:y", "args": {}}',
            _JSON,
            "BadConvexFunctionIdentifier",
            "../x:y is not a valid path",
        ),
        (b'{"path": "a:b:c", "args": {}}', _JSON, "BadConvexFunctionIdentifier", "a:b:c is not a valid path"),
        (b'{"path": "values", "args": {}, "format": "xml"}', _JSON, "BadFormat", "Got xml"),
    ],
)
def test_a_bad_request_is_refused_as_the_api_does(
    chat: Backend, body: bytes, headers: dict[str, str], code: str, message: str
) -> None:
    status, text = chat.request("POST", "/api/query", body, {"content-type": "text/plain", **headers})

    answer = json.loads(text)
    assert (status, list(answer), answer["code"]) == (400, ["code", "message"], code)
    assert message in answer["message"]


def test_other_methods_and_paths(chat: Backend) -> None:
    assert chat.request("GET", "/api/mutation")[0] == 405
    assert chat.request("POST", "/api/nonsense", b"{}", _JSON) == (404, "No matching routes found")
    assert chat.request("GET", "/version") == (200, "unknown")


def test_browsers_may_call_it_from_any_page(chat: Backend) -> None:
    import urllib.request  # noqa: PLC0415

    asked = {"Origin": "http://app.example", "Access-Control-Request-Headers": "content-type,convex-client"}
    request = urllib.request.Request(f"{chat.url}/api/query", method="OPTIONS", headers=asked)  # noqa: S310
    with urllib.request.urlopen(request) as response:  # noqa: S310
        assert response.headers["access-control-allow-origin"] == "*"
        assert response.headers["access-control-allow-headers"] == "content-type,convex-client"


def test_only_names_of_this_machine_are_answered(chat: Backend) -> None:
    status, text = chat.request("GET", "/version", headers={"Host": "evil.example"})

    assert (status, json.loads(text)["code"]) == (403, "BadHost")


def test_the_schema_is_told_to_tests(chat: Backend) -> None:
    tables = chat.server.control.tables()

    assert list(tables) == ["messages", "counters", "notes", "places", "pictures"]
    assert tables["pictures"] == {
        "type": "object",
        "value": {"file": {"fieldType": {"type": "id", "tableName": "_storage"}, "optional": False}},
    }
