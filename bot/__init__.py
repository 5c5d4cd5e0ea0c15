"""A chatbot for Telegram, Discord and the terminal that answers questions on the safety of Bitcoin."""
