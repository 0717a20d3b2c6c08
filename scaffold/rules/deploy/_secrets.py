"""What secrets look like in source code."""

from __future__ import annotations

import base64
import math
import re
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from scaffold.core.patterns import regex

if TYPE_CHECKING:
    from collections.abc import Iterator


class Secret(msgspec.Struct, frozen=True):
    """A stretch of the file, and what it is. `issued` is whether its shape tells who issued it."""

    start: int
    end: int
    what: str
    issued: bool = True


# What issuers give: the whole shape of a key, and what it is.
_SHAPES: tuple[tuple[str, str], ...] = (
    (r"\bsk_live_[0-9A-Za-z]{16,}", "a live key of Stripe"),
    (r"\bsk_test_[0-9A-Za-z]{16,}", "a test key of Stripe"),
    (r"\brk_live_[0-9A-Za-z]{16,}", "a restricted key of Stripe"),
    (r"\bwhsec_[0-9A-Za-z+/=]{24,}", "the signing secret of a webhook"),
    (r"\bA(?:KIA|SIA)[0-9A-Z]{16}\b", "an access key of AWS"),
    (r"\bgh[pousr]_[0-9A-Za-z]{36}\b|\bgithub_pat_[0-9A-Za-z_]{40,}", "a token of GitHub"),
    (r"\bglpat-[0-9A-Za-z_-]{20,}", "a token of GitLab"),
    (r"\bxox[abprs]-[0-9A-Za-z-]{20,}", "a token of Slack"),
    (
        r"hooks\.slack\.com/services/T[0-9A-Z]{6,}/B[0-9A-Z]{6,}/[0-9A-Za-z]{16,}",
        "a webhook address of Slack",
    ),
    (r"discord(?:app)?\.com/api/webhooks/\d+/[\w-]{40,}", "a webhook address of Discord"),
    (r"\bAIza[0-9A-Za-z_-]{35}\b", "an API key of Google"),
    (
        r"\bsk-(?:proj-|svcacct-|ant-(?:api\d\d-)?|or-v1-)?(?=[\w-]*\d)[0-9A-Za-z_-]{32,}",
        "the key of a language model's API",
    ),
    (r"\bgsk_[0-9A-Za-z]{40,}", "an API key of Groq"),
    (r"\bSG\.[\w-]{16,32}\.[\w-]{32,64}", "an API key of SendGrid"),
    (r"\bre_[0-9A-Za-z]{6,}_[0-9A-Za-z]{16,}", "an API key of Resend"),
    (r"\bnpm_[0-9A-Za-z]{36}\b", "a token of npm"),
    (r"\bhf_[0-9A-Za-z]{30,}\b", "a token of Hugging Face"),
    (r"\bshpat_[0-9a-f]{32}\b", "a token of Shopify"),
    (r"\blin_api_[0-9A-Za-z]{32,}", "an API key of Linear"),
    (
        r"\b(?:postgres(?:ql)?|mysql|mongodb(?:\+srv)?|rediss?|amqps?)://[\w.-]+:[^:@]{6,}"
        r"@(?!localhost|127\.|db[:/]|host\b).+",
        "the password of a database",
    ),
    (r"\b(?:prod|preview|dev):[a-z]+-[a-z]+-\d+\|[0-9A-Za-z+/=_-]{20,}", "a deploy key of Convex"),
    (r"\bAC[0-9a-f]{32}:[0-9a-f]{32}\b", "an auth token of Twilio"),
    (r"\beyJ[\w-]{15,}\.eyJ[\w-]{20,}\.[\w-]{20,}", "a signed token"),
)
_KNOWN = regex("|".join(f"({shape})" for shape, _ in _SHAPES).encode())
_PRIVATE = regex(rb"""-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:\\n|[\s"'`,+])*[A-Za-z0-9+/=]{20,}""")
# Where a key may begin: behind a quotation mark or `=`, without a space, with a digit in it. It is not looked
# for beyond the end of a key: a line of a megabyte may be full of `=`.
_TOKEN = regex(rb"""["'`=](?:(?:Bearer|Basic|token) )?(?=[^\s"'`\d]{0,300}\d)([^\s"'`<>{}$;,()]{16,300})""")
_PLACEHOLDER = regex(
    rb"x{4,}|\*{3,}|\.{3}|example|placeholder|your[-_]|change[-_]?me|dummy|fake|redacted|sample|[<>]"
    rb"|0{6,}|123456|abcdef|_here\b|mock|secret[-_]?key|user:pass|:password@",
    re.IGNORECASE,
)
_PLAIN = regex(rb"[A-Za-z0-9+/_=.~-]{20,200}")
_NAME = (
    rb"""([\w$-]*(?:secret|token|passw(?:or)?d|api[-_]?key|private[-_]?key|access[-_]?key|auth[-_]?key"""
    rb"""|signing[-_]?key|encryption[-_]?key)[\w$-]*)"""
)
# What stands before a literal that a name is given, or compared with.
_ASSIGNED = regex(
    _NAME + rb"""(?:["'`]?\]?(?:\s*:\s*string)?\s*(?:(?<![=!<>])=|:|\?\?|\|\|)|["'`]?\)?\s*[!=]==?)\s*$""",
    re.IGNORECASE,
)
# `headers.set("x-api-key", `
_HANDED = regex(
    rb"""\.(?:set|append|header|setHeader)\(\s*["'`]""" + _NAME + rb"""["'`]\s*,\s*$""", re.IGNORECASE
)
# `twilio("AC…", "…")`: the account, and behind it what only its owner knows.
_OF_ACCOUNT = regex(rb"""["'`]AC[0-9a-f]{32}["'`]\s*,\s*$""")
_HEX = regex(rb"[0-9a-f]{32}")
# Passwords are shorter than keys, and have all sorts of signs in them. An expression takes long to find where
# a name of one may begin, in letters of both sizes, so that is done without.
_NAMED = (b"secret", b"pass", b"pwd")
_PASSWORD = regex(
    rb"""((?:secret|passw(?:or)?d|\bpass|pwd)["'`]?\]?)(?:\s*:\s*string)?\s*(?:(?<![=!<>])=|:|\?\?|\|\|)\s*"""
    rb"""(?P<quote>["'`])(?P<text>[^\s"'`\\]{12,64})(?P=quote)""",
    re.IGNORECASE,
)
# A password that is compared is one, however plain: `args.password === "Summer2024"`.
_COMPARED = regex(
    rb"""((?:secret|passw(?:or)?d|passcode|\bpass|pwd)["'`]?\]?)(?:\.trim\(\))?\s*[!=]==?\s*"""
    rb"""(?P<quote>["'`])(?P<text>(?=[^"'`]*[A-Za-z])(?=[^"'`]*\d)[^\s"'`\\]{6,64})(?P=quote)""",
    re.IGNORECASE,
)
_OF_SETTING = regex(rb"env\.\w*$")
# `Basic ${btoa("user:password")}`
_ENCODED = regex(rb"""\b(?:btoa|Buffer\.from)\(\s*["'`]([\w.@+-]{2,64}:[^\s"'`$]{6,64})["'`]""")
_AUTHORIZES = regex(rb"basic|auth|cred", re.IGNORECASE)
_PAIR = regex(rb"[\w.@+-]{2,64}:(?=[!-~]*[^A-Za-z])[!-~]{6,64}")
# Addresses of tokens that are traded.
_TRADED = regex(rb"0x[0-9a-fA-F]{40}|[1-9A-HJ-NP-Za-km-z]{32,44}")
_KINDS = (rb"[a-z]+", rb"[A-Z]+", rb"[0-9]+", rb"[^A-Za-z0-9]+")
_RUN = regex(b"|".join(_KINDS))
_SPOKEN = regex(rb"[a-z]{4}")
_RUNS = 7  # of small or capital letters, digits, signs, one after the other; `Welcome2024!` has four
# Names that end so hold something about the secret, not the secret.
_ABOUT = regex(
    rb"(?:name|url|uri|path|header|prefix|type|field|label|endpoint|address|contract|mint|symbol|identifier"
    rb"|_?ids?|hash|digest|regex|pattern|env|var|index|scheme|placeholder|description|version)$",
    re.IGNORECASE,
)
_CREDENTIAL_TOKEN = regex(rb"auth|access|api|bearer|bot|refresh|session|secret|service|deploy", re.IGNORECASE)
_WORD = regex(rb"[a-z]{7,}")
_CONSTANT = regex(rb"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
# A secret that an address carries along: `https://api.example.com?api_key=…`.
_CARRIED = regex(
    rb"[?&]([\w-]*(?:secret|token|passw(?:or)?d|api[-_]?key|access[-_]?key)[\w-]*)=([\w.~-]{20,})"
)
_ENTROPY = 3.3  # bits a character; words and paths stay below, 20 random characters of base 62 come to 4
_BEFORE = 120  # bytes before a literal in which its name stands


def find(source: bytes) -> Iterator[Secret]:
    """Keys in the shapes of their issuers, and random literals given to something named like a secret."""
    if b"PRIVATE KEY-----" in source:
        for match in _PRIVATE.finditer(source):
            yield Secret(match.start(), match.end(), "a private key")
    for match in _TOKEN.finditer(source):
        if not _PLACEHOLDER.search(match[1]):
            found = _known(match) or _assigned(source, match) or _carried(match) or _of_account(source, match)
            found = found or _basic(match)
            if found is not None:
                yield found
    if b"btoa(" in source or b"Buffer.from(" in source:
        yield from _encoded(source)
    yield from _passwords(source)


def _passwords(source: bytes) -> Iterator[Secret]:
    """Passwords and secrets that are no tokens: shorter, or with other signs in them."""
    small = source.lower()
    for start in (place for name in _NAMED for place in _places(small, name)):
        match = _PASSWORD.match(source, start)
        if match is None:
            yield from _compared(source, start)
            continue
        text = match["text"]
        if _PLAIN.fullmatch(text) or _PLACEHOLDER.search(text) or b"${" in text:
            continue
        mixed = sum(1 for _ in _RUN.finditer(text)) >= _RUNS
        if mixed and not _SPOKEN.search(text) and _is_random(text):
            yield Secret(match.start("text"), match.end("text"), "a password")


def _compared(source: bytes, start: int) -> Iterator[Secret]:
    """A password that who calls has to know; a setting may be compared with what it must not be."""
    match = _COMPARED.match(source, start)
    if match is None or _PLACEHOLDER.search(match["text"]) or b"password" in match["text"].lower():
        return
    if not _OF_SETTING.search(source[max(0, start - _BEFORE) : start]):
        yield Secret(match.start("text"), match.end("text"), "a password")


def _places(source: bytes, word: bytes) -> Iterator[int]:
    place = source.find(word)
    while place >= 0:
        yield place
        place = source.find(word, place + 1)


def _of_account(source: bytes, token: re.Match[bytes]) -> Secret | None:
    if not _HEX.fullmatch(token[1]):
        return None
    before = source[max(0, token.start() - _BEFORE) : token.start()]
    if not _OF_ACCOUNT.search(before):
        return None
    return Secret(token.start(1), token.end(1), "an auth token of Twilio")


def _basic(token: re.Match[bytes]) -> Secret | None:
    """`Authorization: "Basic dXNlcjpwYXNz"`."""
    if not token[0][1:].startswith(b"Basic "):
        return None
    try:
        pair = base64.b64decode(token[1], validate=True)
    except ValueError:
        return None
    return Secret(token.start(1), token.end(1), "a user with a password") if _is_pair(pair) else None


def _encoded(source: bytes) -> Iterator[Secret]:
    for match in _ENCODED.finditer(source):
        before = source[_line(source, match.start()) : match.start()]
        if _AUTHORIZES.search(before) and _is_pair(match[1]):
            yield Secret(match.start(1), match.end(1), "a user with a password")


def _is_pair(text: bytes) -> bool:
    """Whether a text is a user with a password, and no example of one."""
    return _PAIR.fullmatch(text) is not None and not _PLACEHOLDER.search(text)


def _known(token: re.Match[bytes]) -> Secret | None:
    match = _KNOWN.search(token[1])
    if match is None or match.lastindex is None:
        return None
    start = token.start(1)
    return Secret(start + match.start(), start + match.end(), _SHAPES[match.lastindex - 1][1])


def _assigned(source: bytes, token: re.Match[bytes]) -> Secret | None:
    text = token[1]
    quote = token[0][:1]
    if source[token.end() : token.end() + 1] != quote or not _PLAIN.fullmatch(text) or not _is_random(text):
        return None
    line = _line(source, token.start())
    before = source[max(line, token.start() - _BEFORE) : token.start()]
    name = _ASSIGNED.search(before) or _HANDED.search(before)
    if name is None or not (_is_secret_name(name[1]) or _is_setting(before, name, text)):
        return None
    what = f"a secret for `{name[1].decode('utf-8', 'replace')}`"
    return Secret(token.start(1), token.end(1), what, issued=False)


def _carried(token: re.Match[bytes]) -> Secret | None:
    match = _CARRIED.search(token[1])
    if match is None or not _is_secret_name(match[1]) or not _is_random(match[2]):
        return None
    start = token.start(1)
    return Secret(
        start + match.start(2), start + match.end(2), f"a secret for `{match[1].decode('utf-8', 'replace')}`"
    )


def _line(source: bytes, end: int) -> int:
    """Where the text begins that may name the literal at `end`: in its line, or in the one above it."""
    start = source.rfind(b"\n", 0, end) + 1
    if start and not source[start:end].strip():
        start = source.rfind(b"\n", 0, start - 1) + 1
    return start


def _is_secret_name(name: bytes) -> bool:
    if _ABOUT.search(name):
        return False
    token = re.search(rb"token", name, re.IGNORECASE) and not re.search(
        rb"secret|key|passw", name, re.IGNORECASE
    )
    return not token or _CREDENTIAL_TOKEN.search(name) is not None


def _is_setting(before: bytes, name: re.Match[bytes], text: bytes) -> bool:
    """Whether a text stands in for a token of the environment: `process.env.MAIL_TOKEN ?? "…"`."""
    is_read = before[: name.start(1)].endswith(b"env.")
    return is_read and not _ABOUT.search(name[1]) and not _TRADED.fullmatch(text)


def _is_random(text: bytes) -> bool:
    if _WORD.search(text) or _CONSTANT.fullmatch(text):
        return False
    digits = sum(1 for byte in text if 48 <= byte <= 57)  # noqa: PLR2004 - "0" to "9"
    letters = sum(1 for byte in text if chr(byte).isalpha())
    return digits > 1 and letters > 1 and entropy(text) >= _ENTROPY


def entropy(text: bytes) -> float:
    """Shannon's entropy, in bits a character."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())
