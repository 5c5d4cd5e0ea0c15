"""The queue: order in a lane, no lane waits for another, what is too much is turned away."""

import asyncio

from telegram import Update

from bot.adapters.telegram.intake import Intake, Turn


class Work:
    """Works on updates when it is let."""

    def __init__(self) -> None:
        self.done: list[int] = []
        self.refused: list[int] = []
        self.gates: dict[int, asyncio.Event] = {}

    def hold(self, number: int) -> None:
        self.gates[number] = asyncio.Event()

    async def __call__(self, update: Update, turn: Turn) -> None:
        async with turn:
            if gate := self.gates.get(update.update_id):
                await gate.wait()
            self.done.append(update.update_id)

    async def refuse(self, update: Update) -> None:
        self.refused.append(update.update_id)


async def test_a_lane_keeps_its_order_and_does_not_hold_up_another() -> None:
    work = Work()
    work.hold(1)
    async with Intake(work, refuse=work.refuse) as intake:
        for number, lane in ((1, "a"), (2, "a"), (3, "b"), (4, "a")):
            assert intake.offer(lane, Update(number))
        await asyncio.sleep(0)
        assert work.done == [3]
        assert len(intake) == 3
        work.gates[1].set()
        await intake.done()
    assert work.done == [3, 1, 2, 4]
    assert len(intake) == 0


async def test_what_is_too_much_for_a_lane_is_turned_away_and_others_go_on() -> None:
    work = Work()
    work.hold(1)
    async with Intake(work, refuse=work.refuse, in_lane=2) as intake:
        taken = [intake.offer("a", Update(1))]
        await asyncio.sleep(0)
        taken += [intake.offer("a", Update(number)) for number in (2, 3, 4)]
        assert taken == [True, True, True, False]
        assert intake.offer("b", Update(5))
        work.gates[1].set()
        await intake.done()
    assert sorted(work.done) == [1, 2, 3, 5]
    assert work.refused == [4]


async def test_fetching_waits_until_there_is_room() -> None:
    work = Work()
    work.hold(1)
    async with Intake(work, refuse=work.refuse, capacity=1) as intake:
        intake.offer("a", Update(1))
        waiting = asyncio.create_task(intake.room())
        await asyncio.sleep(0)
        assert not waiting.done()
        work.gates[1].set()
        await waiting
        assert not intake.full
