"""How the bot says it: one adapter a platform; none knows another."""
