"""A memory of fixed size."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Remembers what was used last; the longest unused is forgotten first.

    Args:
        capacity: how many keys are remembered.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._values: OrderedDict[K, V] = OrderedDict()
        self._forgotten = 0

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: K) -> V | None:
        """Return what is remembered under `key`."""
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: K, value: V) -> None:
        """Remember `value` under `key`."""
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._capacity:
            self._values.popitem(last=False)

    async def fetch(self, key: K, read: Callable[[K], Awaitable[V]]) -> V:
        """Return what is remembered, else what `read` returns; kept unless something is forgotten meanwhile."""
        value = self.get(key)
        if value is None:
            before = self._forgotten
            value = await read(key)
            if before == self._forgotten:
                self.put(key, value)
        return value

    def forget(self, key: K) -> None:
        """Forget what is remembered under `key`."""
        self._values.pop(key, None)
        self._forgotten += 1

    def forget_where(self, matches: Callable[[V], bool]) -> None:
        """Forget every value that matches."""
        for key in [key for key, value in self._values.items() if matches(value)]:
            self.forget(key)

    def clear(self) -> None:
        """Forget everything."""
        self._values.clear()
        self._forgotten += 1
