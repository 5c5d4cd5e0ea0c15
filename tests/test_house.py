"""The house itself: floors that hold, and documents that tell the truth."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot.config import Config
from bot.core.commands import COMMANDS
from faq.matcher import Faq

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TOPICS = ROOT.parent / "shared" / "knowledge" / "topics.toml"


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("faq/words.py", "import bot.errors", "Each floor uses only the floors below it"),
        ("bot/core/asking.py", "import bot.config", "Only the app reads the configuration"),
        ("bot/core/asking.py", "import sqlalchemy", "The core knows no platform, no wire, no SQL"),
        ("bot/core/turn.py", "import bot.core.asking", "No circles"),
    ],
)
def test_a_broken_floor_is_noticed(tmp_path: Path, module: str, line: str, contract: str) -> None:
    for name in ("bot", "faq"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.toml", "data"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(  # noqa: S603 - import-linter of this environment
        [program, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert re.search(rf"{contract}\s+BROKEN", done.stdout), done.stdout


def test_config_toml_names_every_key_with_its_default_and_a_comment() -> None:
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    shipped = tomllib.loads(text)
    defaults = Config().model_dump(exclude={"secrets"}, mode="json")
    assert shipped == defaults
    keys = [line for line in text.splitlines() if re.match(r"^\w+ *=", line)]
    assert [line for line in keys if "#" not in line] == []


def test_the_readme_names_every_command() -> None:
    missing = [c.name for c in COMMANDS.values() if c.listed and not re.search(rf"`{c.name}\b", README)]
    assert missing == []


def test_every_topic_of_the_brief_is_an_entry(faq: Faq) -> None:
    if not TOPICS.exists():
        pytest.skip("the brief is not part of the project")
    topics = {topic["id"] for topic in tomllib.loads(TOPICS.read_text(encoding="utf-8"))["topic"]}
    assert topics == set(faq.entries)


def test_the_transcript_in_the_readme_is_what_the_program_says(tmp_path: Path) -> None:
    block = re.search(r"```text\n(you > .*?)```", README, re.DOTALL)
    assert block
    turns = [part.split("\n", 1) for part in re.split(r"^you > ", block[1], flags=re.MULTILINE) if part]
    said = "".join(f"{line}\n" for line, _ in turns)
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chat"],
        input=said,
        capture_output=True,
        text=True,
        env={"COLUMNS": "80", "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(tmp_path), "PYTHONUTF8": "1"},
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    shown = [line.rstrip() for line in done.stdout.splitlines() if line.strip()]
    written = [line.rstrip() for _, answer in turns for line in answer.splitlines() if line.strip()]
    assert shown == written


def test_the_wheel_carries_every_file_that_the_program_reads() -> None:
    kinds = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["package-data"]
    for name, patterns in kinds.items():
        carried = {path for pattern in patterns for path in (ROOT / name).glob(pattern)}
        files = {path for path in (ROOT / name).rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}}
        assert {path for path in files - carried if "training" not in path.parts} == set()
