"""Points in time as people type them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from scaffold.core.errors import InvalidMomentError

_AGO = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604_800}


def seconds(option: str, text: str | None, now: float) -> float | None:
    """Seconds since 1970 of `24h` (so long ago) or of an ISO date, which without a zone is UTC.

    Raises:
        InvalidMomentError: it is neither.
    """
    if text is None:
        return None
    ago = _AGO.fullmatch(text.strip())
    if ago:
        return now - float(ago[1]) * _UNITS[ago[2]]
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidMomentError(option, text) from error
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
