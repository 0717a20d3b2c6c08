"""What several tests need."""

from collections.abc import Callable
from typing import Any

import pytest
from convex import ConvexError


def code_of(function: Callable[..., object], *args: object) -> str:
    """The code of the error that a call ends with."""
    with pytest.raises(ConvexError) as raised:
        function(*args)
    data: Any = raised.value.data
    return str(data["code"])
