-- Instants are milliseconds since 1970 in UTC. `charge` and `unpriced` are billing's.
CREATE TABLE call_record (
    sequence      INTEGER PRIMARY KEY,
    leg           TEXT NOT NULL UNIQUE,
    call          TEXT NOT NULL,
    direction     TEXT NOT NULL CHECK (direction IN ('internal', 'outgoing', 'incoming')),
    from_number   TEXT NOT NULL,
    to_number     TEXT NOT NULL,
    from_room     TEXT,
    to_room       TEXT,
    trunk         TEXT,
    dialled       TEXT NOT NULL,
    started       INTEGER NOT NULL,
    answered      INTEGER,
    ended         INTEGER,
    talk_ms       INTEGER NOT NULL DEFAULT 0,
    answered_by   TEXT,
    cause         INTEGER,
    end           TEXT CHECK (end IN ('released', 'barred', 'lost')),
    complete      INTEGER NOT NULL,
    emergency     INTEGER NOT NULL,
    charge_amount INTEGER,
    charge_currency TEXT,
    unpriced      INTEGER NOT NULL DEFAULT 0,
    -- While open: the gateway's boot that the call lives in, and the agent's own form of the leg.
    boot          TEXT,
    note          TEXT
) STRICT;
CREATE INDEX call_record_started ON call_record (started, sequence);
CREATE INDEX call_record_open ON call_record (leg) WHERE ended IS NULL;

-- One row: when the control plane was last known to be alive while records were open.
CREATE TABLE heartbeat (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    at   INTEGER NOT NULL
) STRICT;

CREATE TABLE alarm (
    id        INTEGER PRIMARY KEY,
    kind      TEXT NOT NULL,
    subject   TEXT NOT NULL,
    text      TEXT NOT NULL,
    raised    INTEGER NOT NULL,
    cleared   INTEGER,
    acknowledged_by TEXT,
    acknowledged_at INTEGER
) STRICT;
-- The same kind and subject is raised once while it stands.
CREATE UNIQUE INDEX alarm_standing ON alarm (kind, subject) WHERE cleared IS NULL;

CREATE TABLE token (
    name    TEXT PRIMARY KEY,
    hash    BLOB NOT NULL UNIQUE,
    role    TEXT NOT NULL,
    created INTEGER NOT NULL,
    used    INTEGER
) STRICT;

CREATE TABLE user (
    name     TEXT PRIMARY KEY,
    password TEXT NOT NULL,
    role     TEXT NOT NULL,
    created  INTEGER NOT NULL
) STRICT;

-- A link that sets the first manager's password, once.
CREATE TABLE enrolment (
    hash    BLOB PRIMARY KEY,
    expires INTEGER NOT NULL
) STRICT;

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- What a telephone asked for with a code, or the desk for it: do not disturb, forwarding.
CREATE TABLE feature (
    extension TEXT NOT NULL,
    feature   TEXT NOT NULL,
    value     TEXT NOT NULL,
    PRIMARY KEY (extension, feature)
) STRICT;
