"""Serves all platforms side by side, until the bot is stopped or none is left."""

import asyncio
import signal
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress

from aiohttp import web

from bot.errors import SetupError
from bot.ops.observe import Metrics, watch_loop
from bot.ops.supervisor import Adapter, Supervisor
from bot.ops.web import Web


async def serve(
    adapters: Sequence[Adapter],
    *,
    metrics: Metrics,
    host: str = "",
    port: int = 0,
    routes: Sequence[web.AbstractRouteDef] = (),
) -> None:
    """Serve until cancelled; SIGTERM cancels.

    Args:
        adapters: one for each platform.
        metrics: counters.
        host: address of the web server, "" for none.
        port: its port, 0 for any that is free.
        routes: what it serves besides health and metrics.

    Raises:
        SetupError: no platform is left that a retry could help.
    """
    _stop_on_signal()
    supervisors = [Supervisor(adapter, metrics=metrics) for adapter in adapters]
    async with AsyncExitStack() as stack:
        if host:
            served = Web(host=host, port=port, metrics=metrics, supervisors=supervisors, routes=routes)
            await stack.enter_async_context(served)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(supervisor.run()) for supervisor in supervisors]
            tasks.append(group.create_task(watch_loop(metrics)))
            for supervisor in supervisors:
                await supervisor.parked.wait()
            for task in tasks:
                task.cancel()
    raise SetupError(*(supervisor.reason for supervisor in supervisors))


def _stop_on_signal() -> None:
    """Let SIGTERM do what Ctrl-C does, where the system has signals."""
    task = asyncio.current_task()
    if task:
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
