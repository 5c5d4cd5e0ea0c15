"""Puts together what serves Telegram."""

from collections.abc import Awaitable, Callable

from telegram import Bot, User

from bot.adapters.telegram.calls import Calls
from bot.adapters.telegram.dispatch import Hands
from bot.adapters.telegram.facts import Facts
from bot.adapters.telegram.forms import Forms
from bot.adapters.telegram.inline import Strangers
from bot.adapters.telegram.links import Desk
from bot.adapters.telegram.members import Members
from bot.adapters.telegram.post import Post
from bot.adapters.telegram.press import Presses
from bot.adapters.telegram.read import Reader
from bot.adapters.telegram.render import Keyboard
from bot.adapters.telegram.roles import Roles
from bot.adapters.telegram.sweep import Sweep
from bot.adapters.telegram.talk import Talk
from bot.core.assistant import Assistant
from bot.ops.observe import Metrics

LINE_S = 30.0
"""Seconds for which the line that leads to the private chat stands in a group."""


class Rooms:
    """Everything between an update and its answer.

    Args:
        assistant: what answers.
        bot: speaks to Telegram.
        me: the bot's own account.
        calls: how calls are made.
        desk: what waits in private chats.
        forms: who fills in what.
        groups: ids of the groups in which the bot works; empty for all.
        metrics: counters.
        clock: seconds that only grow.
        pause: waits some seconds.

    Attributes:
        hands: who handles what.
        sweep: takes messages down after a while.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        bot: Bot,
        me: User,
        calls: Calls,
        desk: Desk,
        forms: Forms,
        groups: frozenset[str],
        metrics: Metrics,
        clock: Callable[[], float],
        pause: Callable[[float], Awaitable[None]],
    ) -> None:
        keyboard = Keyboard(me.username or "", assistant.command)
        post = Post(bot, calls, keyboard)
        roles = Roles(bot, calls, clock=clock)
        facts = Facts(bot, me=me, calls=calls)
        reader = Reader(me, assistant.command)
        self.sweep = Sweep(post, after_s=LINE_S, clock=clock, pause=pause)
        talk = Talk(
            assistant,
            post=post,
            roles=roles,
            facts=facts,
            desk=desk,
            forms=forms,
            keyboard=keyboard,
            sweep=self.sweep,
            metrics=metrics,
            clock=clock,
            pause=pause,
        )
        self.hands = Hands(
            reader=reader,
            talk=talk,
            presses=Presses(assistant, bot=bot, calls=calls, talk=talk, roles=roles, desk=desk, keyboard=keyboard),
            strangers=Strangers(assistant, bot=bot, calls=calls, reader=reader),
            members=Members(
                assistant,
                bot=bot,
                me=me,
                calls=calls,
                post=post,
                talk=talk,
                roles=roles,
                facts=facts,
                allowed=groups,
            ),
            facts=facts,
            forms=forms,
            desk=desk,
        )
