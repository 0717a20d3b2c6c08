"""A key, a password or a token stands in the source code.

Why:
    Whoever can read the repository has it, now and in all of its history, and so has every bundle and every
    backup. It cannot differ between development and production, and it cannot be changed without a
    deployment.

Bad:
    ```ts
    // convex/reports.ts
    import { internalAction } from "./_generated/server";

    const API_KEY = "q7Tz4RkV9wLm2XcB8nYp5sHd"; // <- CX807

    export const pull = internalAction({
      args: {},
      handler: async () => {
        await fetch("https://reports.invalid/today", { headers: { Authorization: API_KEY } });
      },
    });
    ```

Good:
    ```ts
    // convex/reports.ts
    import { env, internalAction } from "./_generated/server";

    export const pull = internalAction({
      args: {},
      handler: async () => {
        await fetch("https://reports.invalid/today", { headers: { Authorization: env.API_KEY } });
      },
    });
    ```

Way out:
    Make the key invalid where it was issued: it is known. Set the new one with `npx convex env set NAME`,
    and read it from the environment.

Exceptions:
    - Tests, and values that are plainly examples (`your-key-here`, `xxxx`).
    - Medium confidence: literals without the shape of an issuer, in a block of code of a text in Markdown,
      which shows what an answer looks like.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.core.findings import Confidence, Level
from scaffold.model.module import Module
from scaffold.rules.deploy._secrets import Secret, find
from scaffold.rules.rule import Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.core.findings import Finding

_SHOWN = 4
_FENCE = b"\\`\\`\\`"  # as it is written in a template


@rule("CX807", "hard-coded-secret", Module, level=Level.ERROR, by_module="any")
def hard_coded_secret(module: Module, rule: Rule) -> Iterator[Finding]:
    """Secrets in the source, each place once."""
    if module.test:
        return
    source = module.lines.source
    for secret in find(source):
        shown = source[secret.start : secret.start + _SHOWN].decode("utf-8", "replace")
        yield rule.finding(
            module.place(secret.start, secret.end),
            f"{secret.what} stands in the source code (`{shown}…`)",
            way_out="make it invalid where it was issued, set the new one with `npx convex env set`, "
            "and read it from the environment",
            symbol=f"{module.name} {secret.what}",
            confidence=Confidence.MEDIUM if _is_shown(source, secret) else Confidence.HIGH,
        )


def _is_shown(source: bytes, secret: Secret) -> bool:
    """Whether it stands in a block of code of a text, and nothing but its name tells that it is a secret."""
    return not secret.issued and source.count(_FENCE, 0, secret.start) % 2 == 1
