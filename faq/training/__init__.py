"""Learns from the project's own lines how much each feature of a text speaks for each entry.

`python -m faq.training` writes `faq/data/<language>.npz`. A larger model teaches: it labels generated lines,
so that words that stand in no wording are understood as well. Nothing of this runs in the bot.
"""
