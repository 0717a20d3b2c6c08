"""The shapes of keys. They are put together here, so that no scanner takes this file for a leak."""

from __future__ import annotations

import pytest

from scaffold.rules.deploy._secrets import entropy, find

BODY = "Q7tZ4rKv9wLm2xCb8NyP5sHdQ7tZ4rKv9wLm2xCb8NyP5sHd"  # 48 characters of nothing
HEX = "a8f5f167f44f4964e6c998dee827110c"

KEYS = [
    ("sk" + "_live_" + BODY[:24], "a live key of Stripe"),
    ("sk" + "_test_" + BODY[:24], "a test key of Stripe"),
    ("rk" + "_live_" + BODY[:24], "a restricted key of Stripe"),
    ("whsec" + "_" + BODY[:32], "the signing secret of a webhook"),
    ("AK" + "IAQ7TZ4RKV9WLM2XCB", "an access key of AWS"),
    ("gh" + "p_" + BODY[:36], "a token of GitHub"),
    ("github" + "_pat_" + BODY, "a token of GitHub"),
    ("glpat" + "-" + BODY[:20], "a token of GitLab"),
    ("xo" + "xb-917302846155-" + BODY[:24], "a token of Slack"),
    ("https://hooks.slack" + ".com/services/T9K3M7Q2/B8W4X6Z1/" + BODY[:24], "a webhook address of Slack"),
    ("AI" + "za" + BODY[:35], "an API key of Google"),
    ("sk" + "-proj-" + BODY, "the key of a language model's API"),
    ("sk" + "-ant-api03-" + BODY, "the key of a language model's API"),
    ("gsk" + "_" + BODY, "an API key of Groq"),
    ("SG" + "." + BODY[:22] + "." + BODY[:43], "an API key of SendGrid"),
    ("re" + "_" + BODY[:8] + "_" + BODY[:24], "an API key of Resend"),
    ("npm" + "_" + BODY[:36], "a token of npm"),
    ("hf" + "_" + BODY[:34], "a token of Hugging Face"),
    ("shpat" + "_" + HEX, "a token of Shopify"),
    ("lin_api" + "_" + BODY[:40], "an API key of Linear"),
    ("-----BEGIN RSA PRIVATE" + " KEY-----\\nMIIE" + BODY, "a private key"),
    ("-----BEGIN PRIVATE" + ' KEY-----",\n  "MIIE' + BODY, "a private key"),
    ("postgres://app:" + BODY[:12] + "@db.shop.io:5432/app", "the password of a database"),
    ("prod:happy-otter-123|" + BODY, "a deploy key of Convex"),
    ("ey" + "J" + BODY[:20] + ".ey" + "J" + BODY[:30] + "." + BODY[:40], "a signed token"),
]


@pytest.mark.parametrize(("key", "what"), KEYS, ids=[what for _, what in KEYS])
def test_key(key: str, what: str) -> None:
    source = f'const value = "{key}";\n'.encode()
    (found,) = find(source)
    assert found.what == what
    assert source[found.start : found.end].decode() in key


@pytest.mark.parametrize(
    "text",
    [
        "sk" + "_live_xxxxxxxxxxxxxxxxxxxxxxxx",
        "sk" + "_live_your-key-here",
        "pk" + "_live_" + BODY[:24],
        "AK" + "IAIOSFODNN7EXAMPLE",
        "task-list-for-the-project-with-many-words-in-it",
        "sk-loading-spinner-with-a-very-long-class-name",
        "postgres://user:password@localhost:5432/app",
        "-----BEGIN PRIVATE" + " KEY-----",
        "https://example.com/a/b?c=d",
    ],
)
def test_no_key(text: str) -> None:
    assert list(find(f'const value = "{text}";'.encode())) == []


def test_a_name_on_the_line_before_does_not_count() -> None:
    source = f'const apiKey = read(\n  "{BODY[:24]}",\n);\n'.encode()
    assert list(find(source)) == []


def test_entropy() -> None:
    assert entropy(b"aaaa") == 0
    assert entropy(b"abab") == 1
    assert entropy(b"abcd") == 2
