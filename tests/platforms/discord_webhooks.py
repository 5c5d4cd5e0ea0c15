"""The routes with which a bot answers interactions."""

from collections.abc import Mapping

from tests.platforms.discord_interaction import MESSAGE, UPDATE, Interaction
from tests.platforms.discord_json import JsonObject
from tests.platforms.discord_payloads import message_json
from tests.platforms.discord_refusals import UNKNOWN_WEBHOOK, Refused
from tests.platforms.discord_rest import Call, Result, Route
from tests.platforms.discord_stage import Stage
from tests.platforms.discord_world import Message, MessageFlag


class WebhookRoutes:
    """First answers, their edits, and follow-ups."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._interactions = stage.interactions

    def table(self) -> Mapping[tuple[str, str], Route]:
        """The routes by method and template."""
        webhook = "/webhooks/{webhook_id}/{webhook_token}"
        original, other = webhook + "/messages/@original", webhook + "/messages/{message_id}"
        return {
            ("POST", "/interactions/{interaction_id}/{interaction_token}/callback"): self.callback,
            ("POST", webhook): self.follow_up,
            ("GET", original): self.get,
            ("PATCH", original): self.edit,
            ("DELETE", original): self.delete,
            ("GET", other): self.get,
            ("PATCH", other): self.edit,
            ("DELETE", other): self.delete,
        }

    def callback(self, call: Call) -> Result:
        """POST the first answer."""
        interaction = self._interactions.begin(
            call.id("interaction_id"), call.path["interaction_token"], call.body, call.uploads
        )
        if call.query.get("with_response", "0").lower() not in {"1", "true"}:
            return Result(status=204)
        return Result(body=self._response(interaction))

    def follow_up(self, call: Call) -> Result:
        """POST one more message."""
        message = self._interactions.follow_up(self._token(call), call.body, call.uploads)
        return Result(body=self._json(message))

    def get(self, call: Call) -> Result:
        """GET a message."""
        return Result(body=self._json(self._message(call)))

    def edit(self, call: Call) -> Result:
        """PATCH a message."""
        message = self._message(call)
        self._interactions.edit(self._token(call), message, call.body, call.uploads)
        return Result(body=self._json(message))

    def delete(self, call: Call) -> Result:
        """DELETE a message."""
        self._interactions.delete(self._token(call), self._message(call))
        return Result(status=204)

    def _token(self, call: Call) -> str:
        if call.id("webhook_id") != self._stage.bot.id:
            raise Refused(UNKNOWN_WEBHOOK)
        return call.path["webhook_token"]

    def _message(self, call: Call) -> Message:
        if "message_id" in call.path:
            return self._interactions.message(self._token(call), call.id("message_id"))
        return self._interactions.original(self._token(call))

    def _response(self, interaction: Interaction) -> JsonObject:
        told: JsonObject = {"id": str(interaction.id), "type": interaction.kind}
        message = interaction.original
        if message:
            told |= {
                "response_message_id": str(message.id),
                "response_message_loading": MessageFlag.LOADING in message.flags,
                "response_message_ephemeral": message.ephemeral,
            }
        if message and interaction.first in {MESSAGE, UPDATE}:
            return {"interaction": told, "resource": {"type": interaction.first, "message": self._json(message)}}
        return {"interaction": told}

    def _json(self, message: Message) -> JsonObject:
        return message_json(message, application=self._stage.bot)
