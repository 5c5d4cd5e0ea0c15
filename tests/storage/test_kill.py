"""Killed at any moment, the database loses nothing that was confirmed and opens again."""

import subprocess
import sys
from pathlib import Path

KILLS = 200

DRIVER = Path(__file__).with_name("kill_driver.py")


def test_nothing_confirmed_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    run = subprocess.run(  # noqa: S603 - the program is this test's own
        [sys.executable, DRIVER, tmp_path, str(KILLS)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        cwd=Path(__file__).parents[2],
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert run.returncode == 0, run.stdout + run.stderr
    killed, confirmed = map(int, run.stdout.split())
    assert killed == KILLS
    assert confirmed > KILLS
