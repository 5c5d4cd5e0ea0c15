"""The command line, run as a person would run it: in a process of its own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import app
from bot.config import Config
from bot.errors import SetupError

ROOT = Path(__file__).parents[1]
LEAK = "legal winner thank year wave sausage worth useful legal winner thank yellow"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Variables in which no token is set."""
    kept = {key: value for key, value in os.environ.items() if not key.endswith(("_TOKEN", "_KEY"))}
    return kept | {"PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(tmp_path), "NO_COLOR": "1", "COLUMNS": "200"}


@pytest.fixture
def run(tmp_path: Path, environment: dict[str, str]) -> Run:
    """Run `btc-safety-bot` with arguments in an empty folder, with no token set."""

    def ran(*arguments: str, said: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "bot", *arguments],
            input=said,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment | variables,
            timeout=60,
            check=False,
        )

    return ran


@pytest.fixture
def shell(tmp_path: Path, environment: dict[str, str]) -> Run:
    """Run `btc-safety-bot` with what a shell reads behind it, in an empty folder, with no token set."""

    def ran(code: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(  # noqa: S602 - redirections are what is tested
            f"{sys.executable} -m bot {code}",
            shell=True,
            executable="/bin/bash",
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment,
            timeout=60,
            check=False,
        )

    return ran


def test_version_and_help(run: Run) -> None:
    assert run("--version").stdout.startswith("btc-safety-bot ")
    assert "evaluate" in run("--help").stdout


def test_piped_lines_are_answered_one_by_one(run: Run) -> None:
    done = run(said="What is the Bitcoin halving?\n\n1\n/topics\n")
    assert done.returncode == 0
    assert "What is the Bitcoin halving?" in done.stdout
    assert "Not my question" in done.stdout
    assert "What would you like to read about?" in done.stdout
    assert done.stderr == ""


def test_without_token_terminal_and_line_it_says_what_to_set(run: Run) -> None:
    done = run()
    assert done.returncode == 78
    assert "set TELEGRAM_TOKEN or DISCORD_TOKEN" in done.stderr
    assert done.stderr.count("\n") == 1


def test_ask_prints_the_answer(run: Run) -> None:
    done = run("ask", "What is the Bitcoin halving?")
    assert done.stdout.startswith("What is the Bitcoin halving?\n")


def test_ask_json_prints_decision_matches_and_time(run: Run) -> None:
    done = run("ask", "--json", said="What is the Bitcoin halving?\nzzzz qqqq\n\n")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["question"] for row in rows] == ["What is the Bitcoin halving?", "zzzz qqqq", ""]
    assert rows[0]["decision"] == "answer"
    assert rows[0]["matches"][0]["id"] == "halving"
    assert 1 <= len(rows[0]["matches"]) <= 5
    scores = [match["score"] for match in rows[0]["matches"]]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert rows[0]["ms"] >= 0
    assert rows[1]["decision"] == rows[2]["decision"] == "none"


def test_ask_json_never_echoes_what_the_guard_catches(run: Run) -> None:
    done = run("ask", "--json", LEAK)
    row = json.loads(done.stdout)
    assert (row["guard"], row["decision"], row["matches"]) == (True, "none", [])
    assert "winner" not in done.stdout + done.stderr


def test_overheard_plausible_questions_are_met_with_silence(run: Run) -> None:
    done = run("ask", "--overheard", said="hello all\nwhat about those coins\n")
    assert done.stdout == ""


@pytest.mark.parametrize("command", ["ask --json", "ask", "chat"])
def test_a_closed_pipe_ends_it_quietly(run: Run, tmp_path: Path, command: str) -> None:
    code = f"{sys.executable} -m bot {command} < lines.txt | head -n 1"
    (tmp_path / "lines.txt").write_text("is bitcoin safe\n" * 20_000)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(tmp_path)}
    done = subprocess.run(  # noqa: S602 - a pipe is what is tested
        code, shell=True, capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=60, check=False
    )
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_check_is_quiet_when_all_is_well_and_prints_the_corpus_as_json(run: Run) -> None:
    quiet = run("check")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    rows = [json.loads(line) for line in run("check", "--json").stdout.splitlines()]
    assert set(rows[0]) == {"id", "question", "variants", "answer"}
    assert len(rows) >= 71


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[bot]\nfoo = 1\n", "'bot.foo' is unknown"),
        ("[bot]\nlog_level = 7\n", "'bot.log_level' is not right"),
        ("[bot\n", "is not valid TOML"),
        ('[secrets]\ntelegram_token = "1"\n', "secrets do not belong into a file"),
    ],
)
def test_a_wrong_configuration_is_one_sentence_and_exit_78(run: Run, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "mine.toml").write_text(text)
    done = run("--config", "mine.toml", "ask", "hello")
    assert done.returncode == 78
    assert said in done.stderr
    assert "mine.toml" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    assert run("--config", "mine.toml", "check").returncode == 1


def test_check_names_every_problem_of_the_configuration(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[bot]\nfoo = 1\nlog_level = 7\n[pins]\nmost = 0\n")
    done = run("--config", "mine.toml", "check", BTC_SAFETY_BOT_WEB__PORT="high", BTC_SAFETY_BOT_PORT="1")
    said = done.stderr.splitlines()
    assert done.returncode == 1
    for wrong in ("'bot.foo'", "'bot.log_level'", "'pins.most'", "BTC_SAFETY_BOT_PORT"):
        assert len([line for line in said if wrong in line]) == 1, wrong
    assert len(said) == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[defaults]\ncurrency = "ZZZ"\n', "no price source serves the currency ZZZ"),
        ('[telegram]\nwebhook_url = "https://example.org/x"\n[web]\nenabled = false\n', "needs the web server"),
        ('[prices]\nsources = ["goldbugs", "kraken", "ponzi"]\n', "there is no source 'goldbugs', 'ponzi'"),
        ('[prices]\nsources = ["token_metrics"]\n', "set TOKEN_METRICS_KEY"),
    ],
)
def test_check_names_in_one_sentence_what_does_not_go_together(run: Run, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "mine.toml").write_text(text)
    done = run("--config", "mine.toml", "check")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("config: ")
    assert said in done.stderr


def test_a_file_of_questions_that_is_not_there_is_named_once(run: Run) -> None:
    done = run("evaluate", "nowhere.jsonl")
    assert done.returncode == 78
    assert done.stderr.count("nowhere.jsonl") == 1


def test_a_missing_configuration_file_is_named(run: Run) -> None:
    done = run("--config", "nowhere.toml")
    assert done.returncode == 78
    assert "nowhere.toml: the file does not exist" in done.stderr


def test_a_variable_overrides_a_single_key(run: Run) -> None:
    assert run("check", BTC_SAFETY_BOT_DEFAULTS__CURRENCY="EUR").returncode == 0
    wrong = run("check", BTC_SAFETY_BOT_DEFAULTS__CURRENCY="euros")
    assert wrong.returncode == 1
    assert "defaults.currency" in wrong.stderr
    unknown = run("check", BTC_SAFETY_BOT_CURRENCY="EUR")
    assert "BTC_SAFETY_BOT_CURRENCY" in unknown.stderr


def test_unknown_rights_are_refused(run: Run) -> None:
    done = run("chat", "--group", "x", "--rights", "fly")
    assert done.returncode == 2
    assert "pin, manage and own" in done.stderr


@pytest.mark.parametrize("file", ["faq/data/en.npz", "faq/content/en/scams.toml"])
@pytest.mark.parametrize("harm", ["missing", "broken", "a folder"])
def test_a_file_that_is_not_right_is_one_sentence_each(run: Run, tmp_path: Path, file: str, harm: str) -> None:
    for name in ("bot", "faq"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / file).unlink()
    if harm == "broken":
        (tmp_path / file).write_text("[")
    elif harm == "a folder":
        (tmp_path / file).mkdir()
    checked = run("check", PYTHONPATH=str(tmp_path))
    asked = run("ask", "hello", PYTHONPATH=str(tmp_path))
    assert (checked.returncode, asked.returncode) == (1, 78)
    for done in (checked, asked):
        assert done.stdout == ""
        assert "Traceback" not in done.stderr
        assert done.stderr
        assert all(str(tmp_path) in line for line in done.stderr.splitlines())


def test_check_names_a_price_source_that_does_not_exist(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[prices]\nsources = ["frobnitz"]\n')
    done = run("--config", "mine.toml", "check")
    assert done.returncode == 1
    assert "frobnitz" in done.stderr


@pytest.mark.parametrize("command", ["", "chat"])
def test_a_closed_input_counts_as_nobody_there(shell: Run, command: str) -> None:
    done = shell(f"{command} <&-")
    assert done.returncode == 78
    assert "there is nobody to talk to" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_closed_input_holds_no_questions(shell: Run) -> None:
    done = shell("ask <&-")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    "command", ["ask hello", "ask --json hello", "ask --explain hello", "check --json", "--help", "chat <<< hello"]
)
def test_output_that_cannot_be_written_is_one_sentence(shell: Run, command: str) -> None:
    done = shell(f"{command} > /dev/full")
    assert done.returncode == 74
    assert done.stderr == "btc-safety-bot: what it prints cannot be written (No space left on device)\n"


@pytest.mark.parametrize("command", ["chat --group $'g\\xff'", "ask $'g\\xff'", "price $'g\\xff'"])
def test_words_that_are_no_text_are_refused_in_a_sentence(shell: Run, command: str) -> None:
    done = shell(f"{command} <<< hello")
    assert done.returncode == 2
    assert "is not valid UTF-8" in done.stderr
    assert "Traceback" not in done.stderr


async def test_without_a_folder_for_temporary_files_one_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with pytest.raises(SetupError, match=r"^no temporary file can be written \(.+\); set TMPDIR to a folder"):
        async with app.forgetful(Config()):
            pass
