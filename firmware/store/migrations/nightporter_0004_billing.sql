-- Tariffs, charges and the outbox. Money is minor units; percents are decimal texts; instants as everywhere.
CREATE TABLE tariff (
    sequence   INTEGER PRIMARY KEY,
    prefix     TEXT NOT NULL,
    name       TEXT NOT NULL,
    -- Days of the week as digits, Monday is 1; begins and ends are hours and minutes of the hotel's wall time.
    days       TEXT NOT NULL,
    begins     TEXT NOT NULL,
    ends       TEXT NOT NULL,
    connection INTEGER NOT NULL,
    interval_s INTEGER NOT NULL,
    price      INTEGER NOT NULL,
    free_s     INTEGER NOT NULL,
    minimum    INTEGER NOT NULL,
    surcharge_percent TEXT NOT NULL,
    tax_percent TEXT NOT NULL
) STRICT;

-- One row: it rises with each change of the tariffs.
CREATE TABLE tariff_version (
    only    INTEGER PRIMARY KEY CHECK (only = 1),
    version INTEGER NOT NULL
) STRICT;

-- The pending ones are the outbox. Ids are never given twice: they are the order of posting.
CREATE TABLE charge (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    kind         TEXT NOT NULL CHECK (kind IN ('call', 'minibar')),
    leg          TEXT UNIQUE,
    guest        TEXT,
    room         TEXT NOT NULL,
    number       TEXT NOT NULL,
    trunk        TEXT,
    started      INTEGER NOT NULL,
    talk_seconds INTEGER NOT NULL,
    amount       INTEGER,
    currency     TEXT NOT NULL,
    -- Pairs of article and count, as JSON.
    items        TEXT NOT NULL,
    user         TEXT,
    state        TEXT NOT NULL CHECK (state IN ('pending', 'posted', 'doubtful', 'refused', 'settled')),
    link         TEXT,
    posting      INTEGER,
    sends        INTEGER NOT NULL,
    status       TEXT,
    text         TEXT,
    told         INTEGER,
    settled_by   TEXT,
    settled_at   INTEGER
) STRICT;
CREATE INDEX charge_pending ON charge (id) WHERE state = 'pending';
CREATE INDEX charge_state ON charge (state, id);
CREATE INDEX charge_room ON charge (room, id);
CREATE INDEX charge_guest ON charge (guest) WHERE guest IS NOT NULL;

-- The number that the next posting by a link gets.
CREATE TABLE posting_number (
    link TEXT PRIMARY KEY,
    next INTEGER NOT NULL
) STRICT;

-- Who pays; and the number outside that was called, where `dialled` is not it because the call was given away.
ALTER TABLE call_record ADD COLUMN guest TEXT;
ALTER TABLE call_record ADD COLUMN outside TEXT NOT NULL DEFAULT '';
CREATE INDEX call_record_from_room ON call_record (from_room, started, sequence) WHERE from_room IS NOT NULL;
CREATE INDEX call_record_to_room ON call_record (to_room, started, sequence) WHERE to_room IS NOT NULL;
CREATE INDEX call_record_emergency ON call_record (started) WHERE emergency;
CREATE INDEX call_record_guest ON call_record (guest) WHERE guest IS NOT NULL;
