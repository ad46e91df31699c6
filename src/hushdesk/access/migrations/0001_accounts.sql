-- Accounts, what failed lately, sessions and API tokens. No secret is kept: passwords as argon2id,
-- session ids and tokens as SHA-256 of at least 250 random bits. Times are seconds since 1970, UTC.

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    password TEXT NOT NULL,
    must_change INTEGER NOT NULL DEFAULT 1 CHECK (must_change IN (0, 1)),
    disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    created_at REAL NOT NULL,
    password_at REAL NOT NULL,
    signed_in_at REAL
) STRICT;

-- By digest of the name asked for, so that names nobody has are locked out in the same way.
CREATE TABLE failure (
    name_digest BLOB PRIMARY KEY,
    count INTEGER NOT NULL,
    last_at REAL NOT NULL,
    locked_until REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX failure_last ON failure (last_at);

CREATE TABLE session (
    id_digest BLOB PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    method TEXT NOT NULL,
    created_at REAL NOT NULL,
    seen_at REAL NOT NULL,
    expires_at REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_account ON session (account);

CREATE TABLE api_token (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    secret_digest BLOB NOT NULL UNIQUE,
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    permissions TEXT NOT NULL,
    created_at REAL NOT NULL,
    expires_at REAL NOT NULL,
    used_at REAL,
    revoked_at REAL
) STRICT;
CREATE INDEX api_token_account ON api_token (account);
