"""Lines that come through a pipe."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import CancelledError


async def threaded(lines: Iterable[str]) -> AsyncIterator[str]:
    """Yield the lines; a thread reads them, so that the event loop goes on while a pipe is silent."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[str | None] = asyncio.Queue(maxsize=1)

    def feed() -> None:
        # Whoever reads may leave first: the loop then cancels what waits, or is closed already.
        with contextlib.suppress(CancelledError, RuntimeError):
            for line in lines:
                asyncio.run_coroutine_threadsafe(queue.put(line), loop).result()
            asyncio.run_coroutine_threadsafe(queue.put(None), loop).result()

    threading.Thread(target=feed, daemon=True).start()
    while (line := await queue.get()) is not None:
        yield line
