"""Telegram: private chats, groups, inline and guest questions, through python-telegram-bot."""
