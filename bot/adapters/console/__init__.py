"""Chat in the terminal: the default platform, which needs no token."""

from bot.adapters.console.chat import Console
from bot.adapters.console.scene import Scene

__all__ = ["Console", "Scene"]
