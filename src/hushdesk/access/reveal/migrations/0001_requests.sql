-- Requests to open a pseudonym. What is said of one stands in "facts" (JSON; the reason in it is encrypted), under a
-- MAC of the desk's keyring; the other columns are for looking up and are checked against it. Nobody's identity is here.

CREATE TABLE request (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    facts TEXT NOT NULL,
    seal BLOB NOT NULL
) STRICT;
CREATE INDEX request_state ON request (state);

-- One row: how many requests there are, and up to which byte the desk's record has been read.
CREATE TABLE mark (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    total INTEGER NOT NULL,
    record_end INTEGER NOT NULL,
    seal BLOB NOT NULL
) STRICT;
