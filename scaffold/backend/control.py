"""What tests do to a backend besides calling it: over HTTP, under `/_scaffold`.

The endpoints, for other languages (bodies and answers are JSON objects):

    GET  status            what runs: url, auth, providers, number of functions
    GET  functions         every function: path, type, visibility, args and returns validators
    GET  schema            {tables: {table: validator of its documents}}
    POST reset             {keepClock?}: forget all data, then load the seed again
    POST seed              {table: [document, …], …}: insert documents; answers {ids: {table: [id, …]}}
    GET  tables/<table>    {documents: […]}, in encoded JSON; system tables too
    GET  clock             {now, frozen}; times are milliseconds since the epoch
    POST clock             {freeze?, to?, advance?}: stop it, jump, move on; answers {now, frozen, runs}
    POST settle            wait until what is due is done, and what follows; answers {idle}
    GET  crons             {crons: [{name, function, args, schedule, next}]}
    POST crons             {name}: run one now
    POST run               {path, args, identity?, format?}: call any function, internal ones too
    POST tokens            {subject, claims?, issuer?, audience?, expiresIn?, algorithm?}: {token}
    POST variables         {NAME: text | null, …}: environment variables of the functions
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TIMEOUT = 60.0  # seconds


class ControlError(Exception):
    """The backend refused: `code` says why in a word, the text in a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class FunctionError(Exception):
    """A function that was run through `Control.run` failed. `data` is that of a ConvexError, else None."""

    def __init__(self, message: str, data: Any, log_lines: list[str]) -> None:
        super().__init__(message)
        self.data = data
        self.log_lines = log_lines


class Control:
    """The control endpoint of the backend at `url`."""

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url)

    def status(self) -> dict[str, Any]:
        """What runs there."""
        return self._get("status")

    def functions(self) -> list[dict[str, Any]]:
        """Every function of the app: `path`, `type`, `visibility`, `args` and `returns` validators."""
        functions: list[dict[str, Any]] = self._get("functions")["functions"]
        return functions

    def tables(self) -> dict[str, dict[str, Any]]:
        """The validator of each table's documents, by table; empty without a schema."""
        tables: dict[str, dict[str, Any]] = self._get("schema")["tables"]
        return tables

    def reset(self, *, keep_clock: bool = False) -> None:
        """Forget all data, and go back to the machine's time."""
        self._post("reset", {"keepClock": keep_clock})

    def seed(self, documents: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[str]]:
        """Insert documents, checked against the schema. Returns their ids by table."""
        ids: dict[str, list[str]] = self._post("seed", documents)["ids"]
        return ids

    def table(self, name: str) -> list[dict[str, Any]]:
        """All documents of a table, as JSON: 64-bit integers and bytes are encoded."""
        documents: list[dict[str, Any]] = self._get(f"tables/{quote(name)}")["documents"]
        return documents

    def now(self) -> float:
        """The backend's time, in milliseconds since the epoch."""
        return float(self._get("clock")["now"])

    def advance(self, milliseconds: float) -> int:
        """Move the clock on. Runs, in order, what becomes due; returns how many runs that were."""
        return int(self._post("clock", {"advance": milliseconds})["runs"])

    def set_time(self, milliseconds: float) -> None:
        """Jump to a time since the epoch, also back. Crons in between do not run, scheduled functions do."""
        self._post("clock", {"to": milliseconds})

    def freeze(self, *, frozen: bool = True) -> None:
        """Stop the clock, or let it go on. What is due is done all the same."""
        self._post("clock", {"freeze": frozen})

    def settle(self) -> bool:
        """Wait until what is due is done, and what follows at once; False if that takes over ten seconds."""
        return bool(self._post("settle", {})["idle"])

    def crons(self) -> list[dict[str, Any]]:
        """The crons: `name`, `function`, `args`, `schedule`, and `next` in milliseconds."""
        crons: list[dict[str, Any]] = self._get("crons")["crons"]
        return crons

    def run_cron(self, name: str) -> None:
        """Run a cron now.

        Raises:
            ControlError: there is no such cron, or its function failed.
        """
        self._post("crons", {"name": name})

    def run(
        self, path: str, args: Mapping[str, Any] | None = None, *, identity: Mapping[str, Any] | None = None
    ) -> Any:
        """Call any function, internal ones too, as somebody with these attributes, or as nobody.

        Raises:
            FunctionError: the function failed.
        """
        answer = self._post("run", {"path": path, "args": args or {}, "identity": identity})
        if answer["status"] == "success":
            return answer["value"]
        raise FunctionError(answer["errorMessage"], answer.get("errorData"), answer.get("logLines", []))

    def token(
        self,
        subject: str,
        *,
        claims: Mapping[str, Any] | None = None,
        issuer: str | None = None,
        audience: str | None = None,
        expires_in: float = 3600,
    ) -> str:
        """A JSON Web Token that this backend accepts, valid for `expires_in` seconds.

        Issuer and audience default to those of the first provider in the project's auth.config.ts.
        """
        request = {"subject": subject, "claims": claims or {}, "expiresIn": expires_in}
        chosen = {"issuer": issuer, "audience": audience}
        request |= {name: value for name, value in chosen.items() if value is not None}
        return str(self._post("tokens", request)["token"])

    def set_variables(self, variables: Mapping[str, str | None]) -> None:
        """Set environment variables of the functions; None removes one. They outlast a reset."""
        self._post("variables", variables)

    def _get(self, name: str) -> dict[str, Any]:
        return self._request("GET", name, None)

    def _post(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._request("POST", name, json.dumps(body))

    def _request(self, method: str, name: str, body: str | None) -> dict[str, Any]:
        import http.client  # noqa: PLC0415 - a sixth of the time that `serve` takes to start, which needs none

        connection = http.client.HTTPConnection(self._address.netloc, timeout=_TIMEOUT)
        try:
            connection.request(method, f"/_scaffold/{name}", body, {"content-type": "application/json"})
            response = connection.getresponse()
            answer: dict[str, Any] = json.loads(response.read())
        finally:
            connection.close()
        if response.status != http.client.OK:
            raise ControlError(answer["code"], answer["message"])
        return answer
