"""`run` itself: it sets up .venv once, whatever happens beside it, and says what is missing. No
package and no network is used here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tiny import ROOT

pytestmark = pytest.mark.long

STAND_IN = (
    "import sys\nprint('{name}', sys.prefix, *sys.argv[1:])\nsys.exit(7 if '--fail' in "
    "sys.argv else 0)\n"
)
OFFLINE = {
    "PIP_INDEX_URL": "http://127.0.0.1:9/",
    "PIP_RETRIES": "0",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
}
SHELLS = (
    ["sh"],
    ["dash"],
    ["bash", "--posix"],
    ["busybox", "sh"],
    ["zsh", "--emulate", "sh"],
    ["ksh"],
)
TOOLS = ("sh", "dirname", "cat", "cksum", "tr", "rm")


def start(folder: Path, *command: str, path: str | None = None) -> subprocess.Popen[str]:
    """Start a command in a folder, without a network."""
    environment = {
        **os.environ,
        **OFFLINE,
        "PATH": path or f"{Path(sys.base_exec_prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def call(folder: Path, *command: str, path: str | None = None) -> tuple[int, str, str]:
    """Give a command in a folder; return its exit code and what it printed."""
    process = start(folder, *command, path=path)
    out, err = process.communicate(timeout=240)
    return process.returncode, out, err


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[int, str, str]]]:
    """Return a folder with `run` and nothing to install, and what its first start, three at once,
    came back with.
    """
    folder = tmp_path_factory.mktemp("start") / "project"
    commands = folder / "scripts" / "coalition" / "commands"
    commands.mkdir(parents=True)
    shutil.copy(ROOT / "run", folder)
    for lock in ("requirements.lock", "requirements-test.lock", "requirements-bootstrap.lock"):
        (folder / lock).write_text("# nothing\n", encoding="utf-8")
    for package in (commands.parent, commands):
        (package / "__init__.py").write_text("")
    for module in ("check_command", "new_operation", "run"):
        name = module.removesuffix("_command")
        (commands / f"{module}.py").write_text(STAND_IN.format(name=name))
    processes = [start(folder, "./run", "check") for _ in range(3)]
    printed = [process.communicate(timeout=240) for process in processes]
    return folder, [
        (process.returncode, *texts) for process, texts in zip(processes, printed, strict=True)
    ]


@pytest.fixture
def folder(prepared: tuple[Path, list[tuple[int, str, str]]], tmp_path: Path) -> Path:
    """Return a copy of the folder, with its .venv, at another place and with a space in its
    name.
    """
    return Path(shutil.copytree(prepared[0], tmp_path / "my project", symlinks=True))


def test_first_starts_at_once_set_up_once(
    prepared: tuple[Path, list[tuple[int, str, str]]],
) -> None:
    folder, answers = prepared
    assert [(code, out) for code, out, _ in answers] == [(0, f"check {folder / '.venv'}\n")] * 3, (
        answers
    )
    assert sum("Installing Python packages into .venv" in err for _, _, err in answers) == 1
    assert sum("Another ./run is setting up .venv" in err for _, _, err in answers) == 2


def test_a_moved_folder_works_without_a_network(folder: Path) -> None:
    assert call(folder, "./run", "check") == (0, f"check {folder / '.venv'}\n", "")


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
def test_any_shell(folder: Path, shell: list[str]) -> None:
    if shutil.which(shell[0]) is None:
        if shell[0] in ("sh", "dash", "bash"):
            pytest.skip(f"{shell[0]} is not installed")
        return  # a shell that few have
    assert call(folder, *shell, "run", "-n", "two words") == (
        0,
        f"run {folder / '.venv'} -n two words\n",
        "",
    )


def test_started_from_anywhere(folder: Path, tmp_path: Path) -> None:
    assert call(tmp_path, str(folder / "run"), "--lint")[:2] == (
        0,
        f"run {folder / '.venv'} --lint\n",
    )


def test_exit_codes_come_through(folder: Path) -> None:
    assert call(folder, "./run", "--fail")[0] == 7
    assert call(folder, "./run", "check", "--fail")[0] == 7


def test_files_of_a_new_operation_are_asked_for(folder: Path) -> None:
    assert call(folder, "./run", "new", "two words", "--to", "x") == (
        0,
        f"new_operation {folder / '.venv'} two words --to x\n",
        "",
    )


def test_a_broken_interpreter_is_replaced(folder: Path) -> None:
    python = folder / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to(folder / "gone")
    code, out, err = call(folder, "./run", "check")
    assert (code, out) == (0, f"check {folder / '.venv'}\n"), err
    assert "Installing" in err


def test_packages_of_another_python_are_replaced(folder: Path) -> None:
    library = next((folder / ".venv" / "lib").glob("python3*"))
    library.rename(library.with_name("python3.1"))
    code, _, err = call(folder, "./run", "check")
    assert code == 0, err
    assert "Installing" in err
    assert library.is_dir()


def test_an_installation_that_was_cut_off_goes_on(folder: Path) -> None:
    (folder / ".venv" / "stamp-run").unlink()
    code, _, err = call(folder, "./run", "check")
    assert code == 0
    assert "Installing" in err
    assert call(folder, "./run", "check")[2] == ""


def test_a_new_lock_that_can_not_be_installed(folder: Path) -> None:
    (folder / "requirements.lock").write_text(
        f"nowhere==1.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8"
    )
    code, out, err = call(folder, "./run", "check")
    assert (code, out) == (1, "")
    assert "The packages could not be installed. Is there a connection to the internet?" in err
    assert not (folder / ".venv" / "stamp-run").exists()


def test_without_python_it_says_what_to_install(folder: Path, tmp_path: Path) -> None:
    shutil.rmtree(folder / ".venv")
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in TOOLS:
        (tools / tool).symlink_to(shutil.which(tool) or tool)
    for name in ("python3", "python"):  # a stub, as a version manager or a shop leaves
        (tools / name).write_text("#!/bin/sh\necho 3.9\nexit 1\n")
        (tools / name).chmod(0o755)
    code, out, err = call(folder, "./run", path=str(tools))
    assert (code, out) == (1, "")
    assert err.startswith("Python 3.11, 3.12 or 3.13 is needed and was not found.")
    assert "sudo apt install python3 python3-venv" in err
