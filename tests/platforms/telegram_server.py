"""A loopback server that plays Telegram: the Bot API over real HTTP for the bot, a conversation for the test.

    async with TelegramServer() as server:
        alice = server.user("Alice")
        chat = server.private(alice)
        ...                                       # start the bot with server.token and server.base_url
        await alice.says(chat, "is bitcoin safe?")
        answer = await chat.next_message()
        await (await alice.presses(answer, "Sources")).answered()
    assert server.violations == []

Every call, every result and every update is held against the published specification where that is present; what does
not fit is collected in `violations`, and a call that does not fit is answered 400.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType

from aiohttp import web
from pydantic import ValidationError

from tests.platforms.telegram_chat import PATIENCE_S, Chat
from tests.platforms.telegram_delivery import Delivery
from tests.platforms.telegram_faults import Fault, Faults
from tests.platforms.telegram_methods import METHODS, parsed
from tests.platforms.telegram_objects import CHANNEL_BOT, GROUP_ANONYMOUS_BOT, TELEGRAM, Account, Json, Member
from tests.platforms.telegram_parameters import DeleteWebhook, GetUpdates, SetWebhook
from tests.platforms.telegram_people import Person
from tests.platforms.telegram_refusals import Refused, bad_request
from tests.platforms.telegram_spec import Specification
from tests.platforms.telegram_wire import decoded, failure, model_of, read_body, success, with_files
from tests.platforms.telegram_world import Abilities, World

TOKEN = "7000000001:" + "AAtestTokenOfTheLoopbackServer00000"
_SETTLED_TURNS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that the bot made.

    Attributes:
        method: name.
        parameters: decoded, files as ids.
        at: seconds of the loop's clock.
        refusal: the sentence that said no, "" if it was done.
    """

    method: str
    parameters: Json
    at: float
    refusal: str = ""


class TelegramServer:
    """Telegram on a loopback port, with one bot.

    Args:
        token: of the bot; its id stands before the colon.
        username: of the bot.
        abilities: what BotFather was told.
        specification: held against everything; None checks nothing but what this server plays.
        clock: seconds since 1970.
        second: how long a second of Telegram's own waiting (webhook pauses) takes here, in seconds.
        port: 0 takes any that is free.
        remember: bounds what is kept of calls, files and each chat; None keeps all.

    Attributes:
        violations: what did not fit the specification, and what this server does not play.
        world: all that Telegram knows.
        faults: what goes wrong next.
        calls: what the bot called, oldest first.
        in_flight: calls that are being answered, getUpdates left out.
        revoked: the token is good for nothing any more.
        delivery: the polls and the webhook.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        username: str = "safety_bot",
        abilities: Abilities | None = None,
        specification: Specification | None = None,
        clock: Callable[[], float] = time.time,
        second: float = 0.01,
        port: int = 0,
        remember: int | None = None,
    ) -> None:
        self.token, self._port = token, port
        self._specification = specification
        self.violations: list[str] = []
        bot = Account(id=int(token.partition(":")[0]), name="Safety Bot", username=username, is_bot=True)
        self.world = World(
            bot=bot, abilities=abilities or Abilities(), check=self._check_update, clock=clock, remember=remember
        )
        for account in (TELEGRAM, GROUP_ANONYMOUS_BOT, CHANNEL_BOT):
            self.world.accounts[account.id] = account
        self.faults = Faults()
        self.calls: deque[Call] = deque(maxlen=remember)
        self.in_flight = 0
        self.revoked = False
        self.delivery = Delivery(self.world, second=second)
        self._released = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> "TelegramServer":
        application = web.Application(client_max_size=64 * 1024 * 1024)
        application.router.add_route("*", "/bot{token}/{method}", self._answer)
        application.router.add_get("/file/bot{token}/files/{file_id}", self._download)
        self._runner = web.AppRunner(application, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.delivery.stop()
        self.release()
        if self._runner:
            await self._runner.cleanup()

    # Where it is

    @property
    def url(self) -> str:
        """For `api_url`: "http://127.0.0.1:PORT"."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def base_url(self) -> str:
        """For python-telegram-bot's `base_url`."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """For python-telegram-bot's `base_file_url`."""
        return f"{self.url}/file/bot"

    @property
    def bot(self) -> Account:
        """The bot that is tested."""
        return self.world.bot

    # Who and what there is

    def user(self, name: str, *, username: str = "", language: str = "en") -> Person:
        """Return a new user."""
        return Person(self.world, self.world.add_account(name, username=username, language=language))

    def other_bot(self, name: str, *, username: str = "other_bot") -> Person:
        """Return another bot."""
        return Person(self.world, self.world.add_account(name, username=username, is_bot=True))

    def private(self, person: Person, *, started: bool = True) -> Chat:
        """Return somebody's private chat with the bot; the bot may only write once it was `started`."""
        chat = self.world.private(person.account)
        chat.started = chat.started or started
        return chat

    def group(
        self,
        title: str,
        *,
        members: Sequence[Person] = (),
        owner: Person | None = None,
        kind: str = "supergroup",
        forum: bool = False,
        with_bot: bool = True,
        linked: Chat | None = None,
        username: str = "",
    ) -> Chat:
        """Return a new group with the bot as an ordinary member; the bot is told nothing of its making.

        Args:
            title: its name.
            members: who is in it.
            owner: its creator; by default somebody who is never heard of.
            kind: "supergroup" or "group".
            forum: with topics.
            with_bot: False leaves the bot out.
            linked: the channel whose posts are forwarded to it.
            username: public name.
        """
        chat = self.world.add_chat(kind, title=title, username=username, forum=forum)
        creator = owner or self.user(f"Owner of {title}")
        chat.seat(creator.account, Member(status="creator"))
        for person in members:
            chat.seat(person.account, Member())
        if with_bot:
            chat.seat(self.bot, Member())
        chat.linked = linked
        return chat

    def channel(self, title: str, *, with_bot: bool = False, username: str = "") -> Chat:
        """Return a new channel; with the bot as an administrator who posts, edits and deletes."""
        chat = self.world.add_chat("channel", title=title, username=username)
        if with_bot:
            chat.promote(self.bot, "can_post_messages", "can_edit_messages", "can_delete_messages")
        return chat

    # What tests ask

    def calls_of(self, *methods: str) -> list[Call]:
        """Return the calls of these methods, refused ones too."""
        return [call for call in self.calls if call.method in methods]

    def menu(self, scope: str = "default", *, language: str = "") -> dict[str, str]:
        """Return description by command; the scope is "default", "all_private_chats", "chat -1001"."""
        return {str(row["command"]): str(row["description"]) for row in self.world.commands.get((scope, language), [])}

    def held(self, *, order: str = "") -> AbstractContextManager[None]:
        """Hold updates back and let them go in one batch; `order` is "", "reversed" or a seed to shuffle by."""
        return self.world.updates.held(order=order)

    def release(self) -> None:
        """Let stalled calls go on."""
        released, self._released = self._released, asyncio.Event()
        released.set()

    async def until(self, condition: Callable[[], object], *, timeout_s: float = PATIENCE_S) -> None:
        """Wait until `condition` is true of this server.

        Raises:
            AssertionError: it was not in time.
        """
        try:
            await self.world.bell.until(lambda: condition() or None, timeout_s=timeout_s)
        except TimeoutError:
            recent = [call.method for call in list(self.calls)[-10:]]
            raise AssertionError(f"not within {timeout_s} s; the last calls: {recent}") from None

    async def quiet(self, *, idle: Callable[[], bool] = lambda: True, timeout_s: float = PATIENCE_S) -> None:
        """Wait until all updates are confirmed and no call is in flight, however often one follows another.

        A bot that works on something without a call in flight is not seen from here: give `idle`, which tells whether
        it has nothing left to do, or ask `Chat.said_before_answering`.
        """
        settled = 0
        while settled < _SETTLED_TURNS:
            await self.until(lambda: not self.world.updates.backlog and not self.in_flight, timeout_s=timeout_s)
            settled = settled + 1 if idle() else 0
            await asyncio.sleep(0 if idle() else 0.001)

    # The wire

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        polling = method == "getUpdates"
        self.in_flight += not polling
        self.world.bell.ring()
        try:
            return await self._handle(request, method)
        finally:
            self.in_flight -= not polling
            self.world.bell.ring()

    async def _handle(self, request: web.Request, method: str) -> web.StreamResponse:
        if request.match_info["token"] != self.token or self.revoked:
            return failure(Refused("Unauthorized", code=401))
        fault = self.faults.take(method) or Fault()
        if fault.stall:
            await self._released.wait()
        parameters: Json = {}
        refusal = ""
        try:
            parameters = await self._parameters(request, method)
            if fault.status:
                retry = {"retry_after": fault.retry_after} if fault.retry_after else {}
                raise Refused(fault.description, code=fault.status, parameters=retry)
            response = success(await self._run(method, parameters))
        except Refused as refused:
            refusal = refused.description
            response = failure(refused)
        finally:
            at = asyncio.get_running_loop().time()
            self.calls.append(Call(method=method, parameters=parameters, at=at, refusal=refusal))
        if fault.cut and request.transport:
            request.transport.abort()
        if fault.body:
            return web.Response(text=fault.body, status=fault.status, content_type="text/html")
        return response

    async def _parameters(self, request: web.Request, method: str) -> Json:
        body = await read_body(request)
        if model_of(method) is None:
            self.violations.append(f"{method}: this server does not play it")
            raise Refused("Not Found: method not found", code=404)
        parameters = decoded(method, body)
        file_ids = {
            name: self.world.store(upload.name, upload.data, content_type=upload.content_type).id
            for name, upload in body.uploads.items()
        }
        attached = str(parameters)
        for name, file_id in file_ids.items():
            if f"attach://{name}" not in attached:
                parameters[name] = file_id
        if self._specification and (wrong := self._specification.call(method, parameters=parameters)):
            self.violations += wrong
            raise bad_request(wrong[0])
        return {name: with_files(value, file_ids) for name, value in parameters.items()}

    async def _run(self, method: str, parameters: Json) -> object:
        try:
            match method:
                case "getUpdates":
                    return await self.delivery.get_updates(parsed(GetUpdates, parameters))
                case "setWebhook":
                    result: object = await self.delivery.set_webhook(parsed(SetWebhook, parameters))
                case "deleteWebhook":
                    result = await self.delivery.delete_webhook(parsed(DeleteWebhook, parameters))
                case "getWebhookInfo":
                    result = self.delivery.webhook_info()
                case _:
                    result = METHODS[method].run(self.world, parameters)
        except ValidationError as error:
            problem = error.errors()[0]
            place = ".".join(map(str, problem["loc"]))
            self.violations.append(f"{method}: {place}: {problem['msg']}")
            raise bad_request(f"wrong parameter {place} in request: {problem['msg']}") from None
        if self._specification:
            self.violations += self._specification.result(method, value=result)
        return result

    def _check_update(self, update: Json) -> None:
        if self._specification:
            self.violations += self._specification.update(update)

    async def _download(self, request: web.Request) -> web.Response:
        stored = self.world.files.get(request.match_info["file_id"])
        if request.match_info["token"] != self.token or stored is None:
            return failure(Refused("Not Found", code=404))
        return web.Response(body=stored.data, content_type=stored.content_type)
