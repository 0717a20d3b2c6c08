"""Text and vector search, of documents some of which are not indexed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from support.backends import Backend

_PLACES: list[dict[str, Any]] = [
    {"open": True},  # neither named nor described yet
    {"name": "Old harbour", "embedding": [0.0, 1.0], "open": True, "about": {"text": None}},
    {"name": "Harbour bar", "embedding": [1.0, 0.0], "open": True, "about": {"text": "by the sea"}},
    {"name": "Harbour hall", "open": False, "about": {"text": "Sea view", "embedding": [0.0, 2.0]}},
    {"name": "Museum", "open": True, "about": {"text": "of the town", "embedding": [3.0, 0.0]}},
]


@pytest.fixture
def places(chat: Backend) -> Backend:
    chat.server.control.seed({"places": _PLACES})
    return chat


def test_texts_are_found_among_documents_without_one(places: Backend) -> None:
    assert places.value("query", "places:named", {"text": "harbour"}) == ["Old harbour", "Harbour bar"]
    page = {"paginationOpts": {"numItems": 5, "cursor": None}}
    found = places.value("query", "places:described", {"text": "sea", **page})
    assert found == ["by the sea", "Sea view"]


def test_vectors_are_found_among_documents_without_one(places: Backend) -> None:
    assert places.value("action", "places:near", {"index": "by_embedding"}) == [
        ["Harbour bar", 1.0],
        ["Old harbour", 0.0],
    ]


def test_vectors_may_lie_in_objects(places: Backend) -> None:
    assert places.value("action", "places:near", {"index": "by_text_embedding"}) == [
        ["Museum", 1.0],
        ["Harbour hall", 0.0],
    ]
