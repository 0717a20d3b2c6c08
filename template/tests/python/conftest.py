"""What the tests share: who signs in has a row in `users`, with the role that they ask for."""

from typing import Any

import pytest
from scaffold.testing import Client, OnSignIn

from api import users


@pytest.fixture
def on_sign_in(convex_admin: Client) -> OnSignIn:
    """As clients do it after every sign-in. Administrators are made as the first one is."""

    def store(client: Client, claims: dict[str, Any]) -> None:
        user = users.public.store(client)
        if claims.get("role") == "admin":
            convex_admin.mutation("users/internal:grantAdmin", {"userId": user})

    return store
