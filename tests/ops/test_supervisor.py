"""The supervisor: an adapter that fails comes back, one that cannot is parked."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from bot.adapters.telegram.calls import Calls
from bot.adapters.telegram.transport import NotSent, TooFast
from bot.errors import DeliveryFailed, SetupError
from bot.ops.observe import Metrics
from bot.ops.supervisor import Supervisor
from tests.fakes import FakeClock


@dataclass
class Stage:
    """An adapter that does as it is told, and the pauses between its runs."""

    clock: FakeClock
    acts: list[Callable[[], None]]
    name: str = "telegram"
    ready: bool = False
    pauses: list[float] = field(default_factory=list)
    enough: int = 100

    async def run(self) -> None:
        self.acts.pop(0)()

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.clock.forward(seconds)
        if len(self.pauses) >= self.enough:
            raise asyncio.CancelledError


def fails() -> None:
    raise DeliveryFailed("no answer")


async def supervise(stage: Stage, *, metrics: Metrics | None = None, chance: float = 1.0) -> Supervisor:
    supervisor = Supervisor(
        stage, metrics=metrics or Metrics(), clock=stage.clock.seconds, pause=stage.pause, chance=lambda: chance
    )
    with pytest.raises(asyncio.CancelledError):
        await supervisor.run()
    return supervisor


async def test_pauses_grow_from_a_second_to_five_minutes(clock: FakeClock) -> None:
    stage = Stage(clock, [fails] * 12, enough=11)
    metrics = Metrics()
    supervisor = await supervise(stage, metrics=metrics)
    assert stage.pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert metrics.registry.get_sample_value("btc_safety_bot_restarts_total", {"platform": "telegram"}) == 10
    assert supervisor.state == "connecting"


async def test_pauses_are_jittered(clock: FakeClock) -> None:
    stage = Stage(clock, [fails] * 4, enough=3)
    await supervise(stage, chance=0.0)
    assert stage.pauses == [0.5, 1, 2]


async def test_ten_healthy_minutes_make_the_next_pause_short_again(clock: FakeClock) -> None:
    def serves_long() -> None:
        clock.forward(600)
        fails()

    stage = Stage(clock, [fails, fails, fails, serves_long, fails], enough=5)
    await supervise(stage)
    assert stage.pauses == [1, 2, 4, 1, 2]


async def test_what_no_retry_mends_is_parked_and_logged_each_hour(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    def refused() -> None:
        raise SetupError("Telegram refuses the token")

    stage = Stage(clock, [fails, refused], enough=4)
    supervisor = await supervise(stage)
    assert stage.pauses == [1, 3600, 3600, 3600]
    assert supervisor.parked.is_set()
    assert supervisor.state == "parked"
    assert supervisor.reason == "Telegram refuses the token"
    assert caplog.text.count("telegram is not served: Telegram refuses the token") == 3


async def test_a_refusal_inside_a_group_of_errors_parks_too(clock: FakeClock) -> None:
    def refused() -> None:
        raise ExceptionGroup("tasks", [ValueError(), ExceptionGroup("more", [SetupError("mend it")])])

    supervisor = await supervise(Stage(clock, [refused], enough=1))
    assert supervisor.reason == "mend it"


async def test_an_adapter_that_ends_by_itself_is_started_again(clock: FakeClock) -> None:
    stage = Stage(clock, [lambda: None, lambda: None], enough=2)
    await supervise(stage)
    assert stage.acts == []


async def test_cancelling_reaches_the_adapter_and_ends_the_supervisor(clock: FakeClock) -> None:
    class Serving:
        name, ready, left = "telegram", True, False

        async def run(self) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                self.left = True

    adapter = Serving()
    supervisor = Supervisor(adapter, metrics=Metrics(), clock=clock.seconds)
    task = asyncio.create_task(supervisor.run())
    await asyncio.sleep(0)
    assert supervisor.state == "ready"
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert adapter.left


async def test_memory_running_out_ends_the_process(clock: FakeClock) -> None:
    def full() -> None:
        raise MemoryError

    supervisor = Supervisor(Stage(clock, [full]), metrics=Metrics(), clock=clock.seconds)
    with pytest.raises(MemoryError):
        await supervisor.run()


@pytest.mark.parametrize(
    "failure",
    [DeliveryFailed("no answer"), ExceptionGroup("tasks", [ExceptionGroup("more", [DeliveryFailed("no answer")])])],
)
async def test_a_platform_out_of_reach_is_one_line_that_names_cause_and_pause(
    clock: FakeClock, caplog: pytest.LogCaptureFixture, failure: Exception
) -> None:
    def cut_off() -> None:
        raise failure

    await supervise(Stage(clock, [fails, cut_off], enough=2))
    assert caplog.messages == [
        "telegram cannot be reached (no answer); it is tried again in 1.0 s",
        "telegram cannot be reached (no answer); it is tried again in 2.0 s",
    ]
    assert "Traceback" not in caplog.text


async def test_a_defect_beside_a_platform_out_of_reach_is_logged_with_its_traceback(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise ExceptionGroup("tasks", [DeliveryFailed("no answer"), ValueError()])

    await supervise(Stage(clock, [broken], enough=1))
    assert "telegram failed and is started again in 1.0 s: ExceptionGroup" in caplog.text
    assert "Traceback" in caplog.text


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (NotSent("ClientConnectorDNSError"), "no call has come through for 60 s: ClientConnectorDNSError"),
        (TooFast(90), "it asks to be left alone for 90 s"),
    ],
)
async def test_why_telegram_is_out_of_reach_stands_in_the_log(
    clock: FakeClock, caplog: pytest.LogCaptureFixture, error: Exception, cause: str
) -> None:
    class Offline:
        name, ready = "telegram", False

        async def run(self) -> None:
            await Calls(Metrics(), clock=clock.seconds, pause=clock.sleep).make(self.call)

        async def call(self) -> None:
            raise error

    async def pause(_seconds: float) -> None:
        raise asyncio.CancelledError

    supervisor = Supervisor(Offline(), metrics=Metrics(), clock=clock.seconds, pause=pause, chance=lambda: 1.0)
    with pytest.raises(asyncio.CancelledError), caplog.at_level(logging.WARNING, "bot.ops.supervisor"):
        await supervisor.run()
    assert caplog.messages[-1] == f"telegram cannot be reached ({cause}); it is tried again in 1.0 s"
