"""The drawing process: started with the first chart, one chart at a time, ended when nobody wants one."""

import asyncio
import contextlib
import os
import struct
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.prices.failures import ChartUnavailable

PICTURE_BYTES = 4 * 1024 * 1024

_PROGRAM = Path(__file__).with_name("drawing.py")
_PASSED_ON = ("PATH", "HOME", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "XDG_CACHE_HOME", "MPLCONFIGDIR", "USERPROFILE")
"""What the process gets of the environment: the tokens stay here."""


class Easel:
    """Draws in a process of its own. Enter it with `async with`: leaving ends the process.

    Args:
        command: what to run; the drawing program by default.
        idle_s: seconds without a chart after which the process is ended.
        start_s: seconds for the first chart, in which matplotlib is loaded.
        draw_s: seconds for any other.
    """

    def __init__(
        self, *, command: Sequence[str] = (), idle_s: float = 300.0, start_s: float = 8.0, draw_s: float = 4.0
    ) -> None:
        # -I: neither the working directory nor PYTHON* variables decide what is imported.
        self._command = tuple(command) or (sys.executable, "-I", str(_PROGRAM))
        self._idle_s = idle_s
        self._start_s = start_s
        self._draw_s = draw_s
        self._process: Process | None = None
        self._lock = asyncio.Lock()
        self._ending: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._keep()
        await self._end()

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.returncode is None

    async def draw(self, job: str) -> bytes:
        """Return the picture of a job (one line of JSON, see `drawing.Job`).

        Raises:
            ChartUnavailable: the process cannot start, died, hung or refused the job; the next chart gets a new one.
        """
        async with self._lock:
            self._keep()
            drawn = False
            try:
                async with asyncio.timeout(self._draw_s if self.running else self._start_s):
                    kind, answer = await self._exchange(job)
                drawn = True
            except (TimeoutError, OSError, ValueError, asyncio.IncompleteReadError) as error:
                raise ChartUnavailable(f"the drawing process failed: {type(error).__name__}") from error
            finally:
                # Also after a cancelled wait: an answer that nobody reads would be taken for the next one.
                if drawn:
                    self._ending = asyncio.create_task(self._end_later(), name="prices: end the drawing process")
                else:
                    await self._end()
        if kind != b"P":
            raise ChartUnavailable(f"the drawing process refused: {answer.decode(errors='replace')}")
        return answer

    async def _exchange(self, job: str) -> tuple[bytes, bytes]:
        if not self.running:
            environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment
            )
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise ValueError("no pipes")
        process.stdin.write(job.encode() + b"\n")
        await process.stdin.drain()
        kind = await process.stdout.readexactly(1)
        (length,) = struct.unpack(">I", await process.stdout.readexactly(4))
        if kind not in {b"P", b"E"} or length > PICTURE_BYTES:
            raise ValueError("not an answer")
        return kind, await process.stdout.readexactly(length)

    def _keep(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None

    async def _end_later(self) -> None:
        await asyncio.sleep(self._idle_s)
        async with self._lock:
            self._ending = None
            await self._end()

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        if process.stdin is not None:
            process.stdin.close()
