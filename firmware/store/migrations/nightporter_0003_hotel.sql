-- Rooms, guests, their messages and wake-up orders. Instants are milliseconds since 1970 in UTC; wall times are text.
ALTER TABLE room ADD COLUMN housekeeping TEXT;
-- The desk's reason of the message lamp, and the voice mail's; that of texts follows from the messages.
ALTER TABLE room ADD COLUMN lamp_desk INTEGER NOT NULL DEFAULT 0;
ALTER TABLE room ADD COLUMN lamp_voice_mail INTEGER NOT NULL DEFAULT 0;

CREATE TABLE guest (
    id           TEXT PRIMARY KEY,
    room         TEXT NOT NULL,
    -- The order of check-in within the room.
    place        INTEGER NOT NULL,
    name         TEXT,
    first_name   TEXT,
    title        TEXT,
    language     TEXT,
    vip          INTEGER NOT NULL,
    reservation  TEXT,
    party        TEXT,
    arrival      INTEGER,
    departure    TEXT,
    credit_limit INTEGER,
    no_post      INTEGER NOT NULL,
    needs_person INTEGER NOT NULL
) STRICT;
CREATE INDEX guest_room ON guest (room, place);

CREATE TABLE message (
    id      TEXT PRIMARY KEY,
    room    TEXT NOT NULL,
    guest   TEXT,
    text    TEXT NOT NULL,
    number  TEXT,
    by      TEXT NOT NULL,
    created INTEGER NOT NULL,
    read    INTEGER
) STRICT;

CREATE TABLE wakeup (
    id      TEXT PRIMARY KEY,
    room    TEXT NOT NULL,
    guest   TEXT,
    at      TEXT NOT NULL,
    repeat  TEXT NOT NULL,
    until   TEXT,
    vip     INTEGER NOT NULL,
    state   TEXT NOT NULL,
    by      TEXT NOT NULL,
    through TEXT NOT NULL,
    ordered INTEGER NOT NULL,
    link    TEXT
) STRICT;
CREATE INDEX wakeup_state ON wakeup (state, at);

-- Audit entries of changes that were made in this database, until they are in the audit's own.
CREATE TABLE audit_due (
    id    TEXT PRIMARY KEY,
    entry TEXT NOT NULL
) STRICT;

-- Who has lived here, kept for a while after the guest has left. `room` is the last one, `search` the names folded.
CREATE TABLE stay (
    sequence    INTEGER PRIMARY KEY,
    guest       TEXT NOT NULL UNIQUE,
    room        TEXT NOT NULL,
    name        TEXT,
    first_name  TEXT,
    title       TEXT,
    language    TEXT,
    vip         INTEGER NOT NULL,
    reservation TEXT,
    party       TEXT,
    arrival     INTEGER NOT NULL,
    departure   TEXT,
    departed    INTEGER,
    erased      INTEGER,
    search      TEXT NOT NULL
) STRICT;
CREATE INDEX stay_arrival ON stay (arrival, sequence);
CREATE INDEX stay_room ON stay (room, arrival, sequence);
CREATE INDEX stay_reservation ON stay (reservation) WHERE reservation IS NOT NULL;
CREATE INDEX stay_departed ON stay (departed) WHERE departed IS NOT NULL;
