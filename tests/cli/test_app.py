"""What all commands share: help, version, errors, completion, the report of a bug."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest
from support import cli, tree

from scaffold import __version__
from scaffold.cli import app
from scaffold.core.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable


def test_version() -> None:
    assert cli.run("--version") == cli.Result(0, f"convex-scaffold {__version__}\n", "")


def test_help_lists_every_command_without_importing_one() -> None:
    script = (
        "import sys; from scaffold.cli.app import main; main(['--help']);"
        "print([name for name in sys.modules if name.startswith(('copier', 'rich', 'yaml', 'tree_sitter'))])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    listed = re.findall(r"^  (\w+)  +(.+)$", done.stdout.partition("Commands:")[2], re.MULTILINE)
    assert listed == [(name, text) for name, (_, text) in app.COMMANDS.items()]
    assert done.stdout.endswith("[]\n")


@pytest.mark.parametrize("name", app.COMMANDS)
def test_every_command_has_help_with_examples(name: str) -> None:
    result = cli.run(name, "--help")

    assert result.code == 0
    assert result.out.startswith(f"Usage: convex-scaffold {name} ")
    assert "Examples:" in result.out


def test_no_command_prints_the_help_and_is_a_usage_error() -> None:
    result = cli.run()

    assert result.code == ExitCode.USAGE
    assert result.out.startswith("Usage: convex-scaffold [OPTIONS] COMMAND")


def test_an_unknown_command_is_answered_with_the_nearest() -> None:
    assert cli.run("codgen") == cli.Result(
        2, "", "error: there is no command 'codgen'\ntry: convex-scaffold codegen\n"
    )
    assert cli.run("xyzzy") == cli.Result(
        2, "", "error: there is no command 'xyzzy'\ntry: convex-scaffold --help\n"
    )


def test_a_wrong_option_names_the_help() -> None:
    assert cli.run("codegen", "--jsn") == cli.Result(
        2,
        "",
        "error: No such option '--jsn'. Did you mean '--json'?\ntry: convex-scaffold codegen --help\n",
    )


def test_ctrl_c_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.cli, "main", _raise(KeyboardInterrupt()))

    assert cli.run("codegen") == cli.Result(130, "", "error: interrupted\n")


@pytest.mark.parametrize(("number", "prefix"), [(15, ()), (1, ()), (1, ("nohup",))])
def test_being_told_to_end_is_as_ctrl_c(number: int, prefix: tuple[str, ...]) -> None:
    """What was begun is undone then. Who is not to hear of it (`nohup`) does not."""
    script = (
        "import os, sys\n"
        "from scaffold.cli import app\n"
        f"app.cli.main = lambda **_: os.kill(os.getpid(), {number})\n"
        "sys.exit(app.main())"
    )
    done = subprocess.run(
        [*prefix, sys.executable, "-c", script], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == ((0, "") if prefix else (130, "error: interrupted\n"))


_NOBODY = """\
import pwd, sys
def unknown(user):
    raise KeyError(user)
pwd.getpwuid = pwd.getpwnam = unknown
from scaffold.cli import app
%s
sys.exit(app.main())
"""


def test_a_user_without_a_home_has_no_cache_and_no_other_trouble(folder: Path) -> None:
    """As in a container whose user the machine does not know."""
    tree.write(folder, {"convex/schema.ts": "export default defineSchema({});\n"})

    done = _as_nobody("", "check")

    assert (done.returncode, done.stderr) == (0, "")
    assert tree.names(folder) == ["convex"]


def test_a_bug_of_a_user_without_a_home_is_reported(folder: Path) -> None:
    done = _as_nobody(
        f"app.cli.main = lambda **_: 1 / 0\nimport tempfile; tempfile.tempdir = {str(folder)!r}"
    )

    assert (done.returncode, done.stderr.count("\n")) == (ExitCode.BUG, 2)
    assert len(tree.names(folder)) == 1


def _as_nobody(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key not in {"HOME", "XDG_CACHE_HOME"}}
    command = [sys.executable, "-c", _NOBODY % code, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", ["check", "status"])
def test_the_cache_can_be_put_elsewhere(
    command: str, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.run("new", "lunch", "--defaults", "--no-verify").code == 0
    monkeypatch.setenv("CONVEX_SCAFFOLD_CACHE_DIR", str(tmp_path / "kept"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "not"))
    monkeypatch.chdir(folder / "lunch")

    assert cli.run(command).code == 0
    assert tree.names(tmp_path / "kept") == [{"check": "facts", "status": "renders"}[command]]
    assert not (tmp_path / "not").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_while_it_says_how_it_ended_is_quiet(number: signal.Signals) -> None:
    script = (
        "import os, sys\n"
        "from scaffold import __main__\n"
        "from scaffold.cli import console\n"
        f"console.failure = lambda *_, **__: os.kill(os.getpid(), {int(number)})\n"
        "sys.exit(__main__.main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "chekc"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (ExitCode.INTERRUPTED, "")


def test_ctrl_c_while_the_command_is_being_imported_is_quiet(tmp_path: Path) -> None:
    script = "import os, signal; os.kill(os.getpid(), signal.SIGINT)\n"
    tree.write(tmp_path, {"click.py": script})
    done = subprocess.run(
        [Path(sys.executable).with_name("convex-scaffold"), "--version"],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (ExitCode.INTERRUPTED, "", "")


def test_a_bug_leaves_a_report_that_can_be_pasted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(app.cli, "main", _raise(ZeroDivisionError("division by zero")))

    result = cli.run("codegen", "--check")

    [report] = tmp_path.iterdir()
    assert result.code == ExitCode.BUG
    assert result.err == (
        "error: this is a bug in convex-scaffold: ZeroDivisionError: division by zero\n"
        f"try: paste {report} into https://github.com/convex-scaffold/convex-scaffold/issues/new\n"
    )
    text = report.read_text()
    assert (
        f"### convex-scaffold {__version__} met a bug\n\n- command: `convex-scaffold codegen --check`" in text
    )
    assert "ZeroDivisionError: division by zero\n```\n" in text
    assert str(Path.home()) not in text


_FULL = """\
error: the machine cannot go on: {where}No space left on device
try: make room (df -h, ulimit -a; TMPDIR=FOLDER moves temporary files), and run it again
"""


def test_a_full_disk_is_not_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.cli, "main", _raise(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "a/b")))

    assert cli.run("codegen") == cli.Result(ExitCode.TOOL, "", _FULL.format(where="a/b: "))


def test_a_closed_folder_is_not_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    error = PermissionError(errno.EACCES, os.strerror(errno.EACCES), "/a b/.git")
    monkeypatch.setattr(app.cli, "main", _raise(error))

    assert cli.run("codegen") == cli.Result(
        ExitCode.TOOL,
        "",
        "error: the machine cannot go on: /a b/.git: Permission denied\n"
        "try: see who may read it, and the folders above: ls -ld '/a b/.git'\n",
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_output_that_cannot_be_written_is_said_once() -> None:
    with Path("/dev/full").open("w") as full:
        command = (Path(sys.executable).with_name("convex-scaffold"), "explain")
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert (done.returncode, done.stderr) == (ExitCode.TOOL, _FULL.format(where=""))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("explain", ExitCode.OK),
        ("explain CX999", ExitCode.USAGE),
        ("--nonsense", ExitCode.USAGE),
        ("check .", ExitCode.NOTHING_TO_DO),
    ],
)
def test_the_exit_code_tells_where_nothing_can_be_said(folder: Path, arguments: str, code: int) -> None:
    command = [str(Path(sys.executable).with_name("convex-scaffold")), *arguments.split()]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=full, check=False)

    assert done.returncode == code


@pytest.mark.parametrize("command", ["check", "inspect", "fix"])
def test_a_current_folder_that_is_gone(tmp_path: Path, command: str) -> None:
    program = Path(sys.executable).with_name("convex-scaffold")
    script = f'mkdir gone && cd gone && rmdir ../gone && exec "{program}" {command}'
    done = subprocess.run(["sh", "-c", script], cwd=tmp_path, stderr=subprocess.PIPE, text=True, check=False)

    assert (done.returncode, done.stderr) == (
        ExitCode.TOOL,
        "error: the machine cannot go on: the current folder: No such file or directory\n"
        "try: it was removed or renamed: go to one that is there, and run it again\n",
    )


@pytest.mark.parametrize("arguments", [("explain",), ("--help",), ("completion", "bash")])
def test_a_reader_that_goes_away_is_no_error(arguments: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command: list[str | Path] = [Path(sys.executable).with_name("convex-scaffold"), *arguments]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("arguments", ["check", "check --format json", "inspect", "explain CX301"])
def test_closed_streams_are_no_bug(folder: Path, closed: str, arguments: str) -> None:
    tree.write(folder, {"convex/schema.ts": "export default defineSchema({});\n"})
    program = Path(sys.executable).with_name("convex-scaffold")
    done = subprocess.run(
        ["sh", "-c", f"{program} {arguments} {closed}"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_names_of_files_are_utf_8_whatever_the_locale_says(folder: Path) -> None:
    module = 'import { query } from "./_generated/server";\n'
    project = tree.write(folder / "größe", {"convex/übung.ts": module})
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.com", "-C", str(project)]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "a"]):
        subprocess.run([*git, *arguments], check=True)
    tree.write(project, {"convex/übung.ts": module + "export const a = query(async () => 1);\n"})
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

    done = subprocess.run(
        [sys.executable, "-m", "scaffold", "check", "--base", "HEAD", "--format", "concise"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=project,
        env={**os.environ, **ascii_only},
    )

    assert done.stdout == (
        "convex/?bung.ts:2:14: CX101 error `?bung:a` gives `query` a bare function, "
        "so it has no room for validators\n"
    )


@pytest.mark.parametrize("refused", [True, False])
def test_no_colours_for_who_wants_none(monkeypatch: pytest.MonkeyPatch, *, refused: bool) -> None:
    if refused:
        monkeypatch.setenv("NO_COLOR", "1")
    program = Path(sys.executable).with_name("convex-scaffold")

    terminal = pexpect.spawn(str(program), ["chekc"], encoding="utf-8")
    terminal.expect(pexpect.EOF)

    assert ("\x1b[" in (terminal.before or "")) is not refused


def test_a_report_that_cannot_be_kept_is_printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    monkeypatch.setattr(app.cli, "main", _raise(ZeroDivisionError("division by zero")))

    result = cli.run("codegen")

    assert result.code == ExitCode.BUG
    assert result.err.startswith("### convex-scaffold ")
    assert result.err.endswith(
        "error: this is a bug in convex-scaffold: ZeroDivisionError: division by zero\n"
        "try: paste the report above into https://github.com/convex-scaffold/convex-scaffold/issues/new\n"
    )


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_of_the_shell_that_asks_us(shell: str) -> None:
    result = cli.run("completion", shell)

    assert result.code == 0
    assert f"_CONVEX_SCAFFOLD_COMPLETE={shell}_complete" in result.out


def test_completion_completes_commands_and_options() -> None:
    assert _complete("convex-scaffold c", 1) == ["plain,check", "plain,codegen", "plain,completion"]
    assert "plain,--no-verify" in _complete("convex-scaffold new --no-", 2)


def _complete(line: str, word: int) -> list[str]:
    environment = {"_CONVEX_SCAFFOLD_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(word)}
    done = subprocess.run(
        [Path(sys.executable).with_name("convex-scaffold")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.split()


def _raise(error: BaseException) -> Callable[..., None]:
    def main(**_: object) -> None:
        raise error

    return main
