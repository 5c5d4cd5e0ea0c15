"""What is remembered for a while: cooldowns and messages already seen. In the memory of this process, bounded."""

from collections import OrderedDict
from collections.abc import Callable, Hashable


class Cooldowns:
    """Counts what happened lately.

    Args:
        clock: seconds that only grow.
        capacity: how many keys are remembered; the longest unused is forgotten first.
    """

    def __init__(self, *, clock: Callable[[], float], capacity: int = 20_000) -> None:
        self._clock = clock
        self._capacity = capacity
        self._moments: OrderedDict[Hashable, tuple[float, ...]] = OrderedDict()

    def count(self, key: Hashable, *, window_s: float, most: int) -> int:
        """Note that `key` happened; return how often it did in the last `window_s` seconds, at most `most` + 1."""
        now = self._clock()
        earlier = [moment for moment in self._moments.get(key, ()) if moment > now - window_s]
        moments = self._moments[key] = (*earlier[max(0, len(earlier) - most) :], now)
        self._moments.move_to_end(key)
        if len(self._moments) > self._capacity:
            self._moments.popitem(last=False)
        return len(moments)

    def once(self, key: Hashable, *, window_s: float) -> bool:
        """Return whether `key` did not happen within the last `window_s` seconds; if so, note that it does now."""
        moments = self._moments.get(key)
        if moments and moments[-1] > self._clock() - window_s:
            return False
        self.count(key, window_s=window_s, most=1)
        return True

    def allows(self, key: Hashable, *, window_s: float, most: int) -> bool:
        """Return whether `key` happened fewer than `most` times in `window_s` seconds; if so, note one more."""
        start = self._clock() - window_s
        if sum(moment > start for moment in self._moments.get(key, ())) >= most:
            return False
        self.count(key, window_s=window_s, most=most)
        return True

    def take_back(self, key: Hashable) -> None:
        """Let the last time that `key` happened not count."""
        if moments := self._moments.get(key):
            self._moments[key] = moments[:-1]

    def forget(self, key: Hashable) -> None:
        """Let `key` count as new again."""
        self._moments.pop(key, None)
