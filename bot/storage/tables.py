"""The tables, as SQLAlchemy Core: what is kept, for whom and how it hangs together.

Every row of a group hangs on `groups.number`, so a group moves by one update and goes by one delete. Ids of platforms
are text. Moments are whole seconds since 1970, UTC. Persons appear as keyed hashes; in plain only in `log`, and as the
id of a private chat in which somebody set something.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

APPLICATION_ID = 0x42534642
"""Marks the file as this bot's ("BSFB" in ASCII). Source: SQLite, PRAGMA application_id."""

SCHEMA = 1
"""Number of this set of tables; a file with another number is refused."""

metadata = MetaData()


def _group() -> Column[int]:
    return Column("group_number", ForeignKey("groups.number", ondelete="CASCADE"), nullable=False)


groups = Table(
    "groups",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("platform", String(16), nullable=False),
    Column("id", String(128), nullable=False),
    Column("entries_version", Integer, nullable=False, default=0),
    Column("left_at", BigInteger),
    UniqueConstraint("platform", "id"),
    # A number never comes back, so what is cached under it can never be another group's.
    sqlite_autoincrement=True,
)

settings = Table(
    "settings",
    metadata,
    _group(),
    Column("key", String(32), nullable=False),
    Column("value", String(64), nullable=False),
    UniqueConstraint("group_number", "key"),
)

pins = Table(
    "pins",
    metadata,
    Column("number", Integer, primary_key=True),
    _group(),
    Column("channel", String(128), nullable=False),
    Column("message", String(64), nullable=False),
    Column("topic", String(40), nullable=False),
    Column("content", String(64), nullable=False),
    Column("own", Boolean, nullable=False),
    Column("pinned_at", BigInteger, nullable=False),
    Column("refresh_at", BigInteger, index=True),
    UniqueConstraint("group_number", "channel", "message"),
    sqlite_autoincrement=True,
)

entries = Table(
    "entries",
    metadata,
    _group(),
    Column("id", String(40), nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("overrides", String(40), nullable=False),
    Column("at", BigInteger, nullable=False),
    UniqueConstraint("group_number", "id"),
)

wordings = Table(
    "wordings",
    metadata,
    Column("number", Integer, primary_key=True),
    _group(),
    Column("topic", String(40), nullable=False),
    Column("wording", Text, nullable=False),
    Index("wordings_by_group", "group_number", "topic"),
    sqlite_autoincrement=True,
)

sent = Table(
    "sent",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("group_number", ForeignKey("groups.number", ondelete="CASCADE"), index=True),
    Column("place", String(32), nullable=False),
    Column("message", String(64), nullable=False),
    Column("asking", String(64), nullable=False),
    Column("topic", String(40), nullable=False),
    Column("asker", String(32), nullable=False, index=True),
    Column("text", String(32), nullable=False),
    Column("panel", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
    UniqueConstraint("place", "message"),
    Index("sent_by_question", "place", "asking"),
)

review = Table(
    "review",
    metadata,
    Column("number", Integer, primary_key=True),
    _group(),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("topic", String(40), nullable=False),
    Column("times", Integer, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
    Column("done", String(80), nullable=False, default=""),
    Index("review_by_group", "group_number", "done"),
    sqlite_autoincrement=True,
)

votes = Table(
    "votes",
    metadata,
    _group(),
    Column("topic", String(40), nullable=False),
    Column("voter", String(32), nullable=False, index=True),
    Column("at", BigInteger, nullable=False, index=True),
    UniqueConstraint("group_number", "topic", "voter"),
)

counts = Table(
    "counts",
    metadata,
    _group(),
    Column("month", String(7), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("topic", String(40), nullable=False),
    Column("times", Integer, nullable=False),
    UniqueConstraint("group_number", "month", "kind", "topic"),
)

log = Table(
    "log",
    metadata,
    Column("number", Integer, primary_key=True),
    _group(),
    Column("author", String(128), nullable=False, index=True),
    Column("what", String(200), nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("log_by_group", "group_number", "number"),
)

notes = Table(
    "notes",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
