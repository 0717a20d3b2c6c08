"""Names that say what they hold: secrets, and data about people."""

from __future__ import annotations

from functools import lru_cache

from scaffold.core.patterns import regex

_WORDS = regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_QUESTIONS = set(
    "is has have should needs can no num max min total count sent send valid hashed masked redacted encrypted"
    " missing use validate".split()
)
_SECRETS = {"password", "passwd", "passphrase", "pwd", "ssn", "cvv", "cvc", "iban", "jwt", "secret"}
_SECRET_PAIRS = {
    *(
        f"{first} token"
        for first in (
            "access refresh id auth session bearer reset verification bot api invite invitation approval"
            " magic login"
        ).split()
    ),
    *(f"{first} key" for first in "api private secret access encryption signing service".split()),
    *("card number", "credit card", "account number", "routing number", "security number"),
}
_SECRET_NAMES = {"token", "authorization", "cookie", "apikey", "credentials", "otp"}
_PERSONAL_NAMES = {"email", "phone", "mail"}
_PERSONAL_PAIRS = {
    "email address",
    "phone number",
    "mobile number",
    "passport number",
    "of birth",
    "birth date",
}
_WHOSE = set(
    "user customer owner contact recipient member invitee patient client buyer guest account primary personal"
    " new old normalized payer billing sender admin to identity my their trimmed lower lowercased parent"
    " guardian tenant student teacher doctor donor driver employee staff vendor seller host applicant"
    " candidate attendee subscriber participant person caller manager spouse cleaner renter".split()
)


@lru_cache(maxsize=4096)
def secret(name: str) -> bool:
    """Whether a name stands for a secret: `apiKey`, `args.password`, `STRIPE_SECRET`."""
    words = _words(name)
    if not words:
        return False
    return words[-1] in _SECRETS or _pair(words) in _SECRET_PAIRS or "".join(words) in _SECRET_NAMES


@lru_cache(maxsize=4096)
def personal(name: str) -> bool:
    """Whether a name stands for data about a person: `email`, `customerEmail`, `phoneNumber`."""
    words = _words(name)
    if not words:
        return False
    if _pair(words) in _PERSONAL_PAIRS or "".join(words) in _PERSONAL_NAMES:
        return True
    return words[-1] in _PERSONAL_NAMES and len(words) > 1 and words[-2] in _WHOSE


def _words(name: str) -> list[str]:
    words = [word.lower() for word in _WORDS.findall(name)]
    return [] if words and words[0] in _QUESTIONS else words


def _pair(words: list[str]) -> str:
    return " ".join(words[-2:])
