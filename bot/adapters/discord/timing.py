"""How long things may take."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Bounds, in seconds.

    Attributes:
        defer_s: after which Discord is told that the answer takes longer.
        form_s: the same where a form may open, which cannot be done after that.
        first_s: in which an interaction must have its first answer; Discord itself waits for 3 s.
        call_s: that any other call may take.
        wait_s: that a message may wait for those before it in its channel; then nobody waits for its answer any more.
        drain_s: that are left to finish what is being worked on when the bot closes.
        heartbeat_s: without an acknowledgement, after which the line counts as dead.
        identify_pause_s: between two sessions. Source: Discord developer documentation, max_concurrency.
        claim_s: after which the commands that another process began to send count as not sent; it may take 30 s.
        ban_s: without any call, after Discord has banned this address.
    """

    defer_s: float = 1.5
    form_s: float = 2.2
    first_s: float = 2.6
    call_s: float = 15.0
    wait_s: float = 60.0
    drain_s: float = 8.0
    heartbeat_s: float = 60.0
    identify_pause_s: float = 5.0
    claim_s: float = 40.0
    ban_s: float = 900.0
