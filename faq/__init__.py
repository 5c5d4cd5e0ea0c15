"""A library that finds the curated answer to a question. It knows no chat, no network and no database."""
