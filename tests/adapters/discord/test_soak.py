"""A long stretch of mixed use with faults: everything is answered once or known to be uncertain, nothing is doubled."""

import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from tests.adapters.discord.conftest import SWIFT, Office, Stand, standing
from tests.adapters.discord.eyes import words
from tests.platforms.discord_faults import Broken, Cut, Fault, RateLimited
from tests.platforms.discord_interaction import Interaction
from tests.platforms.discord_people import Person
from tests.platforms.discord_server import DiscordServer
from tests.platforms.discord_world import Message

AT_ONCE = 20
QUESTIONS = ("is bitcoin safe?", "what is a seed phrase", "somebody from support wrote to me", "zxqv wqxz", "thanks")
ROUTES = (
    "/channels/{channel_id}/messages",
    "/interactions/{interaction_id}/{interaction_token}/callback",
)
FAULTS: tuple[Fault, ...] = (
    RateLimited(retry_after=0.001),
    Broken(status=503),
    Cut(after_effect=False),
    Cut(after_effect=True),
)


class Crowd:
    """Many people who use the bot at random, always the same for the same seed."""

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
            server.faults.add(chance.choice(FAULTS), route=chance.choice(ROUTES))
        if chance.random() < 0.004:
            server.gateway.cut()
        await chance.choice((self._direct, self._mention, self._slash, self._slash, self._topics))(person)

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


async def test_two_thousand_mixed_events_with_faults(stand: Stand) -> None:
    await soak(stand, count=2_000)


@pytest.mark.slow
async def test_twenty_thousand_mixed_events_with_faults(stand: Stand) -> None:
    await soak(stand, count=20_000)
