"""Discord: slash commands, buttons, mentions and direct messages, through discord.py."""
