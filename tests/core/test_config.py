"""What scaffold.toml says about the template, and adding to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaffold.core import config
from scaffold.core.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

NOTHING = config.TemplateConfig(deviations={}, skips={})


@pytest.mark.parametrize("text", [None, "", "# [template]\n\n  # skips = []\n", 'profile = "strict"\n'])
def test_a_file_that_says_nothing(text: str | None, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / config.FILE).write_text(text)

    assert config.read(tmp_path) == NOTHING


def test_both_spellings_of_a_list(tmp_path: Path) -> None:
    inline = 'deviations = [{ path = "a", reason = "x" }]\n'
    (tmp_path / config.FILE).write_text(
        f'[template]\n{inline}[[template.skips]]\nversion = "v1"\nreason = "y"\n[other]\nz = 1\n'
    )

    assert config.read(tmp_path) == config.TemplateConfig(deviations={"a": "x"}, skips={"v1": "y"})


BROKEN = {
    "template = 1\n": "scaffold.toml:1: template is no table",
    "[template]\nskips = 1\n": "scaffold.toml:2: template.skips is no list",
    "[template]\nskips = [\n  { version = 'v1' },\n]\n": (
        "scaffold.toml:3: template.skips needs a version and a reason each"
    ),
    "[template]\ndeviations = [{ path = 'a', reason = ' ' }]\n": (
        "scaffold.toml:2: template.deviations needs a path and a reason each"
    ),
    "[template\n": "scaffold.toml:1: is no TOML: expected ']' at the end of a table declaration",
}


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_broken_is_named_with_its_line(text: str, tmp_path: Path) -> None:
    (tmp_path / config.FILE).write_text(text)

    with pytest.raises(ConfigurationError) as caught:
        config.read(tmp_path)
    assert caught.value.message == f"{tmp_path}/{BROKEN[text]}"


def test_a_skip_is_added_at_the_end_and_the_rest_stays(tmp_path: Path) -> None:
    path = tmp_path / config.FILE
    path.write_text("# mine\nprofile = 'strict'\n\n\n")

    config.add_skip(tmp_path, "v1.0.0", "ünicode")
    config.add_skip(tmp_path, "v2.0.0", 'a "quote"\n')

    assert path.read_text("utf-8") == (
        "# mine\nprofile = 'strict'\n"
        '\n[[template.skips]]\nversion = "v1.0.0"\nreason = "ünicode"\n'
        '\n[[template.skips]]\nversion = "v2.0.0"\nreason = "a \\"quote\\"\\n"\n'
    )
    assert config.read(tmp_path).skips == {"v1.0.0": "ünicode", "v2.0.0": 'a "quote"\n'}


def test_a_list_on_one_line_is_not_rewritten(tmp_path: Path) -> None:
    text = "[template]\nskips = [{ version = 'v1', reason = 'x' }]\n"
    (tmp_path / config.FILE).write_text(text)

    with pytest.raises(ConfigurationError) as caught:
        config.add_skip(tmp_path, "v2", "y")
    assert caught.value.hint == 'add to that list yourself: { version = "v2", reason = "y" }'
    assert (tmp_path / config.FILE).read_text() == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# ours\n", '# ours\n\n[template]\nadopted = [\n  "ci",\n]\n'),
        (
            "[template]  # of ours\nskips = []\n",
            '[template]  # of ours\nadopted = [\n  "ci",\n]\nskips = []\n',
        ),
        ('[template]\nadopted = ["a", "b"]  # some\n', '[template]\nadopted = [\n  "ci",\n]\n'),
        ('[[template.skips]]\nversion = "v1"\nreason = "x"\n', None),
    ],
)
def test_what_is_followed_can_be_said_and_unsaid(before: str, after: str | None, tmp_path: Path) -> None:
    text = config.with_adopted(before, ["ci"])

    assert after is None or text == after
    (tmp_path / "scaffold.toml").write_text(text)
    assert config.read(tmp_path).adopted == ("ci",)
    (tmp_path / "scaffold.toml").write_text(config.with_adopted(text, None))
    assert config.read(tmp_path).adopted is None


def test_what_is_followed_is_a_list_of_texts(tmp_path: Path) -> None:
    (tmp_path / "scaffold.toml").write_text("[template]\nadopted = 'ci'\n")

    with pytest.raises(ConfigurationError, match=r"scaffold.toml:2: template.adopted is no list of texts"):
        config.read(tmp_path)
