"""Tables of the people vault (SQLite, write-ahead log).

Entries are clustered by person, so a new person is appended and a shredded one is one range. Tokens
are packed to 10 bytes: number of the kind, then 70 bits. Nothing here opens without the file of
wrapped keys and the keyring; language and country are plain on purpose.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from hushdesk.vault.errors import VaultDamagedError

SCHEMA_VERSION: Final = 1

ALIVE: Final = 0
SHREDDING: Final = 1
SHREDDED: Final = 2

SCHEMA: Final = """
PRAGMA page_size = 8192;
PRAGMA journal_mode = WAL;
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE kind (
    id INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 255),
    name TEXT NOT NULL UNIQUE
) STRICT;
-- Rows stay when a person is shredded, emptied: numbers of persons are never used again.
CREATE TABLE person (
    id INTEGER PRIMARY KEY,
    token BLOB,
    language TEXT NOT NULL,
    country TEXT NOT NULL,
    state INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX person_token ON person (token) WHERE token IS NOT NULL;
CREATE TABLE entry (
    person INTEGER NOT NULL,
    -- Empty if it is the person's own token: saves a fifth of the space.
    token BLOB NOT NULL,
    -- Number of the value's kind, then 24 bits of a keyed digest of the value: tells two values of
    -- one token apart (two spellings of a name) without opening either.
    tag BLOB NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (person, token, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_token ON entry (token) WHERE token <> x'';
"""

# Vaults of earlier versions do not have it, and need nothing else.
ALIASES: Final = """
CREATE TABLE IF NOT EXISTS alias (
    -- The pseudonym of a person under another version of the domain key than the one in ``person``.
    token BLOB PRIMARY KEY,
    person INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS alias_person ON alias (person);
"""


def connect(path: Path) -> sqlite3.Connection:
    """Open the database; transactions are begun by hand.

    Raises:
        VaultDamagedError: It is no people vault, or of a newer version.
    """
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
    try:
        for pragma in (
            "trusted_schema = OFF",
            "synchronous = FULL",
            # What is deleted is overwritten, and temporary tables never reach the disk.
            "secure_delete = ON",
            "temp_store = MEMORY",
            "cache_size = -65536",
            "wal_autocheckpoint = 4000",
        ):
            database.execute(f"PRAGMA {pragma}")
        if database.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
            raise VaultDamagedError("people vault")
        if not database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'alias_person'").fetchone():
            database.executescript(ALIASES)
    except sqlite3.DatabaseError:
        database.close()
        raise VaultDamagedError("people vault") from None
    except VaultDamagedError:
        database.close()
        raise
    return database
