"""The parts of the loopback Discord that work together, and what it keeps a record of."""

from dataclasses import dataclass, field

from tests.platforms.discord_commands import Commands
from tests.platforms.discord_faults import Faults
from tests.platforms.discord_gateway import Gateway
from tests.platforms.discord_interactions import Interactions
from tests.platforms.discord_json import JsonObject
from tests.platforms.discord_post import Post
from tests.platforms.discord_signal import Signal
from tests.platforms.discord_spec import Specification
from tests.platforms.discord_world import Clock, User, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request that arrived.

    Attributes:
        route: the template of the specification.
        body: its JSON; None if there was none.
        files: the names of the files with it.
        status: of the answer; 0 if the connection was cut.
        code: Discord's error code; 0 for none.
    """

    method: str
    route: str
    path: str
    body: object = field(repr=False)
    files: tuple[str, ...]
    status: int
    code: int


@dataclass(kw_only=True)
class Record:
    """What happened.

    Attributes:
        violations: what was against the published specification, of either side.
        refusals: requests that Discord would have refused, with the sentence why.
        invalid: answers 401, 403 and 429, of which 10,000 in ten minutes earn a ban.
    """

    requests: list[Request] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    invalid: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Everything that plays."""

    bot: User
    world: World
    clock: Clock
    signal: Signal
    gateway: Gateway
    post: Post
    commands: Commands
    interactions: Interactions
    faults: Faults
    specification: Specification
    record: Record

    def event(self, name: str, data: JsonObject, *, guild_id: int | None = None) -> None:
        """Tell every session of an event that needs no intent."""
        self.gateway.dispatch(name, data, guild_id=guild_id)
        self.signal.changed()
