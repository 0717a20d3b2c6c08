"""What secrets look like in source code."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Secret:
    """A stretch of the file, and what it is."""

    start: int
    end: int
    what: str


# What issuers put at the front of their keys, the whole shape, and what it is. The front is looked for first:
# that costs next to nothing, and most files hold none.
_SHAPES: tuple[tuple[bytes, re.Pattern[bytes], str], ...] = tuple(
    (front.encode(), re.compile(shape.encode()), what)
    for front, shape, what in (
        ("sk_live_", r"\bsk_live_[0-9A-Za-z]{16,}", "a live key of Stripe"),
        ("sk_test_", r"\bsk_test_[0-9A-Za-z]{16,}", "a test key of Stripe"),
        ("rk_live_", r"\brk_live_[0-9A-Za-z]{16,}", "a restricted key of Stripe"),
        ("whsec_", r"\bwhsec_[0-9A-Za-z+/=]{24,}", "the signing secret of a webhook"),
        ("AKIA", r"\bAKIA[0-9A-Z]{16}\b", "an access key of AWS"),
        ("ghp_", r"\bghp_[0-9A-Za-z]{36}\b", "a token of GitHub"),
        ("gho_", r"\bgho_[0-9A-Za-z]{36}\b", "a token of GitHub"),
        ("ghs_", r"\bghs_[0-9A-Za-z]{36}\b", "a token of GitHub"),
        ("github_pat_", r"\bgithub_pat_[0-9A-Za-z_]{40,}", "a token of GitHub"),
        ("glpat-", r"\bglpat-[0-9A-Za-z_-]{20,}", "a token of GitLab"),
        ("xox", r"\bxox[abprs]-[0-9A-Za-z-]{20,}", "a token of Slack"),
        (
            "hooks.slack.com",
            r"hooks\.slack\.com/services/T[0-9A-Z]{6,}/B[0-9A-Z]{6,}/[0-9A-Za-z]{16,}",
            "a webhook address of Slack",
        ),
        (
            "api/webhooks/",
            r"discord(?:app)?\.com/api/webhooks/\d+/[\w-]{40,}",
            "a webhook address of Discord",
        ),
        ("AIza", r"\bAIza[0-9A-Za-z_-]{35}\b", "an API key of Google"),
        (
            "sk-",
            r"\bsk-(?:proj-|svcacct-|ant-(?:api\d\d-)?|or-v1-)?(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[0-9A-Za-z_-]{32,}",
            "the key of a language model's API",
        ),
        ("gsk_", r"\bgsk_[0-9A-Za-z]{40,}", "an API key of Groq"),
        ("SG.", r"\bSG\.[\w-]{16,32}\.[\w-]{32,64}", "an API key of SendGrid"),
        ("re_", r"\bre_[0-9A-Za-z]{6,}_[0-9A-Za-z]{16,}", "an API key of Resend"),
        ("npm_", r"\bnpm_[0-9A-Za-z]{36}\b", "a token of npm"),
        ("hf_", r"\bhf_[0-9A-Za-z]{30,}\b", "a token of Hugging Face"),
        ("shpat_", r"\bshpat_[0-9a-f]{32}\b", "a token of Shopify"),
        ("lin_api_", r"\blin_api_[0-9A-Za-z]{32,}", "an API key of Linear"),
        (
            "PRIVATE KEY-----",
            r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:\\n|\s)*[A-Za-z0-9+/=]{20,}",
            "a private key",
        ),
        (
            "://",
            r"\b(?:postgres(?:ql)?|mysql|mongodb(?:\+srv)?|rediss?|amqps?)://[\w.-]+:[^\s:@\"'`$<>{}]{6,}"
            r"@(?!localhost|127\.|db[:/]|host\b)[^\s\"'`$<>{}]+",
            "the password of a database",
        ),
        ("|", r"\b(?:prod|preview|dev):[a-z]+-[a-z]+-\d+\|[0-9A-Za-z+/=_-]{20,}", "a deploy key of Convex"),
        ("eyJ", r"\beyJ[\w-]{15,}\.eyJ[\w-]{20,}\.[\w-]{20,}", "a signed token"),
    )
)
_PLACEHOLDER = re.compile(
    rb"x{4,}|\*{3,}|\.{3}|example|placeholder|your[-_]|change[-_]?me|dummy|fake|redacted|sample|[<>]"
    rb"|0{6,}|123456|abcdef|_here\b|mock|secret[-_]?key|user:pass|:password@",
    re.IGNORECASE,
)
_LITERAL = re.compile(rb"""["'`]([A-Za-z0-9+/_=.~-]{20,200})["'`]""")
_ASSIGNED = re.compile(
    rb"""([\w$-]*(?:secret|token|passw(?:or)?d|api[-_]?key|private[-_]?key|access[-_]?key|auth[-_]?key"""
    rb"""|signing[-_]?key|encryption[-_]?key)[\w$-]*)["'`]?\]?(?:\s*:\s*string)?\s*(?:(?<![=!<>])=|:|\?\?|\|\|)\s*$""",
    re.IGNORECASE,
)
# Names that end so hold something about the secret, not the secret.
_ABOUT = re.compile(
    rb"(?:name|url|uri|path|header|prefix|type|field|label|endpoint|address|contract|mint|symbol|identifier"
    rb"|_?ids?|hash|digest|regex|pattern|env|var|index|scheme|placeholder|description|version)$",
    re.IGNORECASE,
)
_CREDENTIAL_TOKEN = re.compile(
    rb"auth|access|api|bearer|bot|refresh|session|secret|service|deploy", re.IGNORECASE
)
_WORD = re.compile(rb"[a-z]{7,}")
_CONSTANT = re.compile(rb"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_ENTROPY = 3.3  # bits a character; words and paths stay below, 20 random characters of base 62 come to 4
_BEFORE = 120  # bytes before a literal in which its name stands


def known(source: bytes) -> Iterator[Secret]:
    """Keys in the shapes of their issuers, wherever they stand."""
    for front, shape, what in _SHAPES:
        if front not in source:
            continue
        for match in shape.finditer(source):
            if not _PLACEHOLDER.search(match[0]):
                yield Secret(match.start(), match.end(), what)


def assigned(source: bytes) -> Iterator[Secret]:
    """Random-looking literals that are given to something named like a secret."""
    for match in _LITERAL.finditer(source):
        if not _is_random(match[1]):
            continue
        line = source.rfind(b"\n", 0, match.start()) + 1
        before = source[max(line, match.start() - _BEFORE) : match.start()]
        name = _ASSIGNED.search(before)
        if name is not None and _is_secret_name(name[1]):
            what = f"a secret for `{name[1].decode('utf-8', 'replace')}`"
            yield Secret(match.start(1), match.end(1), what)


def _is_secret_name(name: bytes) -> bool:
    if _ABOUT.search(name):
        return False
    token = re.search(rb"token", name, re.IGNORECASE) and not re.search(
        rb"secret|key|passw", name, re.IGNORECASE
    )
    return not token or _CREDENTIAL_TOKEN.search(name) is not None


def _is_random(text: bytes) -> bool:
    if _PLACEHOLDER.search(text) or _WORD.search(text) or _CONSTANT.fullmatch(text):
        return False
    digits = sum(1 for byte in text if 48 <= byte <= 57)  # noqa: PLR2004 - "0" to "9"
    letters = sum(1 for byte in text if chr(byte).isalpha())
    return digits > 1 and letters > 1 and entropy(text) >= _ENTROPY


def entropy(text: bytes) -> float:
    """Shannon's entropy, in bits a character."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())
