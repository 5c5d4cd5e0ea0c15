"""The command line and what is stored: a file in the state folder, a backup, and sentences when it cannot be."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the program as a person would, with a state folder of its own."""

    def ran(*arguments: str, said: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
        environment = {"PATH": os.environ["PATH"], "XDG_STATE_HOME": str(tmp_path / "state"), "PYTHONUTF8": "1"}
        return subprocess.run(  # noqa: S603 - the program itself
            [sys.executable, "-m", "bot", *arguments],
            input=said,
            capture_output=True,
            text=True,
            env=environment | {"PYTHONPATH": str(Path(__file__).parents[1])} | variables,
            cwd=tmp_path,
            timeout=60,
            check=False,
        )

    return ran


GROUP = ("chat", "--group", "beginners", "--rights", "pin,manage,own")


def test_what_a_group_sets_is_there_in_the_next_chat_and_in_the_backup(run: Run, tmp_path: Path) -> None:
    assert "Done. Currency: EUR" in run(*GROUP, said="/settings currency eur\n").stdout
    assert "Currency: EUR" in run(*GROUP, said="/settings\n").stdout
    copy = tmp_path / "copy.sqlite3"
    assert run("backup", str(copy)).returncode == 0
    run(*GROUP, said="/settings currency gbp\n")
    restored = run(*GROUP, said="/settings\n", BTC_SAFETY_BOT_STORAGE__PATH=str(copy))
    assert "Currency: EUR" in restored.stdout


def test_a_backup_that_cannot_be_made_is_one_sentence(run: Run, tmp_path: Path) -> None:
    nothing = run("backup", str(tmp_path / "copy.sqlite3"))
    assert nothing.returncode == 78
    assert nothing.stderr.count("\n") == 1
    assert "there is no database yet" in nothing.stderr
    run(*GROUP, said="/settings currency eur\n")
    taken = run("backup", str(tmp_path / "state"))
    assert taken.returncode == 78
    assert "the file exists already" in taken.stderr


def test_a_foreign_database_is_one_sentence(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "diary.txt"
    file.write_text("Dear diary, " * 1000)
    done = run(*GROUP, said="hello\n", BTC_SAFETY_BOT_STORAGE__PATH=str(file))
    assert done.returncode == 78
    assert "is no database of this bot" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_question_on_the_command_line_stores_nothing(run: Run, tmp_path: Path) -> None:
    assert run("ask", "What is a seed phrase and how do I keep it safe?").stdout
    assert not (tmp_path / "state").exists()


def test_an_overheard_question_on_the_command_line_is_answered_at_once(run: Run) -> None:
    assert "seed phrase" in run("ask", "--overheard", "What is a seed phrase and how do I keep it safe?").stdout
    assert run("ask", "--overheard", "hello everybody").stdout == ""
