-- Second factors, recovery codes, identities of a provider, and what happened to accounts.

-- The secret of the codes as AES-256-GCM under a key that is not in the desk, bound to its account.
CREATE TABLE totp (
    account INTEGER PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    sealed BLOB NOT NULL,
    created_at REAL NOT NULL,
    confirmed_at REAL,
    last_step INTEGER NOT NULL DEFAULT 0
) STRICT;

-- As HMAC-SHA256 under a key that is not in the desk; a used one stays, so that one sees how many are left.
CREATE TABLE recovery_code (
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    digest BLOB NOT NULL,
    used_at REAL,
    PRIMARY KEY (account, digest)
) STRICT, WITHOUT ROWID;

-- Whom a provider knows, as SHA-256 of issuer and subject. Never an e-mail address: those change hands.
CREATE TABLE external_identity (
    digest BLOB PRIMARY KEY,
    account INTEGER NOT NULL UNIQUE REFERENCES account (id) ON DELETE CASCADE,
    created_at REAL NOT NULL
) STRICT, WITHOUT ROWID;

-- What happened to accounts, with who did it: written with the change itself, handed to the record afterwards.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    event TEXT NOT NULL,
    account INTEGER,
    by TEXT NOT NULL
) STRICT;
CREATE INDEX audit_account ON audit (account, event);

-- Whatever a later change of the program forgets: a password alone begins no session where there is a second factor.
CREATE TRIGGER session_needs_second_factor BEFORE INSERT ON session
WHEN NEW.method = 'password'
    AND EXISTS (SELECT 1 FROM totp WHERE account = NEW.account AND confirmed_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'a second factor is needed');
END;

CREATE TRIGGER session_keeps_second_factor BEFORE UPDATE OF method ON session
WHEN NEW.method = 'password'
    AND EXISTS (SELECT 1 FROM totp WHERE account = NEW.account AND confirmed_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'a second factor is needed');
END;
