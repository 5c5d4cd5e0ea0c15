"""How the bot gets its updates: one poll at a time, or a webhook, never both."""

import asyncio
from contextlib import suppress

from tests.platforms.telegram_objects import Json
from tests.platforms.telegram_parameters import DeleteWebhook, GetUpdates, SetWebhook
from tests.platforms.telegram_refusals import OTHER_POLL, WEBHOOK_ACTIVE, WEBHOOK_SET, Refused, bad_request
from tests.platforms.telegram_webhook import Webhook
from tests.platforms.telegram_world import World


class Delivery:
    """Hands the bot what waits for it.

    Args:
        world: whose updates.
        second: how long a second of a webhook's pauses takes here, in seconds.

    Attributes:
        webhook: what is set, None while the bot polls.
        polls: how many calls of getUpdates have begun.
    """

    def __init__(self, world: World, *, second: float) -> None:
        self._world, self._second = world, second
        self.webhook: Webhook | None = None
        self.polls = 0
        self._running: asyncio.Task[None] | None = None

    async def get_updates(self, asked: GetUpdates) -> list[Json]:
        if self.webhook:
            raise Refused(WEBHOOK_ACTIVE, code=409)
        self.polls += 1
        mine = self.polls
        updates = self._world.updates
        if asked.allowed_updates is not None:
            updates.allowed = asked.allowed_updates
        updates.confirm(asked.offset)
        self._world.bell.ring()

        def look() -> list[Json] | None:
            if self.webhook:
                raise Refused(WEBHOOK_SET, code=409)
            if self.polls != mine:
                raise Refused(OTHER_POLL, code=409)
            return updates.batch(limit=asked.limit)

        with suppress(TimeoutError):
            return await self._world.bell.until(look, timeout_s=asked.timeout)
        return []

    async def set_webhook(self, asked: SetWebhook) -> bool:
        if not asked.url:
            return await self.delete_webhook(DeleteWebhook(drop_pending_updates=asked.drop_pending_updates))
        # Telegram itself wants HTTPS; a self-hosted server in local mode takes HTTP, too.
        if not asked.url.startswith(("https://", "http://127.0.0.1:")):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if asked.allowed_updates is not None:
            self._world.updates.allowed = asked.allowed_updates
        if asked.drop_pending_updates:
            self._world.updates.drop_all()
        await self.stop()
        self.webhook = Webhook(self._world, asked, second=self._second)
        self._running = asyncio.create_task(self.webhook.run())
        self._world.bell.ring()
        return True

    async def delete_webhook(self, asked: DeleteWebhook) -> bool:
        await self.stop()
        self.webhook = None
        if asked.drop_pending_updates:
            self._world.updates.drop_all()
        return True

    def webhook_info(self) -> Json:
        pending = self._world.updates.backlog
        if self.webhook:
            return self.webhook.to_json(pending=pending)
        return {"url": "", "has_custom_certificate": False, "pending_update_count": pending}

    async def stop(self) -> None:
        """End the delivery to a webhook."""
        if self._running:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
            self._running = None
