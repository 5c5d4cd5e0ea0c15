"""Telegram, from connecting to leaving."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web
from telegram import Bot, Update, User
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.adapters.telegram.calls import Calls
from bot.adapters.telegram.dispatch import Dispatch, lane_of
from bot.adapters.telegram.errands import Errands
from bot.adapters.telegram.forms import Forms
from bot.adapters.telegram.intake import Intake
from bot.adapters.telegram.links import Desk
from bot.adapters.telegram.menus import Menus
from bot.adapters.telegram.polling import Polling, RawUpdate
from bot.adapters.telegram.read import PLATFORM
from bot.adapters.telegram.rooms import Rooms
from bot.adapters.telegram.transport import AiohttpRequest
from bot.adapters.telegram.webhook import Webhook
from bot.core.assistant import Assistant
from bot.errors import DeliveryFailed, SetupError
from bot.ops.observe import Metrics
from bot.storage.recent import Recent

CONNECTIONS = 100
LEAVE_S = 7.0
"""Seconds in which what was fetched is worked off when the bot is stopped."""

CONFIRM_S = 1.5
_SEEN = 10_000
_KINDS = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member", "chat_member")
_BROKEN = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)
"""What the library raises on an update that does not look like one."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What an operator sets.

    Attributes:
        api_url: address of the Bot API, or of a self-hosted server.
        poll_timeout_s: how long a poll waits for something to happen, in seconds.
        max_age_s: older messages are left alone after downtime, in seconds.
        guest: answer in chats where the bot is no member.
        webhook_url: public https address of the bot's web server; "" to poll.
        take_over: replace somebody else's webhook.
        groups: ids of the groups in which the bot works; empty for all.
    """

    api_url: str = "https://api.telegram.org"
    poll_timeout_s: int = 25
    max_age_s: float = 300.0
    guest: bool = False
    webhook_url: str = ""
    take_over: bool = False
    groups: frozenset[str] = frozenset()


class TelegramAdapter:
    """Serves Telegram.

    Args:
        assistant: what answers.
        token: the bot's.
        options: what the operator set.
        metrics: counters.
        clock: seconds that only grow.
        now: the present moment, aware UTC.
        pause: waits some seconds.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        token: str,
        options: Options,
        metrics: Metrics,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._assistant = assistant
        self._token = token
        self._options = options
        self._metrics = metrics
        self._clock, self._now, self._pause = clock, now, pause
        self._desk = Desk(clock=clock)
        self._forms = Forms(assistant.word, clock=clock)
        self._seen: Recent[int, bool] = Recent(_SEEN)
        self._offset = 0
        self._polling: Polling | None = None
        self._webhook = Webhook(options.webhook_url, token=token, pause=pause) if options.webhook_url else None

    @property
    def name(self) -> str:
        """The platform."""
        return PLATFORM

    @property
    def ready(self) -> bool:
        """Whether updates arrive at this moment."""
        if self._webhook:
            return self._webhook.reached
        return self._polling is not None and self._polling.ready

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for the bot's web server."""
        return [self._webhook.route()] if self._webhook else []

    async def run(self) -> None:
        """Serve until cancelled, then work off what was fetched.

        Raises:
            SetupError: the token is refused, or somebody else's webhook is set.
            TelegramError: Telegram cannot be served at the moment.
            DeliveryFailed: as above.
        """
        async with AiohttpRequest(connections=2) as polls, AiohttpRequest(connections=CONNECTIONS) as requests:
            api = self._options.api_url.rstrip("/")
            bot = Bot(
                self._token,
                base_url=f"{api}/bot",
                base_file_url=f"{api}/file/bot",
                request=requests,
                get_updates_request=polls,
            )
            calls = Calls(self._metrics, clock=self._clock, pause=self._pause)
            me = await self._introduced(bot, calls)
            await self._check_webhook(bot, calls)
            self._polling = None if self._webhook else self._new_polling(bot, polls)
            async with self._open(bot, me, calls) as intake:
                if self._polling:
                    await self._poll(self._polling, bot, calls, intake)
                elif self._webhook:
                    await self._take_webhooks(self._webhook, bot, calls, intake)

    async def _introduced(self, bot: Bot, calls: Calls) -> User:
        try:
            return await calls.make(bot.get_me, again=True)
        except InvalidToken:
            raise SetupError("Telegram refuses TELEGRAM_TOKEN; copy it anew from @BotFather") from None

    async def _check_webhook(self, bot: Bot, calls: Calls) -> None:
        """Make sure that no other bot is served by a webhook, for polling would silence it."""
        info = await calls.make(bot.get_webhook_info, again=True)
        if info.url and info.url != self._options.webhook_url and not self._options.take_over:
            raise SetupError(
                "Telegram: a webhook of somebody else is set; end that bot, or set take_over = true in [telegram]"
            )
        if info.url and not self._webhook:
            await calls.make(bot.delete_webhook, again=True)

    @asynccontextmanager
    async def _open(self, bot: Bot, me: User, calls: Calls) -> AsyncIterator[Intake]:
        """Yield the queue of a bot that is ready to work; at the end, work off what waits in it."""
        rooms = Rooms(
            self._assistant,
            bot=bot,
            me=me,
            calls=calls,
            desk=self._desk,
            forms=self._forms,
            groups=self._options.groups,
            metrics=self._metrics,
            clock=self._clock,
            pause=self._pause,
        )
        dispatch = Dispatch(
            self._assistant,
            hands=rooms.hands,
            metrics=self._metrics,
            max_age_s=self._options.max_age_s,
            now=self._now,
        )
        await rooms.hands.members.look_for_moved()
        async with Intake(dispatch.handle, refuse=dispatch.refuse) as intake, asyncio.TaskGroup() as group:
            self._metrics.waiting.labels(PLATFORM).set_function(lambda: len(intake))
            menus = Menus(self._assistant, bot=bot, calls=calls)
            errands = Errands(self._assistant, talk=rooms.hands.talk, metrics=self._metrics, pause=self._pause)
            tasks = [group.create_task(work) for work in (menus.refresh(), rooms.sweep.run(), errands.run())]
            try:
                yield intake
            finally:
                for task in tasks:
                    task.cancel()
                # Waited for, so that nothing is cancelled a second time while it still lets go of the database.
                await asyncio.wait(tasks)
                await self._leave(intake, rooms)

    def _new_polling(self, bot: Bot, request: AiohttpRequest) -> Polling:
        return Polling(
            bot,
            request=request,
            timeout_s=self._options.poll_timeout_s,
            allowed=self._allowed,
            clock=self._clock,
            pause=self._pause,
        )

    async def _poll(self, polling: Polling, bot: Bot, calls: Calls, intake: Intake) -> None:
        try:
            while True:
                # In the order in which they happened, even if they did not arrive so.
                for number, raw in sorted((await polling.updates(self._offset)).items()):
                    await intake.room()
                    # What cannot be answered now is safest with Telegram: the next poll would end its keeping.
                    await calls.free()
                    self._accept(number, raw, bot, intake)
                    self._offset = number + 1
        except Conflict:
            if self._options.take_over:
                raise DeliveryFailed("somebody has set a webhook, which the next connecting takes down") from None
            raise SetupError("Telegram: somebody has set a webhook; end that bot, or set take_over") from None

    async def _take_webhooks(self, webhook: Webhook, bot: Bot, calls: Calls, intake: Intake) -> None:
        webhook.take = lambda number, raw: not calls.held and self._accept(number, raw, bot, intake)
        try:
            await webhook.set(bot, calls, allowed=self._allowed)
            await webhook.watch(bot, calls, take_over=self._options.take_over)
        finally:
            webhook.take, webhook.reached = None, False

    async def _leave(self, intake: Intake, rooms: Rooms) -> None:
        """Work off what was fetched, as far as the time allows, and tell Telegram that it need not send it again."""
        polling, self._polling = self._polling, None
        try:
            async with asyncio.timeout(LEAVE_S):
                await intake.done()
                await rooms.sweep.finish()
        except TimeoutError:
            _log.warning("%d updates were not worked off in time", len(intake))
            self._count("shed", len(intake))
        if polling is None:
            return
        try:
            async with asyncio.timeout(CONFIRM_S):
                await polling.fetch(self._offset, timeout_s=0, limit=1)
        except (TelegramError, TimeoutError) as error:
            _log.info("the last updates could not be confirmed: %s", type(error).__name__)

    @property
    def _allowed(self) -> tuple[str, ...]:
        return (*_KINDS, "guest_message") if self._options.guest else _KINDS

    def _accept(self, number: int, raw: RawUpdate, bot: Bot, intake: Intake) -> bool:
        """Take an update into the queue, once; False if there is no room for it."""
        if intake.full:
            return False
        self._metrics.last_event.labels(PLATFORM).set_to_current_time()
        if self._seen.get(number):
            self._count("duplicate")
            return True
        self._seen.put(number, True)
        try:
            update = Update.de_json(dict(raw), bot)
        except _BROKEN as error:
            _log.error("update %d cannot be read: %s", number, type(error).__name__)
            self._count("undecodable")
            return True
        if not intake.offer(lane_of(update), update):
            self._count("shed")
        return True

    def _count(self, outcome: str, number: int = 1) -> None:
        self._metrics.events.labels(PLATFORM, outcome).inc(number)
