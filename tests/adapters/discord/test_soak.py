"""A long stretch of mixed use with faults: everything is answered once or known to be uncertain, nothing is doubled."""

import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest

from tests.adapters.discord.conftest import SWIFT, Office, Stand, standing
from tests.adapters.discord.eyes import words
from tests.platforms.discord_faults import Broken, Cut, Fault, RateLimited
from tests.platforms.discord_interaction import Interaction
from tests.platforms.discord_people import Person
from tests.platforms.discord_server import DiscordServer
from tests.platforms.discord_world import Message

AT_ONCE = 20
LATELY = 100
"""Interactions whose answers are still pressed."""

QUESTIONS = ("is bitcoin safe?", "what is a seed phrase", "somebody from support wrote to me", "zxqv wqxz", "thanks")
ROUTES = (
    "/channels/{channel_id}/messages",
    "/interactions/{interaction_id}/{interaction_token}/callback",
)
WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
WEBHOOK_ROUTES = (
    *ROUTES,
    WEBHOOK,
    WEBHOOK + "/messages/@original",
    "/channels/{channel_id}/messages/pins/{message_id}",
)
FAULTS: tuple[Fault, ...] = (
    RateLimited(retry_after=0.001),
    Broken(status=503),
    Cut(after_effect=False),
    Cut(after_effect=True),
)


class Crowd:
    """Many people who use the bot at random, always the same for the same seed."""

    routes: tuple[str, ...] = ROUTES

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._random = random.Random(7)
        self._numbers = itertools.count()
        self.asked: list[Message] = []
        self.interactions: list[Interaction] = []
        self.faults = 0

    async def act(self) -> None:
        """Let somebody new do something; now and then let a call go wrong."""
        chance, server = self._random, self._stand.server
        person = server.user(f"Person {next(self._numbers)}", installed=chance.random() < 0.3)
        self._stand.guild.admits(person)
        if chance.random() < 0.03:
            self.faults += 1
            server.faults.add(chance.choice(FAULTS), route=chance.choice(self.routes))
        if chance.random() < 0.004:
            server.gateway.cut()
        await chance.choice(self.acts())(person)

    def acts(self) -> tuple[Callable[[Person], Awaitable[None]], ...]:
        """What people do, some of it more often."""
        return self._direct, self._mention, self._slash, self._slash, self._topics

    async def _direct(self, person: Person) -> None:
        self.asked.append(await person.says(person.direct, self._random.choice(QUESTIONS)))

    async def _mention(self, person: Person) -> None:
        text = f"{self._stand.server.bot.mention} {self._random.choice(QUESTIONS)}"
        self.asked.append(await person.says(self._stand.general, text))

    async def _slash(self, person: Person) -> None:
        public = self._random.random() < 0.3
        question = self._random.choice(QUESTIONS)
        self.interactions.append(await person.uses(self._stand.general, "ask", question=question, public=public))

    async def _topics(self, person: Person) -> None:
        self.interactions.append(await person.uses(person.direct, "topics"))


class Desk(Crowd):
    """A crowd that presses buttons too, and moderators who pin and write entries.

    Attributes:
        pins: answers that were to be pinned.
    """

    routes = WEBHOOK_ROUTES

    def __init__(self, stand: Stand) -> None:
        super().__init__(stand)
        self.pins: list[Interaction] = []

    def acts(self) -> tuple[Callable[[Person], Awaitable[None]], ...]:
        return self._slash, self._press, self._press, self._form, self._pin

    async def _press(self, person: Person) -> None:
        shown = [one.answers[0] for one in self.interactions[-LATELY:] if one.answers and one.answers[0].buttons]
        visible = [one for one in shown if one.message and (not one.ephemeral or one.message.audience is person)]
        if not visible:
            await self._slash(person)
            return
        answer = self._random.choice(visible)
        self.interactions.append(await person.presses(answer, answer.buttons[0]))

    async def _form(self, person: Person) -> None:
        """Open a form, or fill in one that was opened before."""
        opened = [one.modal for one in self.interactions[-LATELY:] if one.modal]
        if opened and self._random.random() < 0.5:
            number = next(self._numbers)
            answers = (f"When is meeting {number}?", f"On day {number}.", f"day of meeting {number}", "")
            fields = [asked.label for asked in opened[-1].fields]
            filled = dict(zip(fields, answers, strict=True))
            self.interactions.append(await self._stand.mod.submits(opened[-1], filled))
        else:
            self.interactions.append(await self._stand.mod.uses(self._stand.general, "entry", action="add"))

    async def _pin(self, person: Person) -> None:
        topic = self._random.choice(("exchange-risk", "seed-phrase", "is-bitcoin-safe"))
        self.pins.append(await self._stand.mod.uses(self._stand.general, "pin", topic=topic))


@pytest.fixture
async def stand(office: Office) -> AsyncIterator[Stand]:
    async with DiscordServer(validate=False, patience=60) as server:
        server.points_library_here()
        async with standing(server, office.adapter(server, timing=SWIFT), office) as stand:
            yield stand


async def soak(stand: Stand, *, count: int) -> None:
    crowd = Crowd(stand)
    for done in range(count):
        await crowd.act()
        if done % AT_ONCE == 0:
            await stand.server.quiet()
        if done % 200 == 0:
            stand.office.steps.clock.forward(60)
    await stand.server.quiet()
    answers = Counter(
        message.reference.id
        for channel in (stand.general, *stand.server.stage.world.private.values())
        for message in channel.history
        if message.author is stand.server.bot and message.reference and not message.interaction
    )
    doubled = [asked for asked, times in answers.items() if times > 1]
    doubled += [interaction.id for interaction in crowd.interactions if len(interaction.answers) > 1]
    missing = [message for message in crowd.asked if message.id not in answers]
    missing_too = [interaction for interaction in crowd.interactions if not interaction.answers]
    uncertain = stand.counted("unknown") + stand.counted("stale") + stand.counted("failed")
    assert crowd.faults > count / 100
    assert doubled == []
    assert len(missing) + len(missing_too) <= uncertain
    assert stand.counted("failed") == stand.counted("shed") == 0
    assert uncertain <= crowd.faults / 4
    assert words(crowd.interactions[-1].answers[0])


@pytest.fixture
async def announcing(office: Office) -> AsyncIterator[Stand]:
    """A bot that asks for more time before every answer."""
    async with DiscordServer(validate=False, patience=60) as server:
        server.points_library_here()
        async with standing(server, office.adapter(server, timing=replace(SWIFT, defer_s=0.0)), office) as stand:
            yield stand


async def soak_desk(stand: Stand, *, count: int) -> None:
    desk = Desk(stand)
    for done in range(count):
        await desk.act()
        if done % AT_ONCE == 0:
            await stand.server.quiet()
            stand.office.steps.clock.forward(60)
    stand.server.faults.clear()
    await stand.server.quiet()
    uncertain = stand.counted("unknown") + stand.counted("stale")
    assert desk.faults > 5
    assert [one.id for one in desk.interactions if len(one.answers) > 1] == []
    assert sum(not one.answers for one in (*desk.interactions, *desk.pins)) <= uncertain <= desk.faults
    assert stand.counted("failed") == stand.counted("shed") == 0
    noted = await stand.office.store.pins.of(stand.group)
    assert {pin.message for pin in noted} <= {str(message.id) for message in stand.general.pins}


async def test_announced_answers_presses_forms_and_pins_with_faults(announcing: Stand) -> None:
    await soak_desk(announcing, count=500)


@pytest.mark.slow
async def test_twenty_thousand_announced_answers_presses_forms_and_pins_with_faults(announcing: Stand) -> None:
    await soak_desk(announcing, count=20_000)


async def test_two_thousand_mixed_events_with_faults(stand: Stand) -> None:
    await soak(stand, count=2_000)


@pytest.mark.slow
async def test_twenty_thousand_mixed_events_with_faults(stand: Stand) -> None:
    await soak(stand, count=20_000)
