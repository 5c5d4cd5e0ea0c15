"""What the bot says: the assistant, its commands and its words."""
