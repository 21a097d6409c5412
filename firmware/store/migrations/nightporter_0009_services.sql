-- Guest requests, staff PINs, voice mail. Instants are milliseconds since 1970 in UTC; lists and names are JSON.
CREATE TABLE guest_request (
    id      TEXT PRIMARY KEY,
    kind    TEXT NOT NULL,
    names   TEXT NOT NULL,
    room    TEXT NOT NULL,
    guest   TEXT,
    "left"  INTEGER NOT NULL,
    by      TEXT NOT NULL,
    state   TEXT NOT NULL,
    done    INTEGER,
    done_by TEXT
) STRICT;
CREATE INDEX guest_request_state ON guest_request (state, "left");

CREATE TABLE staff_pin (
    name    TEXT PRIMARY KEY,
    digest  TEXT NOT NULL UNIQUE,
    rights  TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;

-- Tries that were not right, by telephone (forgiven: a right one has followed); and the telephones whose staff codes
-- are locked (until NULL: for good).
CREATE TABLE pin_try (
    extension TEXT NOT NULL,
    at        INTEGER NOT NULL,
    forgiven  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX pin_try_extension ON pin_try (extension, at);

CREATE TABLE pin_lock (
    extension TEXT PRIMARY KEY,
    since     INTEGER NOT NULL,
    until     INTEGER
) STRICT;

CREATE TABLE voice_message (
    id          TEXT PRIMARY KEY,
    room        TEXT NOT NULL,
    guests      TEXT NOT NULL,
    from_number TEXT,
    at          INTEGER NOT NULL,
    ms          INTEGER NOT NULL,
    size        INTEGER NOT NULL,
    heard       INTEGER,
    "left"      INTEGER
) STRICT;
CREATE INDEX voice_message_room ON voice_message (room, at);

-- What the guests of a room have recorded for their callers.
CREATE TABLE voice_greeting (
    room   TEXT PRIMARY KEY,
    id     TEXT NOT NULL,
    guests TEXT NOT NULL,
    at     INTEGER NOT NULL,
    size   INTEGER NOT NULL
) STRICT;
