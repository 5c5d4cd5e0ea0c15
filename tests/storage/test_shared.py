"""Cooldowns: counted within a window, bounded in number."""

import tracemalloc

from bot.storage.shared import Cooldowns
from tests.fakes import FakeClock


def test_counts_within_the_window_only(clock: FakeClock) -> None:
    cooldowns = Cooldowns(clock=clock.seconds)
    assert [cooldowns.count("a", window_s=10, most=5) for _ in range(3)] == [1, 2, 3]
    clock.forward(11)
    assert cooldowns.count("a", window_s=10, most=5) == 1


def test_once_is_true_again_after_the_window_or_when_forgotten(clock: FakeClock) -> None:
    cooldowns = Cooldowns(clock=clock.seconds)
    assert cooldowns.once("a", window_s=10)
    assert not cooldowns.once("a", window_s=10)
    clock.forward(11)
    assert cooldowns.once("a", window_s=10)
    cooldowns.forget("a")
    assert cooldowns.once("a", window_s=10)


def test_the_longest_unused_key_is_forgotten_first(clock: FakeClock) -> None:
    cooldowns = Cooldowns(clock=clock.seconds, capacity=2)
    for key in ("a", "b", "a", "c"):
        cooldowns.count(key, window_s=100, most=9)
    assert not cooldowns.once("a", window_s=100)
    assert cooldowns.once("b", window_s=100)


def test_counting_stops_one_above_the_limit(clock: FakeClock) -> None:
    cooldowns = Cooldowns(clock=clock.seconds)
    assert [cooldowns.count("a", window_s=10, most=2) for _ in range(5)] == [1, 2, 3, 3, 3]
    cooldowns.take_back("a")
    assert cooldowns.allows("a", window_s=10, most=3)
    assert not cooldowns.allows("a", window_s=10, most=3)


def test_a_key_that_happened_once_costs_little_memory(clock: FakeClock) -> None:
    cooldowns = Cooldowns(clock=clock.seconds)
    tracemalloc.start()
    for key in range(10_000):
        cooldowns.once(key, window_s=100)
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert used / 10_000 < 300
